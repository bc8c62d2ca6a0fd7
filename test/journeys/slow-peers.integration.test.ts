import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { expect } from "chai";
import { connect } from "../../src/client/connect.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { parseRight } from "../../src/cosem-objects/access.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { LogicalDevice } from "../../src/cosem-objects/logical-device.ts";
import { logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import { bind } from "../../src/cosem-objects/object.ts";
import { encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { AssociationTable } from "../../src/server/associations.ts";
import { DlmsServer, type DlmsServerOptions } from "../../src/server/dlms-server.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { aarqOf } from "../dlms/association/pair.ts";
import { dribble } from "../support/dribblers.ts";
import { scaled } from "../support/scale.ts";

const host = "127.0.0.1";
const mebibyte = 1024 * 1024;

/** An answer as long as an APDU may be, nearly. */
const long = new Uint8Array(60_000);

function serverWith(options: Partial<DlmsServerOptions> = {}): DlmsServer {
  const objects = [
    bind(Register, {
      logicalName: "1.0.1.8.0.255",
      attributes: { value: { type: "double-long-unsigned", value: 3000 }, scalerUnit: { scaler: 0, unit: 30 } },
    }),
    bind(Data, { logicalName: "0.0.96.50.0.255", attributes: { value: { type: "octet-string", value: long } } }),
  ];
  return new DlmsServer({
    logicalDevices: [new LogicalDevice({ sap: 1, name: "TST0000000000001", objects, access: () => parseRight("r") })],
    associations: new AssociationTable([{ clientSap: 16, role: "public", authentication: { mechanism: "none" } }]),
    ownObjects: () => [],
    onFailure: (error) => {
      throw error;
    },
    ...options,
  });
}

async function opened(port: number): Promise<Socket> {
  const socket = connectSocket({ host, port, noDelay: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** A public client's APDU in the wrapper. */
function wpdu(apdu: Uint8Array): Uint8Array {
  return Uint8Array.of(0, 1, 0, 16, 0, 1, apdu.length >> 8, apdu.length & 0xff, ...apdu);
}

/** Resolves when the other end has closed the connection. */
async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, "close");
}

async function associated(port: number): Promise<Socket> {
  const socket = await opened(port);
  socket.write(wpdu(aarqOf()));
  await once(socket, "data");
  return socket;
}

const value = (client: DlmsClient) => client.get(Register, "1.0.1.8.0.255", "value");

/** 99 of 100 requests take no longer, in ms. */
async function slowestUsual(client: DlmsClient, count: number): Promise<number> {
  const took: number[] = [];
  for (let index = 0; index < count; index++) {
    const began = performance.now();
    await value(client);
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b)[Math.floor(count * 0.99)] as number;
}

describe("S10: slow peers and floods", function () {
  this.timeout(scaled(60_000, 600_000));
  let server: DlmsServer;

  afterEach(() => server.close());

  it("does not wait for clients that say nothing, nor for those that never finish", async () => {
    const timers = new VirtualTimers();
    server = serverWith({ timers, idleTimeout: 1_000_000 });
    const { port } = await server.listen("wrapper", host, 0);
    const silent = await opened(port);
    const dribbling = await associated(port);
    dribbling.write(Uint8Array.of(0, 1, 0));
    // A good client beside them shows that what was written has been heard.
    const good = await associated(port);
    timers.advance(30_000);
    await Promise.all([closed(silent), closed(dribbling)]);
    good.write(wpdu(encodeApdu(getOf(3, "1.0.1.8.0.255"))));
    await once(good, "data");
    good.destroy();
  });

  it("serves a good client beside many that dribble as fast as alone, in little memory", async () => {
    const count = scaled(200, 10_000);
    server = serverWith({ maxConnections: count + 10, maxConnectionsPerSource: count + 10 });
    const { port } = await server.listen("wrapper", host, 0);
    const client = await connect({ link: "wrapper", host, port });
    await slowestUsual(client, 500);
    const alone = await slowestUsual(client, 1000);
    const before = process.memoryUsage().rss;
    await using _ = await dribble(port, count);
    const beside = await slowestUsual(client, 1000);
    // Other processes of the machine may take a turn too.
    expect(beside, `ms, ${alone} alone`).to.be.lessThan(2 * alone + 20);
    expect(process.memoryUsage().rss - before, "octets").to.be.lessThan(scaled(64, 512) * mebibyte);
    await client.close();
  });

  it("keeps connections to their number, of each source too, and takes another when one is free", async () => {
    server = serverWith({ maxConnections: 8, maxConnectionsPerSource: 4 });
    const { port } = await server.listen("wrapper", host, 0);
    const held: Socket[] = [];
    for (let index = 0; index < 4; index++) held.push(await associated(port));
    await closed(await opened(port));
    const [first] = held as [Socket];
    first.end();
    await closed(first);
    held.push(await associated(port));
    await closed(await opened(port));
    for (const socket of held) socket.destroy();
  });

  it("keeps half of the connections for others by default", async () => {
    server = serverWith({ maxConnections: 3 });
    const { port } = await server.listen("wrapper", host, 0);
    const held = [await associated(port), await associated(port)];
    await closed(await opened(port));
    for (const socket of held) socket.destroy();
  });

  it("stops carrying out what is asked by one that does not read, and goes on when it does", async () => {
    server = serverWith();
    const { port } = await server.listen("wrapper", host, 0);
    const greedy = await associated(port);
    greedy.pause();
    const client = await connect({ link: "wrapper", host, port });
    const before = process.memoryUsage().rss;
    const count = scaled(1500, 15_000);
    const request = Buffer.from(wpdu(encodeApdu(getOf(1, "0.0.96.50.0.255"))));
    greedy.write(Buffer.concat(Array.from({ length: count }, () => request)));
    for (let round = 0; round < 200; round++) await value(client);
    expect(process.memoryUsage().rss - before, "octets; the answers are 90 MB and more").to.be.lessThan(48 * mebibyte);
    let received = 0;
    greedy.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    greedy.resume();
    while (received < count * long.length) await once(greedy, "data");
    greedy.destroy();
    await client.close();
  });

  it("answers as many AARQs as anybody sends without growing", async () => {
    server = serverWith();
    const { port } = await server.listen("wrapper", host, 0);
    const socket = await associated(port);
    const batch = 500;
    const aarqs = Buffer.concat(Array.from({ length: batch }, () => wpdu(aarqOf())));
    let received = 0;
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    socket.write(wpdu(aarqOf()));
    await once(socket, "data");
    const answerLength = received;
    const flood = async (count: number): Promise<number> => {
      const before = process.memoryUsage().rss;
      for (let sent = 0; sent < count; sent += batch) {
        const enough = received + batch * answerLength;
        socket.write(aarqs);
        while (received < enough) await once(socket, "data");
      }
      return process.memoryUsage().rss - before;
    };
    await flood(scaled(2000, 20_000));
    expect(await flood(scaled(5000, 1_000_000)), "octets").to.be.lessThan(48 * mebibyte);
    socket.destroy();
  });
});

function getOf(classId: number, logicalName: "1.0.1.8.0.255" | "0.0.96.50.0.255") {
  return {
    type: "get-request-normal",
    invoke: { invokeId: 1, confirmed: true, highPriority: false, reserved: 0 },
    attribute: { classId, logicalName: logicalNameToBytes(logicalName), attributeId: 2 },
    selection: undefined,
  } as const;
}
