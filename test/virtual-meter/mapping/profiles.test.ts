import { expect } from "chai";
import { type ProfileSelection, readProfile } from "../../../src/client/profile-reader.ts";
import { LogicalDevice } from "../../../src/cosem-objects/logical-device.ts";
import { profileNames } from "../../../src/cosem-objects/names.ts";
import type { PlainValue } from "../../../src/cosem-objects/plain-value.ts";
import { instantToDateTime } from "../../../src/dlms/axdr/date-time.ts";
import type { TableEncoding } from "../../../src/dlms/axdr/table-writer.ts";
import { day, hour, type Meter } from "../../../src/meter-model/index.ts";
import { AssociationTable } from "../../../src/server/associations.ts";
import { DlmsServer } from "../../../src/server/dlms-server.ts";
import { type ProfileEncodings, profileObjects } from "../../../src/virtual-meter/mapping/profiles.ts";
import { inMemory } from "../../support/in-memory.ts";
import { sampleMeter, sampleStart } from "../../support/sample-meter.ts";
import { encodings } from "../../support/tables.ts";

/** Reads the load profile of the meter over an association of its own; with the octets of the buffer. */
async function readLoad(meter: Meter, profileEncodings: ProfileEncodings, selection: ProfileSelection) {
  const memory = inMemory();
  const device = new LogicalDevice({
    sap: 1,
    name: "DGW0000012345678",
    objects: profileObjects(meter, profileEncodings),
    access: () => ({ read: true, write: true, invoke: true }),
  });
  const server = new DlmsServer({
    logicalDevices: [device],
    associations: new AssociationTable([{ clientSap: 16, role: "public", authentication: { mechanism: "none" } }]),
    ownObjects: () => [],
    timers: memory.timers,
  });
  const client = await memory.connect(server, "wrapper");
  let octets = 0;
  const measured = {
    get: client.get.bind(client),
    getManyRaw: client.getManyRaw.bind(client),
    getRaw: async (...args: Parameters<typeof client.getRaw>) => {
      const value = await client.getRaw(...args);
      octets = value.length;
      return value;
    },
  };
  const reading = readProfile(measured, { scalersOf: () => Promise.resolve([]) }, profileNames.load, selection);
  const table = await memory.settle(reading);
  await memory.settle(client.close());
  return { octets, rows: Array.from({ length: table.rowCount }, (_, row): readonly PlainValue[] => table.row(row)) };
}

describe("the profiles of the virtual meter", () => {
  const meter = sampleMeter(2 * day);
  const whole: ProfileSelection = { kind: "all" };
  const morning: ProfileSelection = {
    kind: "range",
    from: instantToDateTime(sampleStart + 6 * hour, 0),
    to: instantToDateTime(sampleStart + 12 * hour, 0),
  };

  it("read alike in every encoding", async () => {
    for (const selection of [whole, morning]) {
      const plain = await readLoad(meter, {}, selection);
      expect(plain.rows.length).to.equal(selection === whole ? 192 : 25);
      for (const load of encodings) expect((await readLoad(meter, { load }, selection)).rows, load).to.deep.equal(plain.rows);
    }
  });

  it("take fewer octets the more is compressed", async () => {
    const octets = async (load: TableEncoding) => (await readLoad(meter, { load }, whole)).octets;
    const [plain, nulls, delta, compact, both] = [
      await octets("plain"),
      await octets("null-compressed"),
      await octets("delta"),
      await octets("compact-array"),
      await octets("null-compressed-compact-array"),
    ];
    expect(compact).to.be.below(plain);
    expect(nulls).to.be.below(compact);
    expect(both).to.be.below(compact);
    expect(delta).to.be.below(nulls);
  });

  it("are written as they are where the configuration says nothing of them", async () => {
    expect((await readLoad(meter, { hourly: "delta" }, whole)).octets).to.equal((await readLoad(meter, {}, whole)).octets);
  });

  it("keep every row readable when the capture period changes in between", async () => {
    const changed = sampleMeter(day);
    changed.setCapturePeriod("load", 1800);
    changed.advance(sampleStart + 2 * day);
    const plain = await readLoad(changed, {}, whole);
    expect(plain.rows.length).to.be.greaterThan(48);
    for (const load of encodings) expect((await readLoad(changed, { load }, whole)).rows, load).to.deep.equal(plain.rows);
  });
});
