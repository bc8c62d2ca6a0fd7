import { connect as connectSocket } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { connect } from "../../src/client/connect.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { hour } from "../../src/meter-model/index.ts";
import type { DlmsServer } from "../../src/server/dlms-server.ts";
import type { Listener } from "../../src/transport/transport.ts";
import { recordings } from "../support/recordings.ts";
import { asReader, sampleMeter, sampleServer } from "../support/sample-meter.ts";

/** Writes everything, hangs up soon after, and takes whatever comes back. */
function pour(port: number, chunks: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connectSocket({ host: "127.0.0.1", port, noDelay: true }, () => {
      for (const chunk of chunks) socket.write(chunk);
      socket.end();
    });
    socket.on("data", () => {});
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}

/** Requests of other stacks with some of their octets changed: rubbish that gets far. */
function damaged(chunks: readonly Uint8Array[], changes: readonly (readonly [position: number, value: number])[]): readonly Uint8Array[] {
  const copies = chunks.map((chunk) => chunk.slice());
  const total = copies.reduce((sum, chunk) => sum + chunk.length, 0);
  for (const [position, value] of changes) {
    let at = position % total;
    for (const chunk of copies) {
      if (at < chunk.length) {
        chunk[at] = value;
        break;
      }
      at -= chunk.length;
    }
  }
  return copies;
}

describe("a meter that is sent rubbish", function () {
  this.timeout(60_000);
  let server: DlmsServer;
  let listeners: Readonly<Record<"wrapper" | "hdlc", Listener>>;
  const failures: unknown[] = [];

  before(async () => {
    server = sampleServer(sampleMeter(3 * hour), { onFailure: (error) => failures.push(error) });
    listeners = { wrapper: await server.listen("wrapper", "127.0.0.1", 0), hdlc: await server.listen("hdlc", "127.0.0.1", 0) };
  });

  after(() => server.close());

  for (const link of ["wrapper", "hdlc"] as const) {
    it(`over ${link} goes on serving, keeps its memory and never fails inside`, async () => {
      const { port } = listeners[link];
      const sessions = recordings()
        .filter((recording) => recording.link === link)
        .map(({ chunks }) => chunks.filter(({ from }) => from === "client").map(({ bytes }) => bytes));
      const before = process.memoryUsage().rss;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (chunks) => pour(port, chunks)),
        { numRuns: 150 },
      );
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...sessions),
          fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
          (session, changes) => pour(port, damaged(session, changes)),
        ),
        { numRuns: 150 },
      );
      expect(failures).to.deep.equal([]);
      expect(process.memoryUsage().rss - before).to.be.lessThan(128 * 1024 * 1024);
      const client = await connect({ link, host: "127.0.0.1", port }, asReader);
      expect(await client.get(Register, "1.0.1.8.0.255", "value")).to.deep.equal({ type: "double-long-unsigned", value: 3000 });
      await client.close();
    });

    it(`over ${link} drops what announces more than it may`, async () => {
      const { port } = listeners[link];
      const bomb = link === "wrapper" ? Uint8Array.of(0, 1, 0, 16, 0, 1, 0xff, 0xff) : Uint8Array.of(0x7e, 0xa7, 0xff);
      await pour(port, [bomb, new Uint8Array(70_000)]);
      const client = await connect({ link, host: "127.0.0.1", port }, asReader);
      await client.close();
    });
  }
});
