import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { NetworkOutlet } from "../../src/cli/network-outlet.ts";
import { NotificationListener } from "../../src/client/notification-listener.ts";
import { ApduProtection } from "../../src/dlms/association/protection.ts";
import { decodeData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { decodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { hour } from "../../src/meter-model/index.ts";
import { realTimers } from "../../src/session/timers.ts";
import { Pushes, type PushesOptions } from "../../src/virtual-meter/push/pushes.ts";
import { meterObjects } from "../../src/virtual-meter/virtual-meter.ts";
import { both, clientTitle, security, serverTitle } from "../dlms/association/secure-pair.ts";
import { freePort, freeUdpPort } from "../support/free-port.ts";
import { identity, sampleMeter, sampleStart } from "../support/sample-meter.ts";
import { BareObjects } from "../virtual-meter/mapping/bare-objects.ts";

interface Heard {
  readonly from: string;
  readonly values: readonly DlmsData[];
  readonly time: number | undefined;
}

/** A head-end that listens, and a meter that pushes to it. */
class World {
  readonly heard: Heard[] = [];
  readonly ciphered: Uint8Array[] = [];
  readonly listener = new NotificationListener({
    onNotification: (notification, { clientSap, serverSap }) => {
      if (notification.type !== "data-notification") return;
      const body = decodeData(notification.body);
      this.heard.push({
        from: `${serverSap}>${clientSap}`,
        values: body.type === "structure" ? body.value : [],
        time: notification.dateTime?.hour,
      });
    },
    onNotUnderstood: (_, bytes) => void this.ciphered.push(bytes.slice()),
  });
  readonly meter = sampleMeter(26 * hour);
  readonly givenUp: string[] = [];

  push(
    destinations: NonNullable<PushesOptions["destinations"]>,
    keys = security(serverTitle),
  ): { readonly pushes: Pushes; readonly bare: BareObjects } {
    const outlet = new NetworkOutlet({ securityOf: (clientSap) => (clientSap === 102 ? keys : undefined), notify: () => 0 });
    const pushes = new Pushes({
      meter: this.meter,
      serverSap: 1,
      outlet,
      destinations,
      timers: realTimers,
      random: () => 0,
      onGivenUp: (name) => void this.givenUp.push(name),
    });
    return { pushes, bare: new BareObjects(meterObjects(this.meter, identity, {}, pushes)) };
  }

  /** Waits, for two seconds at most. */
  async until(done: () => boolean): Promise<void> {
    for (let turn = 0; turn < 400 && !done(); turn++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(done(), "in time").to.equal(true);
  }
}

const name = new TextEncoder().encode(identity.logicalDeviceName);

describe("A meter that pushes", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => world.listener.close());

  for (const [service, link, port] of [
    ["tcp", "wrapper", freePort],
    ["udp", "wrapper-udp", freeUdpPort],
  ] as const) {
    it(`tells a head-end what its setup says, over ${service}`, async () => {
      const { port: at } = await world.listener.listen(link, "127.0.0.1", await port());
      const { bare, pushes } = world.push({ interval1: { service, host: "127.0.0.1", port: at } });
      expect(bare.invoke("0.1.25.9.0.255:1", "0F00")).to.equal("success");
      await world.until(() => world.heard.length > 0);
      const [{ from, values, time }] = world.heard as [Heard];
      expect([from, time, values.length]).to.deep.equal(["1>102", 2, 3]);
      expect(values[0]).to.deep.equal({ type: "octet-string", value: name });
      const [row] = (values[2]?.value ?? []) as readonly DlmsData[];
      const cells = (row?.value ?? []) as readonly DlmsData[];
      expect(cells[2], "import at midnight").to.deep.equal({ type: "double-long-unsigned", value: 24_000 });
      pushes.stop();
    });
  }

  it("tells what a client wants it to tell", async () => {
    const { port } = await world.listener.listen("wrapper", "127.0.0.1", await freePort());
    const { bare, pushes } = world.push({ connectivity: { service: "tcp", host: "127.0.0.1", port } });
    expect(bare.write("0.0.25.9.0.255:2", "0101 0205 120001 09060000600100FF 0F02 120000 0202 1600 00".replaceAll(" ", ""))).to.equal(
      "success",
    );
    pushes.trigger("connectivity");
    await world.until(() => world.heard.length > 0);
    expect(world.heard[0]?.values).to.deep.equal([{ type: "octet-string", value: fromHex("3132333435363738") }]);
    pushes.stop();
  });

  it("tells of alarms as they come, once", async () => {
    const { port } = await world.listener.listen("wrapper", "127.0.0.1", await freePort());
    const { pushes } = world.push({ alarm: { service: "tcp", host: "127.0.0.1", port } });
    world.meter.tampers.setContact("terminalCover", true);
    world.meter.advance(sampleStart + 27 * hour);
    await world.until(() => world.heard.length > 0);
    const descriptors = world.heard[0]?.values.slice(2).map(({ value }) => value);
    expect(descriptors).to.deep.equal([1 << 13, 0, 1 << 8]);
    await world.until(() => world.meter.events.alarms.descriptors.every((bits) => bits === 0));
    expect(world.meter.events.alarms.registers[2]).to.equal(1 << 8);
    pushes.stop();
  });

  it("protects what its setup wants protected", async () => {
    const { port } = await world.listener.listen("wrapper", "127.0.0.1", await freePort());
    const { bare, pushes } = world.push(
      { interval1: { service: "tcp", host: "127.0.0.1", port } },
      security(serverTitle, { policy: both }),
    );
    const options = "0205 0900 0900 0900 0900 00";
    expect(bare.write("0.1.25.9.0.255:10", `0101 0202 1602 ${options}`.replaceAll(" ", ""))).to.equal("success");
    pushes.trigger("interval1");
    await world.until(() => world.ciphered.length > 0);
    const [bytes] = world.ciphered as [Uint8Array];
    expect(toHex(bytes.subarray(0, 10))).to.equal(`DB08${toHex(serverTitle)}`);
    const client = new ApduProtection(security(clientTitle, { policy: both }));
    client.start(serverTitle);
    const apdu = decodeApdu(client.open(bytes, false).plain);
    expect(apdu.type).to.equal("data-notification");
    pushes.stop();
  });

  it("gives up where nobody listens, and goes on", async () => {
    const at = await freePort();
    const { bare, pushes } = world.push({ interval1: { service: "tcp", host: "127.0.0.1", port: at } });
    expect(bare.write("0.1.25.9.0.255:6", "1100")).to.equal("success");
    pushes.trigger("interval1");
    await world.until(() => world.givenUp.length > 0);
    await world.listener.listen("wrapper", "127.0.0.1", at);
    pushes.trigger("interval1");
    await world.until(() => world.heard.length > 0);
    pushes.stop();
  });

  it("does not push to nowhere", () => {
    const { bare, pushes } = world.push({});
    expect(bare.invoke("0.0.25.9.0.255:1", "0F00")).to.equal("other-reason");
    expect(bare.write("0.0.25.9.0.255:3", "0203 1604 090568693A3830 1600".replaceAll(" ", "")), "SMS").to.equal("other-reason");
    expect(bare.write("0.0.25.9.0.255:3", "0203 1600 0906686F73743A31 1600".replaceAll(" ", ""))).to.equal("success");
    pushes.stop();
  });
});
