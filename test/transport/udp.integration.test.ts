import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { TransportError } from "../../src/errors.ts";
import type { Listener, Transport } from "../../src/transport/transport.ts";
import { connectUdp, listenUdp, type UdpListenOptions } from "../../src/transport/udp.ts";
import { freeUdpPort } from "../support/free-port.ts";

const host = "127.0.0.1";

/** The next datagrams, in hex. */
function heard(transport: Transport, count = 1): Promise<string[]> {
  const found: string[] = [];
  return new Promise((resolve) => {
    transport.onData((chunk) => {
      found.push(toHex(chunk));
      if (found.length === count) resolve(found);
    });
  });
}

function closed(transport: Transport): Promise<Error | undefined> {
  return new Promise((resolve) => transport.onClose((error) => resolve(error)));
}

describe("UDP transport", function () {
  this.timeout(5000);
  const cleanUp: (() => unknown)[] = [];

  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  /** A listener, and its peers as they come. */
  async function listening(options: Partial<UdpListenOptions> = {}) {
    const peers: Transport[] = [];
    let arrived: (peer: Transport) => void = () => {};
    const listener: Listener = await listenUdp({ host, port: 0, now: () => 0, ...options }, (peer) => {
      peers.push(peer);
      arrived(peer);
    });
    cleanUp.push(() => listener.close());
    const next = () =>
      new Promise<Transport>((resolve) => {
        arrived = resolve;
      });
    return { listener, peers, next, port: listener.port };
  }

  async function connected(port: number): Promise<Transport> {
    const transport = await connectUdp({ host, port });
    cleanUp.push(() => transport.destroy());
    return transport;
  }

  async function plainSocket(): Promise<Socket> {
    const socket = createSocket("udp4");
    cleanUp.push(() => socket.close());
    socket.bind(0, host);
    await once(socket, "listening");
    return socket;
  }

  it("carries each write as one datagram, both ways, and says who is there", async () => {
    const { port, next } = await listening();
    const client = await connected(port);
    const coming = next();
    client.write(Uint8Array.of(1, 2));
    client.write(Uint8Array.of(3));
    const peer = await coming;
    expect(await heard(peer, 2)).to.deep.equal(["0102", "03"]);
    peer.write(Uint8Array.of(4));
    expect(await heard(client)).to.deep.equal(["04"]);
    expect(client.name).to.equal(`udp ${host}:${port}`);
    expect(peer.name).to.match(/^udp 127\.0\.0\.1:\d+$/);
  });

  it("gives each address a peer of its own, and keeps it", async () => {
    const { port, peers } = await listening();
    const [a, b] = [await connected(port), await connected(port)];
    for (const client of [a, b, a]) {
      client.write(Uint8Array.of(1));
      client.write(Uint8Array.of(2));
    }
    while (peers.length < 2) await new Promise(setImmediate);
    const answers = [heard(a), heard(b)];
    for (const peer of peers) peer.write(new TextEncoder().encode(peer.name));
    const names = (await Promise.all(answers)).flat();
    expect(new Set(names).size).to.equal(2);
    expect(peers.length).to.equal(2);
  });

  it("makes room for a new peer at the expense of the one idle for longest, and of nobody who is busy", async () => {
    let now = 0;
    const { port, peers, next } = await listening({ maxPeers: 2, idleTimeout: 1000, now: () => now });
    const clients = [await connected(port), await connected(port), await connected(port)] as const;
    const open = async (client: Transport) => {
      const coming = next();
      client.write(Uint8Array.of(1));
      return coming;
    };
    const first = await open(clients[0]);
    now = 500;
    await open(clients[1]);
    now = 999;
    const told = heard(peers[1] as Transport, 2);
    clients[2].write(Uint8Array.of(9));
    clients[1].write(Uint8Array.of(2));
    expect(await told, "the stranger's datagram came before this one").to.deep.equal(["01", "02"]);
    expect(peers.length).to.equal(2);
    const leaves = closed(first);
    now = 1000;
    await open(clients[2]);
    expect(await leaves).to.equal(undefined);
    expect(peers.length).to.equal(3);
  });

  it("tells of a port nobody listens on, with what to check", async () => {
    const client = await connected(await freeUdpPort());
    const ends = closed(client);
    client.write(Uint8Array.of(1));
    const error = await ends;
    expect(error).to.be.instanceOf(TransportError);
    expect(error).to.include({ code: "refused" });
    expect((error as TransportError).message).to.match(/^udp 127\.0\.0\.1:\d+ refused/);
  });

  it("tells of a host that does not exist", async () => {
    const error = await connectUdp({ host: "nowhere.invalid", port: 4059 }).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).to.be.instanceOf(TransportError).and.include({ code: "open-failed" });
  });

  it("names a port that is in use", async () => {
    const { port } = await listening();
    const error = await listenUdp({ host, port, now: () => 0 }, () => {}).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).to.be.instanceOf(TransportError);
    expect((error as TransportError).message).to.contain("already in use");
  });

  it("carries 65507 octets, and closes with a clear error rather than cut or drop one more", async () => {
    const { port, next } = await listening();
    const client = await connected(port);
    const coming = next();
    client.write(new Uint8Array(65_507).fill(7));
    const [longest = ""] = await heard(await coming);
    expect(longest.length / 2).to.equal(65_507);
    const ends = closed(client);
    client.write(new Uint8Array(65_508));
    expect(await ends)
      .to.be.instanceOf(TransportError)
      .and.include({ code: "link-failed" });
    expect(client.write(Uint8Array.of(1)), "writing after that is no harm").to.equal(true);
  });

  it("flushes before it closes, closes once, and its listener's port is free again", async () => {
    const { listener, port, next } = await listening();
    const client = await connected(port);
    let times = 0;
    client.onClose(() => times++);
    const coming = next();
    client.write(Uint8Array.of(5));
    await client.close();
    await client.close();
    client.destroy();
    expect(times).to.equal(1);
    const peer = await coming;
    expect(await heard(peer)).to.deep.equal(["05"]);
    const ends = closed(peer);
    cleanUp.length = 0;
    await listener.close();
    expect(await ends).to.equal(undefined);
    await listening({ port });
  });

  it("keeps what arrives before anybody listens or while reading is paused, within bounds", async () => {
    const { port, next } = await listening();
    const client = await connected(port);
    const coming = next();
    client.write(Uint8Array.of(0));
    const peer = await coming;
    peer.pause();
    const chunks: string[] = [];
    peer.onData((chunk) => chunks.push(toHex(chunk)));
    const echo = await plainSocket();
    for (let index = 1; index < 100; index++) client.write(Uint8Array.of(index));
    // A datagram through the same listener from elsewhere, sent last, shows that the others have come.
    const marker = next();
    echo.send(Uint8Array.of(0xff), port, host);
    await marker;
    expect(chunks).to.deep.equal([]);
    peer.resume();
    expect(chunks.length).to.equal(64);
    expect(chunks[63]).to.equal("3F");
  });
});
