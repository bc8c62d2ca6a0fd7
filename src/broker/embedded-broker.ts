import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import { TransportError } from "../errors.ts";

/** Where the broker listens. */
export interface EmbeddedBrokerOptions {
  /** 127.0.0.1 when absent: there is neither encryption nor a password. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** An MQTT 3.1.1 broker inside the process, for the demo: it holds retained messages in memory and forgets them when closed. */
export class EmbeddedBroker {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #aedes: Aedes;
  readonly #sockets: ReadonlySet<Socket>;
  #closing: Promise<void> | undefined;

  private constructor(server: Server, aedes: Aedes, sockets: ReadonlySet<Socket>, host: string, port: number) {
    this.#server = server;
    this.#aedes = aedes;
    this.#sockets = sockets;
    this.host = host;
    this.port = port;
  }

  /** mqtt://host:port */
  get url(): string {
    return `mqtt://${this.host.includes(":") ? `[${this.host}]` : this.host}:${this.port}`;
  }

  /**
   * Starts listening.
   * @throws TransportError `open-failed` (layer "mqtt"), naming a port that is already in use
   */
  static async start({ host = "127.0.0.1", port }: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const aedes = await Aedes.createBroker();
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      // aedes ends the client of a failed socket; without a listener the error would end the process.
      socket.on("error", () => {});
      aedes.handle(socket);
    });
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
          server.off("error", reject);
          resolve();
        });
      });
    } catch (cause) {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      throw listenError(host, port, cause);
    }
    const address = server.address();
    return new EmbeddedBroker(server, aedes, sockets, host, typeof address === "object" && address !== null ? address.port : port);
  }

  /** Ends every connection and stops listening; it waits for nobody. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => this.#aedes.close(() => resolve()));
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closing;
  }
}

function listenError(host: string, port: number, cause: unknown): TransportError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const inUse = code === "EADDRINUSE";
  return new TransportError("open-failed", `the MQTT broker cannot listen on ${host}:${port}: ${inUse ? "the port is in use" : code}`, {
    layer: "mqtt",
    hint: inUse ? "another broker runs there; stop it or choose another port" : "check the address, and that the port needs no privileges",
    details: { host, port, reason: code },
    cause,
  });
}
