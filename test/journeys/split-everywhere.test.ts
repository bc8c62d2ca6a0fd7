import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../src/bytes/hex.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import { hour } from "../../src/meter-model/index.ts";
import type { MemoryLink } from "../../src/transport/memory.ts";
import { inMemory } from "../support/in-memory.ts";
import { asReader, sampleMeter, sampleServer } from "../support/sample-meter.ts";

type Direction = "a-to-b" | "b-to-a";

/** What a session of a reader brings: every value it read, as octets. */
async function readEverything(client: DlmsClient): Promise<string> {
  const values = [
    await client.getRaw({ classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 }),
    await client.getRaw({ classId: 7, logicalName: "1.0.99.1.1.255", attribute: 2 }),
    await client.getRaw({ classId: AssociationLn.classId, logicalName: "0.0.40.0.0.255", attribute: 3 }),
  ];
  const many = await client.getMany([
    { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 3 },
    { classId: 3, logicalName: "1.0.99.99.0.255", attribute: 2 },
    { classId: 3, logicalName: "1.0.32.7.0.255", attribute: 3 },
  ]);
  return [...values.map((value) => toHex(value)), JSON.stringify(many)].join("|");
}

/** One session over a wire of a given kind, and how many octets each direction carried. */
async function session(
  link: "wrapper" | "hdlc",
  carry?: MemoryLink["carry"],
): Promise<{ readonly read: string; readonly octets: Record<Direction, number> }> {
  const octets: Record<Direction, number> = { "a-to-b": 0, "b-to-a": 0 };
  const memory = inMemory();
  const server = sampleServer(sampleMeter(9 * hour), { timers: memory.timers });
  // A small PDU makes blocks, small frames make segments: every mechanism takes part.
  const options = { ...asReader, maxReceivePduSize: 128, maxInformationFieldLength: 48, windowSize: 3 };
  const client = await memory.connect(server, link, options, (bytes, direction) => {
    const chunks = carry?.(bytes, direction) ?? [bytes];
    octets[direction] += bytes.length;
    return chunks;
  });
  const read = await memory.settle(readEverything(client));
  await memory.settle(client.close());
  await memory.settle(server.close());
  return { read, octets };
}

/** Cuts one direction once, in front of the octet at `position` of the whole stream. */
function cutAt(direction: Direction, position: number): NonNullable<MemoryLink["carry"]> {
  let seen = 0;
  return (bytes, travelling) => {
    if (travelling !== direction) return [bytes];
    const at = position - seen;
    seen += bytes.length;
    return at > 0 && at < bytes.length ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];
  };
}

describe("splitting a session", () => {
  for (const link of ["wrapper", "hdlc"] as const) {
    describe(`over ${link}`, () => {
      it("at every single octet, either way, changes nothing", async function () {
        this.timeout(120_000);
        const whole = await session(link);
        expect(whole.octets["b-to-a"]).to.be.greaterThan(300);
        for (const direction of ["a-to-b", "b-to-a"] as const) {
          for (let position = 1; position < whole.octets[direction]; position++) {
            const { read, octets } = await session(link, cutAt(direction, position));
            if (read !== whole.read) expect.fail(`cut ${direction} in front of octet ${position}: read ${read}`);
            expect(octets).to.deep.equal(whole.octets);
          }
        }
      });

      it("into single octets changes nothing", async function () {
        this.timeout(20_000);
        const whole = await session(link);
        const { read } = await session(link, (bytes) => Array.from(bytes, (octet) => Uint8Array.of(octet)));
        expect(read).to.equal(whole.read);
      });

      it("anywhere at random changes nothing", async function () {
        this.timeout(60_000);
        const whole = await session(link);
        await fc.assert(
          fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 40 })), async (sizes) => {
            const { read } = await session(link, (bytes) => {
              const chunks: Uint8Array[] = [];
              for (let offset = 0; offset < bytes.length; ) {
                const size = sizes.next().value as number;
                chunks.push(bytes.subarray(offset, offset + size));
                offset += size;
              }
              return chunks;
            });
            expect(read).to.equal(whole.read);
          }),
          { numRuns: 30 },
        );
      });
    });
  }
});
