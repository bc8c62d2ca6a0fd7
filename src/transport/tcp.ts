import { connect, createServer, type Server, type Socket } from "node:net";
import { connectTimeoutError, listenError, openError } from "./socket-errors.ts";
import type { Listener, Transport } from "./transport.ts";

export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  /** Milliseconds until a connection attempt is given up. */
  readonly connectTimeout?: number;
}

/**
 * Opens a TCP connection.
 * @throws TransportError `refused`, `timeout` or `open-failed`
 */
export function connectTcp(options: TcpOptions): Promise<Transport> {
  const { host, port, connectTimeout = 5000 } = options;
  const target = `tcp ${host}:${port}`;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    socket.setTimeout(connectTimeout);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      resolve(new TcpTransport(socket, target));
    });
    socket.once("timeout", () => {
      socket.destroy();
      reject(connectTimeoutError(target, connectTimeout));
    });
    socket.once("error", (cause) => reject(openError(target, cause)));
  });
}

/**
 * Listens for TCP connections.
 * @throws TransportError `open-failed`, naming a port that is already in use
 */
export function listenTcp(
  options: { readonly host: string; readonly port: number; readonly maxConnections?: number },
  accept: (transport: Transport) => void,
): Promise<Listener> {
  const { host, port } = options;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: false }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    accept(new TcpTransport(socket, `tcp ${socket.remoteAddress}:${socket.remotePort}`));
  });
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;
  return new Promise((resolve, reject) => {
    // For good: failures to accept (too many open files) come here too, and pass; listening goes on.
    server.on("error", (cause) => reject(listenError(host, port, cause)));
    server.listen({ host, port }, () => resolve(listenerOf(server, host, sockets)));
  });
}

function listenerOf(server: Server, host: string, sockets: ReadonlySet<Socket>): Listener {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    address: `${host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

class TcpTransport implements Transport {
  readonly name: string;
  readonly #socket: Socket;
  #onClose: ((error?: Error) => void) | undefined;
  #error: Error | undefined;

  constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.name = name;
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => this.#onClose?.(this.#error));
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#socket.removeAllListeners("data");
    this.#socket.on("data", listener);
  }

  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
    if (this.#socket.closed) listener(this.#error);
  }

  onDrain(listener: () => void): void {
    this.#socket.removeAllListeners("drain");
    this.#socket.on("drain", listener);
  }

  write(bytes: Uint8Array): boolean {
    return this.#socket.writable ? this.#socket.write(bytes) : true;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): Promise<void> {
    const socket = this.#socket;
    if (socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once("close", () => resolve());
      // A peer that neither reads nor closes must not keep us: what is not flushed by then is lost.
      socket.setTimeout(closeTimeout, () => socket.destroy());
      socket.end(() => socket.destroySoon());
      socket.resume();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const closeTimeout = 1000;
