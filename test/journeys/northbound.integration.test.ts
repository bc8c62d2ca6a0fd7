import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Observer } from "../mqtt-bridge/observer.ts";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { SerialPair } from "../support/serial-pair.ts";

const keys = { EK: "000102030405060708090A0B0C0D0E0F", AK: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF" };
const asTechnician = ["--client", "3", "--auth", "gmac", "--ek", "env:EK", "--ak", "env:AK"];

describe("Head-ends reach meters on a serial line through the gateway", function () {
  this.timeout(120_000);
  let folder: string;
  let line: SerialPair | undefined;
  let broker: Mosquitto | undefined;
  let meters: CliService | undefined;
  let gateway: CliService | undefined;
  let observer: Observer;
  const ports = { east: 0, west: 0, prefix: 0 };

  before(async function () {
    line = await SerialPair.start();
    broker = await Mosquitto.start();
    if (line === undefined || broker === undefined) return this.skip();
    folder = mkdtempSync(join(tmpdir(), "dlms-northbound-"));
    meters = await CliService.start(
      ["meter", "--count", "2", "--serial", `${line.a}?baud=115200`, "--serial-number", "41000001"],
      /listening serial/,
    );
    for (const name of ["east", "west", "prefix"] as const) ports[name] = await freePort();
    const template = `{ target: "serial://${line.b}?baud=115200&client=2&auth=lls", password: env:READER, poll: 1s, profiles: [hourly] }`;
    writeFileSync(
      join(folder, "gateway.yaml"),
      [
        `mqtt: { url: "${broker.url}" }`,
        `http: { listen: "127.0.0.1:${await freePort()}" }`,
        `northbound: { prefix: ${ports.prefix} }`,
        `templates: { house: ${template} }`,
        "meters:",
        `  - { id: east, template: house, physical: 17, northboundPort: ${ports.east} }`,
        `  - { id: west, template: house, physical: 18, northboundPort: ${ports.west} }`,
      ].join("\n"),
    );
    observer = await Observer.start(broker.url, "dlms/#");
    gateway = await CliService.start(["gateway", "--config", join(folder, "gateway.yaml")], /connected to/, { READER: "00000000" });
  });

  after(async () => {
    await gateway?.stop();
    await meters?.stop();
    await observer?.stop();
    await broker?.stop();
    await line?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  /** The gateway polls both meters now: a state of each that came after this call. */
  async function polled(): Promise<void> {
    const begin = Date.now();
    for (const id of ["east", "west"]) await observer.message(`dlms/${id}/state`, ({ read_time: at }) => Date.parse(String(at)) > begin);
  }

  const read = (port: number) =>
    runCli(["read", `tcp://127.0.0.1:${port}`, "0.0.96.1.0.255", "1.0.1.8.0.255", ...asTechnician, "--json"], keys);

  it("under keys that the gateway does not have, while its own plan goes on before and after", async () => {
    await polled();
    for (const [port, serialNumber] of [
      [ports.east, "41000001"],
      [ports.west, "41000002"],
    ] as const) {
      const { stdout, stderr, code } = await read(port);
      expect(code, stderr + gateway?.output).to.equal(0);
      expect((JSON.parse(stdout) as { value: unknown }[])[0]?.value).to.equal(serialNumber);
    }
    await polled();
    expect(gateway?.output).to.contain("a head-end has the meter").and.contain("a head-end has left the meter");
  });

  it("both at the same time, one after the other on their line", async () => {
    const [east, west] = await Promise.all([read(ports.east), read(ports.west)]);
    expect([east.code, west.code], east.stderr + west.stderr).to.deep.equal([0, 0]);
    await polled();
  });

  it("by the gateway's prefix, whose answers carry it too", async () => {
    // AARQ of the public client without conformance worth mentioning (Green Book 11), to the meter with physical address 18.
    const aarq = "601DA109060760857405080101BE10040E01000000065F1F0400001E1DFFFF";
    const answer = await exchange(ports.prefix, wpdu(16, 1, `E60001${"12"}${aarq}`));
    expect(answer.slice(0, 12)).to.match(/^000100010010/);
    expect(answer.slice(16, 26)).to.equal("E7000112" + "61");
    const named = await exchange(ports.prefix, wpdu(16, 1, `E60004${Buffer.from("east").toString("hex")}${aarq}`));
    expect(named.slice(16, 32).toUpperCase()).to.equal(`E70004${Buffer.from("east").toString("hex")}61`.toUpperCase());
    await polled();
  });

  it("and nobody else: a meter that is not there ends the connection", async () => {
    expect(await exchange(ports.prefix, wpdu(16, 1, "E6000199C001C100"))).to.equal("");
    expect(await exchange(ports.prefix, wpdu(16, 1, "C001C100"))).to.equal("");
    expect(await exchange(ports.east, "FFFFFFFFFFFFFFFF")).to.equal("");
    await polled();
  });
});

function wpdu(source: number, destination: number, apdu: string): string {
  const word = (value: number): string => value.toString(16).padStart(4, "0");
  return `0001${word(source)}${word(destination)}${word(apdu.length / 2)}${apdu}`;
}

/** What comes back for some octets, as hex, until the first whole chunk or the end of the connection. */
function exchange(port: number, hex: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(port, "127.0.0.1", () => socket.write(Buffer.from(hex, "hex")));
    socket.once("data", (chunk) => {
      socket.destroy();
      resolve(chunk.toString("hex").toUpperCase());
    });
    socket.once("close", () => resolve(""));
    socket.once("error", reject);
  });
}
