import { createDecipheriv } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { MeterHost } from "../../src/cli/meter-host.ts";
import { NetworkOutlet } from "../../src/cli/network-outlet.ts";
import { NotificationListener } from "../../src/client/notification-listener.ts";
import { parseYaml } from "../../src/config/load.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";
import { ApduProtection } from "../../src/dlms/association/protection.ts";
import { decodeData, encodeData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { decodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { hour } from "../../src/meter-model/index.ts";
import { realTimers } from "../../src/session/timers.ts";
import { listenTcp } from "../../src/transport/tcp.ts";
import type { PushDestination } from "../../src/virtual-meter/push/destination.ts";
import type { Push } from "../../src/virtual-meter/push/push-outlet.ts";
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
      onFailure: (name) => void this.givenUp.push(name),
    });
    return { pushes, bare: new BareObjects(meterObjects(this.meter, identity, {}, pushes)) };
  }

  /** Waits, for two seconds at most. */
  async until(done: () => boolean): Promise<void> {
    for (let turn = 0; turn < 400 && !done(); turn++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(done(), "in time").to.equal(true);
  }
}

/**
 * What general-glo-ciphering hides, by the Green Book alone (9.2.7.2.4): DB, system title, length, security control,
 * invocation counter, ciphertext, tag.
 */
function decipheredIndependently(bytes: Uint8Array): Uint8Array {
  const lengthOctets = bytes[10] === 0x82 ? 3 : bytes[10] === 0x81 ? 2 : 1;
  const content = bytes.subarray(10 + lengthOctets);
  const initializationVector = Buffer.concat([bytes.subarray(2, 10), content.subarray(1, 5)]);
  const key = fromHex("000102030405060708090A0B0C0D0E0F");
  const decipher = createDecipheriv("aes-128-gcm", key, initializationVector, { authTagLength: 12 });
  decipher.setAAD(Buffer.concat([content.subarray(0, 1), fromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF")]));
  decipher.setAuthTag(content.subarray(-12));
  return Buffer.concat([decipher.update(content.subarray(5, -12)), decipher.final()]);
}

const name = new TextEncoder().encode(identity.logicalDeviceName);

/** Nobody has keys, and nobody is connected. */
const outlet = new NetworkOutlet({ securityOf: () => undefined, notify: () => 0 });

function pushOf(destination: PushDestination, octets: Uint8Array): Push {
  const invoke = { longInvokeId: 1, selfDescriptive: false, breakOnError: false, confirmed: false, highPriority: false, reserved: 0 };
  const body = encodeData({ type: "structure", value: [{ type: "octet-string", value: octets }] });
  return {
    destination,
    clientSap: 102,
    serverSap: 1,
    notification: { type: "data-notification", invoke, dateTime: undefined, body },
    protection: undefined,
  };
}

async function codeOf(sending: Promise<void>): Promise<unknown> {
  try {
    await sending;
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
  return "sent";
}

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
    expect(toHex(decipheredIndependently(bytes)).slice(0, 12), "as the Green Book has it").to.equal("0F000000010C");
    const client = new ApduProtection(security(clientTitle, { policy: both }));
    client.start(serverTitle);
    const apdu = decodeApdu(client.open(bytes, false).plain);
    expect(apdu.type).to.equal("data-notification");
    pushes.stop();
  });

  for (const [service, link, port] of [
    ["tcp", "wrapper", freePort],
    ["udp", "wrapper-udp", freeUdpPort],
  ] as const) {
    it(`sends what is longer than the wrapper carries in blocks, over ${service}`, async () => {
      const { port: at } = await world.listener.listen(link, "127.0.0.1", await port());
      const octets = Uint8Array.from({ length: 100_000 }, (_, index) => index & 0xff);
      await outlet.send(pushOf({ service, host: "127.0.0.1", port: at }, octets));
      await world.until(() => world.heard.length > 0);
      expect(world.heard.map(({ values }) => toHex(values[0]?.value as Uint8Array))).to.deep.equal([toHex(octets)]);
    });
  }

  it("fails where the head-end goes away before it has read everything", async () => {
    const closing = await listenTcp({ host: "127.0.0.1", port: 0 }, (transport) => transport.destroy());
    const send = outlet.send(pushOf({ service: "tcp", host: "127.0.0.1", port: closing.port }, new Uint8Array(20_000_000)));
    expect(await codeOf(send)).to.be.oneOf(["closed", "EPIPE", "ECONNRESET"]);
    await closing.close();
  });

  it("shows what it sends, and each attempt that failed, in the trace", async () => {
    const records: string[] = [];
    const traced = new NetworkOutlet({
      securityOf: () => undefined,
      notify: () => 0,
      trace: ({ direction, layer, bytes, note = "" }) => void records.push(`${direction} ${layer} ${note}${toHex(bytes)}`),
    });
    const port = await freePort();
    const push = pushOf({ service: "tcp", host: "127.0.0.1", port }, fromHex("0102"));
    expect(await codeOf(traced.send(push))).to.equal("refused");
    expect(records.splice(0).join("\n")).to.match(/^sent link push: .* refused the connection$/);
    expect(await codeOf(traced.send({ ...push, destination: { service: "hdlc" } }))).to.equal("local-protocol-error");
    expect(records.splice(0)).to.deep.equal(["sent link push: client 102 is not connected"]);
    await world.listener.listen("wrapper", "127.0.0.1", port);
    await traced.send(push);
    const apdu = "0F00000001" + "00" + "020109020102";
    expect(records).to.deep.equal([`sent apdu ${apdu}`, `sent line 000100010066000C${apdu}`]);
  });

  it("sends nothing in clear that is to be protected", async () => {
    const protection = { authenticated: true, encrypted: true };
    const { port } = await world.listener.listen("wrapper", "127.0.0.1", await freePort());
    for (const destination of [{ service: "tcp", host: "127.0.0.1", port }, { service: "hdlc" }] as const) {
      const push = { ...pushOf(destination, new Uint8Array(3)), clientSap: 101, protection };
      expect(await codeOf(outlet.send(push))).to.equal("local-protocol-error");
    }
    expect(world.heard).to.deep.equal([]);
  });

  it("tells a client that is connected over HDLC, and fails where it is not", async () => {
    const asked: number[] = [];
    const connected = new NetworkOutlet({ securityOf: () => undefined, notify: (clientSap) => asked.push(clientSap) });
    await connected.send(pushOf({ service: "hdlc" }, new Uint8Array(3)));
    expect(asked).to.deep.equal([102]);
    expect(await codeOf(outlet.send(pushOf({ service: "hdlc" }, new Uint8Array(3))))).to.equal("local-protocol-error");
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

  it("tells its host of a push that it gave up, and goes on", async () => {
    const text = `
serialNumber: "12345678"
push: { connectivity: "tcp://127.0.0.1:${await freePort()}" }
associations: [{ role: public, client: 16, auth: none }]
`;
    const [failures, givenUp]: [unknown[], string[]] = [[], []];
    const host = new MeterHost({
      config: parseYaml(text, virtualMeterSchema, "test.yaml"),
      directory: ".",
      onFailure: (error) => failures.push(error),
      onPushFailure: (name, error) => givenUp.push(`${name}: ${(error as Error).message.replace(/\d+/g, "0")}`),
    });
    host.meter.parameters.set("0.0.25.9.0.255:6", fromHex("1100"));
    await host.start("127.0.0.1", {});
    await world.until(() => givenUp.length > 0);
    await host.stop();
    expect([failures, givenUp]).to.deep.equal([[], ["connectivity: tcp 0.0.0.0:0 refused the connection"]]);
  });

  it("does not push to nowhere", () => {
    const { bare, pushes } = world.push({});
    expect(bare.invoke("0.0.25.9.0.255:1", "0F00")).to.equal("other-reason");
    expect(bare.write("0.0.25.9.0.255:3", "0203 1604 090568693A3830 1600".replaceAll(" ", "")), "SMS").to.equal("other-reason");
    expect(bare.write("0.0.25.9.0.255:3", "0203 1600 0906686F73743A31 1600".replaceAll(" ", ""))).to.equal("success");
    pushes.stop();
  });

  it("tells of its start, and of what was not told before, once each", async () => {
    const { port } = await world.listener.listen("wrapper", "127.0.0.1", await freePort());
    const folder = mkdtempSync(join(tmpdir(), "dlms-push-"));
    const text = `
serialNumber: "12345678"
state: ${join(folder, "meter")}
push: { connectivity: "tcp://127.0.0.1:${port}", alarm: "tcp://127.0.0.1:${port}" }
associations: [{ role: public, client: 16, auth: none }]
`;
    const run = async (pushes: number): Promise<void> => {
      const config = parseYaml(text, virtualMeterSchema, "test.yaml");
      const failures: unknown[] = [];
      const host = new MeterHost({ config, directory: folder, onFailure: (error) => failures.push(error) });
      await host.start("127.0.0.1", {});
      await world.until(() => world.heard.length >= pushes);
      await host.stop();
      expect([failures, world.heard.length]).to.deep.equal([[], pushes]);
    };
    try {
      await run(1);
      expect(world.heard[0]?.values.slice(2).map(({ type }) => type)).to.deep.equal(["octet-string", "octet-string"]);
      // What lies between is a power failure, of which an alarm tells.
      await run(3);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
