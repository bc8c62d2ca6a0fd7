import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import type { AttributeAddress, DlmsClient } from "../../src/client/dlms-client.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { DlmsError } from "../../src/errors.ts";
import { inMemory } from "../support/in-memory.ts";
import { asReader } from "../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../support/secured-meter.ts";

const clock: AttributeAddress = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2 };

const repeated = (octets: string, count: number): Uint8Array => fromHex(octets.repeat(count));
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Values that cost a naive decoder its stack, its memory or its time (reliability notes A12 to A14). */
const bombs: Readonly<Record<string, Uint8Array>> = {
  "an array of 2^31 elements": fromHex("0184 7FFFFFFF"),
  "an octet string of 2^32 - 1 octets": fromHex("0984 FFFFFFFF"),
  "a bit string of 2^31 bits": fromHex("0484 7FFFFFFF"),
  "a length of eight octets": fromHex("0988 7FFFFFFFFFFFFFFF"),
  "a structure of 65535 elements that are not there": fromHex("0282 FFFF 00"),
  "arrays in arrays, 30 000 deep": repeated("0101", 30_000),
  "structures in structures, 30 000 deep, with an end": joined(repeated("0201", 30_000), fromHex("00")),
  "a compact array without columns": fromHex("13 0200 0100"),
  "a compact array of null-data": joined(fromHex("13 00 82 FFFF"), new Uint8Array(60_000)),
  "a type description nested 1000 deep": joined(fromHex("13"), repeated("01 0001", 1000), fromHex("11 01 00")),
  "a compact array whose type description is an array of 65535 structures": fromHex("13 01 FFFF 02 01 11 84 7FFFFFFF"),
  "60 000 elements of null-data": joined(fromHex("0182 EA60"), new Uint8Array(60_000)),
};

describe("S2: bombs in a meter's requests", function () {
  this.timeout(60_000);
  const world = inMemory();
  const device = new SecuredMeter();

  const serves = async (client: DlmsClient): Promise<void> => {
    expect(await world.settle(client.get(Register, "1.0.1.8.0.255", "value"))).to.have.property("type", "double-long-unsigned");
  };

  for (const [name, bomb] of Object.entries(bombs))
    it(`${name}: refused with an error, and everybody is served on`, async () => {
      const attacker = await world.connect(device.server, "wrapper", asClient("management", 0));
      const other = await world.connect(device.server, "wrapper", { ...asReader, timeout: 60_000 });
      const before = process.memoryUsage().rss;
      const began = performance.now();
      const outcome = await world.settle(
        attacker.setRaw(clock, bomb).then(
          () => "success",
          (error: unknown) => error,
        ),
      );
      const took = performance.now() - began;
      expect(outcome).to.be.instanceOf(DlmsError);
      expect(took, "ms").to.be.lessThan(1000);
      expect(process.memoryUsage().rss - before, "octets").to.be.lessThan(64 * 1024 * 1024);
      await serves(other);
      await serves(attacker);
    });
});
