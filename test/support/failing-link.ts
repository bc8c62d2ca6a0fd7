import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";

/** What becomes of a connection when the client has said so much. */
export interface LinkFault {
  /** The request of the client, counted from 1, that is the last; each goes out when the one before is answered. */
  readonly request: number;
  /** Lost before the meter has it, or carried out and the answer lost. */
  readonly lost: "request" | "answer";
}

/** A TCP link to a server that dies where the test says, once or for good. */
export class FailingLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #fault: LinkFault | undefined;
  #dead = false;
  #deadAfterwards = false;

  private constructor(target: number) {
    this.#server = createServer((client) => this.#carry(client, target));
  }

  static async to(target: number): Promise<FailingLink> {
    const link = new FailingLink(target);
    await new Promise<void>((resolve) => link.#server.listen(0, "127.0.0.1", resolve));
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next connection fails so; `forGood` keeps every later one out, until {@link mend}. */
  fail(fault: LinkFault, forGood = false): void {
    this.#fault = fault;
    this.#deadAfterwards = forGood;
  }

  mend(): void {
    this.#dead = false;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #carry(client: Socket, target: number): void {
    if (this.#dead) {
      client.destroy();
      return;
    }
    const fault = this.#fault;
    this.#fault = undefined;
    const server = connect(target, "127.0.0.1");
    let requests = 0;
    const die = (): void => {
      this.#dead = this.#deadAfterwards;
      client.destroy();
      server.destroy();
    };
    client.on("data", (chunk) => {
      requests += 1;
      if (requests === fault?.request && fault.lost === "request") die();
      else server.write(chunk);
    });
    server.on("data", (chunk) => {
      if (requests === fault?.request) die();
      else client.write(chunk);
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.end();
      });
    }
  }
}
