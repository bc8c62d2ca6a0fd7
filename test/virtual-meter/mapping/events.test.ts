import { expect } from "chai";
import type { DlmsClient } from "../../../src/client/dlms-client.ts";
import { readProfile } from "../../../src/client/profile-reader.ts";
import { Clock } from "../../../src/cosem-objects/classes/clock.ts";
import { Data } from "../../../src/cosem-objects/classes/data.ts";
import { DemandRegister } from "../../../src/cosem-objects/classes/demand-register.ts";
import { ProfileGeneric } from "../../../src/cosem-objects/classes/profile-generic.ts";
import { instantToDateTime } from "../../../src/dlms/axdr/date-time.ts";
import { eventLogNames, minute } from "../../../src/meter-model/index.ts";
import { inMemory } from "../../support/in-memory.ts";
import { sampleStart } from "../../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";

const standard = "0.0.99.98.0.255";
const programming = "0.0.99.98.3.255";

describe("Event logs of the virtual meter", () => {
  const world = inMemory();
  const codesOf = async (client: DlmsClient, log: string): Promise<readonly unknown[]> => {
    const table = await world.settle(
      readProfile(client, { scalersOf: () => Promise.resolve([]) }, log as "0.0.99.98.0.255", { kind: "all" }),
    );
    return Array.from({ length: table.rowCount }, (_, row) => table.cell(row, 1));
  };

  it("tell what a client has changed, count it, and when it was last", async () => {
    const device = new SecuredMeter();
    const client = await world.connect(device.server, "wrapper", asClient("management", 0));
    await world.settle(client.set(DemandRegister, "1.0.1.4.0.255", "period", 1800));
    expect(await codesOf(client, programming)).to.deep.equal([5]);
    expect(await codesOf(client, standard)).to.deep.equal([47]);
    expect(await world.settle(client.get(Data, "0.0.96.2.0.255", "value"))).to.deep.equal({ type: "double-long-unsigned", value: 1 });
    expect(await world.settle(client.get(Data, "0.0.96.11.3.255", "value"))).to.deep.equal({ type: "unsigned", value: 5 });
    expect(await world.settle(client.get(Data, "0.0.96.15.3.255", "value"))).to.deep.equal({ type: "double-long-unsigned", value: 1 });
    await world.settle(client.set(DemandRegister, "1.0.1.4.0.255", "period", 7).catch(() => undefined));
    expect(await codesOf(client, programming), "what was refused has not happened").to.deep.equal([5]);
  });

  it("have old and new time of a clock that was set, in order of occurrence even where it goes back", async () => {
    const device = new SecuredMeter();
    const client = await world.connect(device.server, "wrapper", asClient("management", 0));
    await world.settle(client.set(Clock, "0.0.1.0.0.255", "time", instantToDateTime(sampleStart + 10 * minute, 0)));
    expect(await codesOf(client, standard)).to.deep.equal([4, 5]);
    const rows = device.meter.events.rows("standard");
    expect([rows.stampAt(0), rows.stampAt(1)]).to.deep.equal([sampleStart + 60 * minute, sampleStart + 10 * minute]);
    const range = { kind: "range" as const, from: instantToDateTime(sampleStart, 0), to: instantToDateTime(sampleStart + 30 * minute, 0) };
    const table = await world.settle(readProfile(client, { scalersOf: () => Promise.resolve([]) }, standard, range));
    expect(
      Array.from({ length: table.rowCount }, (_, row) => table.cell(row, 1)),
      "by range, whatever the order",
    ).to.deep.equal([5]);
  });

  it("keep a last entry that says they were emptied, and count on", async () => {
    const device = new SecuredMeter();
    const client = await world.connect(device.server, "wrapper", asClient("management", 0));
    await world.settle(client.set(DemandRegister, "1.0.1.4.0.255", "period", 1800));
    await world.settle(client.invoke(ProfileGeneric, programming, "reset", 0));
    expect(await codesOf(client, programming)).to.deep.equal([255]);
    expect(device.meter.events.count("programming")).to.equal(2);
  });

  it("are the newest of each log, as many as it keeps", () => {
    const { meter } = new SecuredMeter();
    for (const log of eventLogNames) expect(meter.events.rows(log).length, log).to.equal(0);
    for (let count = 0; count < 150; count++) meter.events.record("parametersChanged", sampleStart + count);
    expect(meter.events.rows("standard").length).to.equal(100);
    expect(meter.events.rows("standard").stampAt(0)).to.equal(sampleStart + 50);
    expect(meter.events.count("standard")).to.equal(150);
  });
});

describe("Alarm registers", () => {
  it("keep a bit until a client clears it, let through by the filter, and tell it once in the descriptor", () => {
    const { meter } = new SecuredMeter();
    const { events } = meter;
    events.record("clockInvalid", sampleStart);
    expect(events.alarms.registers).to.deep.equal([1, 0, 0]);
    expect(events.alarms.descriptors).to.deep.equal([1, 0, 0]);
    events.keepDescriptor(0, 0);
    events.record("clockInvalid", sampleStart + 1);
    expect(events.alarms.descriptors, "not new").to.deep.equal([0, 0, 0]);
    events.keepAlarms(0, 0, sampleStart + 2);
    expect(events.alarms.registers).to.deep.equal([0, 0, 0]);
    events.setFilter(1, 0xffff_fffe);
    events.record("powerDown", sampleStart + 3);
    events.record("powerUp", sampleStart + 3);
    expect(events.alarms.registers).to.deep.equal([0, 2, 0]);
    events.keepAlarms(1, 0xffff_ffff, sampleStart + 4);
    expect(events.alarms.registers, "writing ones sets none").to.deep.equal([0, 2, 0]);
  });
});
