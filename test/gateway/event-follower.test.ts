import { expect } from "chai";
import { ObjectReader, readDeviceView } from "../../src/client/object-reader.ts";
import { Clock } from "../../src/cosem-objects/classes/clock.ts";
import { DemandRegister } from "../../src/cosem-objects/classes/demand-register.ts";
import { instantToDateTime } from "../../src/dlms/axdr/date-time.ts";
import { EventFollower } from "../../src/gateway/event-follower.ts";
import type { Checkpoint } from "../../src/gateway/gateway-store.ts";
import { minute } from "../../src/meter-model/index.ts";
import { inMemory } from "../support/in-memory.ts";
import { sampleStart } from "../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../support/secured-meter.ts";

describe("Following the event logs of a meter", () => {
  const world = inMemory();

  async function following(device = new SecuredMeter(), seen = new Map<string, Checkpoint>()) {
    const client = await world.connect(device.server, "wrapper", asClient("management", 0));
    const view = await world.settle(readDeviceView(client));
    const follower = await world.settle(EventFollower.open(client, new ObjectReader(client, view), view, (log) => seen.get(log)));
    const follow = async (clock?: number) => {
      const logs = await world.settle(follower.follow(clock));
      for (const { log, checkpoint } of logs) seen.set(log, checkpoint);
      return logs.flatMap(({ events }) => events);
    };
    const looked = async () => (await follow(device.meter.clockTime)).map(({ log, code }) => `${log.split(".")[4]}: ${code}`);
    return { device, client, seen, looked, follow };
  }

  it("tells nothing of what was there before, and everything once that comes after", async () => {
    const device = new SecuredMeter();
    device.meter.events.record("parametersChanged", device.meter.clockTime);
    const { looked } = await following(device);
    expect(await looked()).to.deep.equal([]);
    device.meter.events.record("parametersChanged", device.meter.clockTime);
    device.meter.events.record("parametersChanged", device.meter.clockTime);
    device.meter.events.record("keysWritten", device.meter.clockTime);
    expect(await looked()).to.deep.equal(["0: 47", "0: 47", "3: 17"]);
    expect(await looked()).to.deep.equal([]);
  });

  it("tells what happened while nobody was associated", async () => {
    const { device, seen, client, looked } = await following();
    expect(await looked()).to.deep.equal([]);
    await world.settle(client.close());
    device.meter.events.record("clockInvalid", device.meter.clockTime);
    expect(await (await following(device, seen)).looked()).to.deep.equal(["0: 6"]);
  });

  it("gives stamps as ISO 8601, and the other columns by name", async () => {
    const { client, follow, looked } = await following();
    await looked();
    await world.settle(client.set(DemandRegister, "1.0.1.4.0.255", "period", 1800));
    const events = await follow();
    expect(events.map(({ meterTime }) => meterTime)).to.deep.equal(["2026-01-05T01:00:00+00:00", "2026-01-05T01:00:00+00:00"]);
    expect(events[1]?.details).to.deep.equal({
      "Event counter – Programming / parameter change": 1,
      "Number of configuration program changes": 1,
    });
  });

  it("goes on where the clock was set back", async () => {
    const { client, looked, device } = await following();
    device.meter.events.record("keysChanged", device.meter.clockTime);
    await looked();
    await world.settle(client.set(Clock, "0.0.1.0.0.255", "time", instantToDateTime(sampleStart + 10 * minute, 0)));
    expect(await looked()).to.include.members(["0: 4", "0: 5"]);
    expect(await looked()).to.deep.equal([]);
    device.meter.events.record("keysWritten", device.meter.clockTime);
    expect(await looked()).to.deep.equal(["3: 17"]);
  });
});
