import { createServer, connect as openSocket, type Server, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { TransportError } from "../../src/errors.ts";
import { connectTcp, listenTcp } from "../../src/transport/tcp.ts";
import type { Listener, Transport } from "../../src/transport/transport.ts";
import { freePort } from "../support/free-port.ts";

const host = "127.0.0.1";

/** Everything opened by a test, closed behind it. */
const opened: (() => unknown)[] = [];

async function listen(accept: (transport: Transport) => void, maxConnections?: number): Promise<Listener> {
  const listener = await listenTcp({ host, port: 0, ...(maxConnections === undefined ? {} : { maxConnections }) }, accept);
  opened.push(() => listener.close());
  return listener;
}

async function connect(port: number): Promise<Transport> {
  const transport = await connectTcp({ host, port });
  opened.push(() => transport.destroy());
  return transport;
}

/** Both ends of one connection. */
async function pair(): Promise<{ readonly client: Transport; readonly server: Transport; readonly listener: Listener }> {
  let accepted: (transport: Transport) => void;
  const server = new Promise<Transport>((resolve) => {
    accepted = resolve;
  });
  const listener = await listen((transport) => accepted(transport));
  const client = await connect(listener.port);
  return { client, server: await server, listener };
}

/** A server below this project: what it does with its sockets is the test's affair. */
async function rawServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  opened.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/**
 * A port that does not even answer handshakes: a thread listens on it, then neither accepts nor does anything else, and
 * its queue is full.
 */
async function silentPort(): Promise<number> {
  const thread = new Worker(
    `const { createServer } = require("node:net");
    const { parentPort } = require("node:worker_threads");
    const server = createServer().listen({ port: 0, host: "${host}", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`,
    { eval: true },
  );
  opened.push(() => thread.terminate());
  const port = await new Promise<number>((resolve) => thread.once("message", resolve));
  for (let filler = 0; filler < 8; filler++) {
    const socket = openSocket({ host, port }).on("error", () => {});
    opened.push(() => socket.destroy());
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  return port;
}

const closed = (transport: Transport) => new Promise<Error | undefined>((resolve) => transport.onClose(resolve));

async function errorOf(promise: Promise<unknown>): Promise<TransportError> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(TransportError);
    return error as TransportError;
  }
  return expect.fail("nothing thrown");
}

/** Octets as they arrive, until there are `count`. */
function receive(transport: Transport, count: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    transport.onData((chunk) => {
      text += toHex(chunk);
      if (text.length >= count * 2) resolve(text);
    });
  });
}

describe("TCP transport", function () {
  this.timeout(10_000);
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  it("carries octets both ways", async () => {
    const { client, server } = await pair();
    client.write(fromHex("010203"));
    expect(await receive(server, 3)).to.equal("010203");
    server.write(fromHex("0A0B"));
    expect(await receive(client, 2)).to.equal("0A0B");
  });

  it("says who is at the other end", async () => {
    const { client, server, listener } = await pair();
    expect(listener.address).to.equal(`${host}:${listener.port}`);
    expect(client.name).to.equal(`tcp ${host}:${listener.port}`);
    expect(server.name).to.match(/^tcp .*127\.0\.0\.1:\d+$/);
  });

  it("keeps what arrives before anybody listens", async () => {
    const { client, server } = await pair();
    client.write(fromHex("01"));
    client.write(fromHex("02"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await receive(server, 2)).to.equal("0102");
  });

  it("gives the last listener what arrives, and no other", async () => {
    const { client, server } = await pair();
    server.onData(() => expect.fail("heard by a listener that was replaced"));
    const text = receive(server, 1);
    client.write(fromHex("01"));
    expect(await text).to.equal("01");
  });

  it("tells of a refused connection, with what to check", async () => {
    const error = await errorOf(connectTcp({ host, port: await freePort() }));
    expect(error).to.include({ code: "refused", retriable: true, layer: "transport" });
    expect(error.hint).to.match(/listens on this port/);
  });

  it("tells of a host that does not exist", async () => {
    const error = await errorOf(connectTcp({ host: "meter.invalid", port: 4059 }));
    expect(error.code).to.equal("open-failed");
    expect(error.message).to.match(/unknown host/);
  });

  it("gives up after the connect time-out", async () => {
    const error = await errorOf(connectTcp({ host, port: await silentPort(), connectTimeout: 50 }));
    expect(error).to.include({ code: "timeout", retriable: true });
    expect(error.message).to.match(/did not answer within 50 ms$/);
  });

  it("does not give up a connection that stands, however quiet", async () => {
    const port = await rawServer(() => {});
    const transport = await connectTcp({ host, port, connectTimeout: 30 });
    opened.push(() => transport.destroy());
    let gone = false;
    transport.onClose(() => {
      gone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(gone).to.equal(false);
  });

  it("is closed when the other end closes, on both ends without error", async () => {
    const { client, server } = await pair();
    const there = closed(server);
    const here = closed(client);
    server.onData(() => {});
    await client.close();
    expect([await here, await there]).to.deep.equal([undefined, undefined]);
  });

  it("flushes what was written before it closes", async () => {
    const { client, server } = await pair();
    const large = new Uint8Array(1_000_000).fill(0x5a);
    let received = 0;
    server.onData((chunk) => {
      received += chunk.length;
    });
    const there = closed(server);
    client.write(large);
    await client.close();
    await there;
    expect(received).to.equal(large.length);
  });

  it("closes although the other end neither reads nor closes", async () => {
    const port = await rawServer((socket) => socket.pause());
    const client = await connect(port);
    client.write(new Uint8Array(20_000_000));
    const started = performance.now();
    await client.close();
    expect(performance.now() - started).to.be.lessThan(5000);
  });

  it("closes at once when destroyed, and closing again is no harm", async () => {
    const { client, server } = await pair();
    server.onData(() => {});
    const there = closed(server);
    client.destroy();
    await there;
    await client.close();
    client.destroy();
    expect(client.write(fromHex("01"))).to.equal(true);
  });

  it("tells a listener that comes late that it is closed", async () => {
    const { client } = await pair();
    await client.close();
    expect(await closed(client)).to.equal(undefined);
  });

  it("tells the error that broke it", async () => {
    const port = await rawServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const client = await connect(port);
    client.onData(() => {});
    client.write(fromHex("01"));
    const error = await closed(client);
    expect((error as NodeJS.ErrnoException | undefined)?.code).to.equal("ECONNRESET");
  });

  it("says that a peer does not keep up, and when it does again", async () => {
    const { client, server } = await pair();
    server.pause();
    const chunk = new Uint8Array(65_536);
    let writes = 0;
    while (client.write(chunk) && writes < 1000) writes += 1;
    expect(writes, "back-pressure comes at some point").to.be.lessThan(1000);
    const drained = new Promise<void>((resolve) => client.onDrain(resolve));
    server.onData(() => {});
    server.resume();
    await drained;
  });

  it("hears nothing while paused", async () => {
    const { client, server } = await pair();
    let heard = 0;
    server.onData((chunk) => {
      heard += chunk.length;
    });
    server.pause();
    client.write(fromHex("01"));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard).to.equal(0);
    const rest = receive(server, 1);
    server.resume();
    expect(await rest).to.equal("01");
  });
});

describe("TCP listener", function () {
  this.timeout(10_000);
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  it("names a port that is in use", async () => {
    const { port } = await listen(() => {});
    const error = await errorOf(listenTcp({ host, port }, () => {}));
    expect(error.code).to.equal("open-failed");
    expect(error.message).to.equal(`port ${port} on ${host} is already in use`);
    expect(error.hint).to.match(/another port/);
  });

  it("names an address that is not ours", async () => {
    const error = await errorOf(listenTcp({ host: "192.0.2.1", port: 0 }, () => {}));
    expect(error.code).to.equal("open-failed");
    expect(error.message).to.match(/is not an address of this machine/);
  });

  it("closes its connections with itself, and its port is free again", async () => {
    const { client, listener } = await pair();
    client.onData(() => {});
    const gone = closed(client);
    await listener.close();
    await gone;
    expect((await errorOf(connectTcp({ host, port: listener.port }))).code).to.equal("refused");
    const again = await listenTcp({ host, port: listener.port }, () => {});
    await again.close();
  });

  it("takes as many connections as it may", async () => {
    let accepted = 0;
    const listener = await listen(() => {
      accepted += 1;
    }, 1);
    const first = await connect(listener.port);
    const second = await connect(listener.port);
    second.onData(() => {});
    await closed(second);
    expect(accepted).to.equal(1);
    expect(first.write(fromHex("01"))).to.equal(true);
  });
});
