import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { DatagramTransport } from "./datagram-transport.ts";
import { listenError, openError } from "./socket-errors.ts";
import type { Listener, Transport } from "./transport.ts";

/**
 * Talks to one UDP port. Nothing is exchanged yet: that nobody is there shows with the first datagram, as the error
 * that `onClose` hears (`refused`, from ICMP), or not at all.
 * @throws TransportError `open-failed`
 */
export function connectUdp({ host, port }: { readonly host: string; readonly port: number }): Promise<Transport> {
  const name = `udp ${host}:${port}`;
  const socket = socketFor(host);
  return new Promise((resolve, reject) => {
    socket.once("error", (cause) => {
      socket.close();
      reject(openError(name, cause));
    });
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      const transport = new DatagramTransport(name, {
        send: (datagram, sent) => socket.send(datagram, (error) => sent(error === null ? null : openError(name, error))),
        release: () => socket.close(),
      });
      socket.on("error", (cause) => transport.fail(openError(name, cause)));
      socket.on("message", (datagram) => transport.receive(datagram));
      resolve(transport);
    });
    socket.connect(port, host);
  });
}

/** Where to listen, and how many peers to remember. */
export interface UdpListenOptions {
  readonly host: string;
  readonly port: number;
  /** Peers served at the same time; a datagram of one more is dropped unless somebody can make room. Default 256. */
  readonly maxPeers?: number;
  /** Milliseconds without a datagram after which a peer may have to make room for another. Default 0: at once. */
  readonly idleTimeout?: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

interface Peer {
  readonly transport: DatagramTransport;
  lastHeard: number;
}

/**
 * Listens for datagrams; each address they come from is a peer with a transport of its own, for as long as whoever
 * accepted it keeps it open, or until it is the one to make room.
 * @throws TransportError `open-failed`, naming a port that is already in use
 */
export function listenUdp(options: UdpListenOptions, accept: (transport: Transport) => void): Promise<Listener> {
  const { host, port } = options;
  const socket = socketFor(host);
  return new Promise((resolve, reject) => {
    socket.once("error", (cause) => {
      socket.close();
      reject(listenError(host, port, cause));
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve(new UdpListener(socket, options, accept));
    });
  });
}

class UdpListener implements Listener {
  readonly address: string;
  readonly port: number;
  readonly #socket: Socket;
  readonly #options: UdpListenOptions;
  readonly #accept: (transport: Transport) => void;
  /** The one heard least recently comes first. */
  readonly #peers = new Map<string, Peer>();

  constructor(socket: Socket, options: UdpListenOptions, accept: (transport: Transport) => void) {
    this.#socket = socket;
    this.#options = options;
    this.#accept = accept;
    this.port = socket.address().port;
    this.address = `${options.host}:${this.port}`;
    // Failures of single datagrams come here too, and pass; listening goes on.
    socket.on("error", () => {});
    socket.on("message", (datagram, { address, port }) => this.#receive(datagram, address, port));
  }

  close(): Promise<void> {
    for (const { transport } of [...this.#peers.values()]) transport.destroy();
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #receive(datagram: Uint8Array, address: string, port: number): void {
    const key = `${address}:${port}`;
    const now = this.#options.now();
    const known = this.#peers.get(key);
    if (known === undefined && !this.#makeRoom(now)) return;
    const peer = known ?? { transport: this.#peer(key, address, port), lastHeard: now };
    peer.lastHeard = now;
    this.#peers.delete(key);
    this.#peers.set(key, peer);
    if (known === undefined) this.#accept(peer.transport);
    peer.transport.receive(datagram);
  }

  #peer(key: string, address: string, port: number): DatagramTransport {
    return new DatagramTransport(`udp ${key}`, {
      send: (datagram, sent) => this.#socket.send(datagram, port, address, sent),
      release: () => this.#peers.delete(key),
    });
  }

  /** Strangers must not push out those who are in the middle of something: only an idle peer makes room. */
  #makeRoom(now: number): boolean {
    const { maxPeers = 256, idleTimeout = 0 } = this.#options;
    if (this.#peers.size < maxPeers) return true;
    const [oldest] = this.#peers.values();
    if (oldest === undefined || now - oldest.lastHeard < idleTimeout) return false;
    oldest.transport.destroy();
    return true;
  }
}

function socketFor(host: string): Socket {
  return createSocket(isIPv6(host) ? "udp6" : "udp4");
}
