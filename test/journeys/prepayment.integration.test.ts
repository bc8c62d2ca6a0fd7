import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { GatewayHost } from "../../src/cli/gateway/gateway-host.ts";
import { MeterHost } from "../../src/cli/meter-host.ts";
import { packageFile } from "../../src/cli/package-files.ts";
import { connect } from "../../src/client/connect.ts";
import { loadYaml } from "../../src/config/load.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";
import { type Meter, minute } from "../../src/meter-model/index.ts";
import { Observer } from "../mqtt-bridge/observer.ts";
import { runCli } from "../support/cli.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { asReader } from "../support/sample-meter.ts";

const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
const kilowatts = 2;
const hour = 60 * minute;

/** What a client of this role needs besides the address. */
const vending = ["--client", "4", "--auth", "gmac", "--ek", "env:EK", "--ak", "env:AK"];
const environment = {
  VENDING_KEY: "ABABABABABABABAB949494949494949401234567",
  EK: "000102030405060708090A0B0C0D0E0F",
  AK: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
};

describe("A keypad unit where no meter runs", function () {
  this.timeout(30_000);

  it("wakes the meter by its state, and what it does there stays", async () => {
    const root = mkdtempSync(join(tmpdir(), "dlms-keypad-state-"));
    const state = join(root, "meter");
    const config = loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema);
    const started = new MeterHost({
      config: { ...config, mode: "prepaid", credit: 50, start: "2026-11-22T12:00:00Z", speed: 1e-9, state },
      directory: packageFile("config"),
      onFailure: (error) => {
        throw error;
      },
    });
    await started.start("127.0.0.1", {});
    await started.stop();
    const results: string[] = [];
    for (let time = 0; time < 2; time++) {
      const { stdout, stderr } = await runCli(["keypad", "--state", state], {}, "67259421596626581768\n");
      results.push(stdout.split("\n")[0] ?? stderr);
    }
    expect(results).to.deep.equal(["ACCEPT  Token accepted", "USEd  Token was used before"]);
    const nowhere = await runCli(["keypad", "--state", join(root, "none")]);
    expect([nowhere.code, nowhere.stderr.includes("there is no")]).to.deep.equal([2, true]);
    rmSync(root, { recursive: true, force: true });
  });
});

describe("A customer who pays in advance", function () {
  this.timeout(60_000);
  let root = "";
  let broker: Mosquitto | undefined;
  let observer: Observer;
  let host: MeterHost;
  let meter: Meter;
  let gateway: GatewayHost;
  let address = "";
  let keypadAddress = "";

  before(async function () {
    broker = await Mosquitto.start();
    if (broker === undefined) this.skip();
    root = mkdtempSync(join(tmpdir(), "dlms-prepayment-"));
    const config = loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema);
    host = new MeterHost({
      // Its time passes as the story goes on, and not by itself.
      config: { ...config, mode: "prepaid", credit: 1, start: "2026-11-23T12:00:00Z", timezone: "UTC", speed: 1e-9 },
      directory: packageFile("config"),
      load: { at: (instant) => ({ point, until: instant + minute }) },
      onFailure: (error) => {
        throw error;
      },
    });
    meter = host.meter;
    const [tcp, ciu] = await host.start("127.0.0.1", { tcp: 0, ciu: 0 });
    address = `tcp://127.0.0.1:${tcp?.port}`;
    keypadAddress = ciu?.address ?? "";
    gateway = new GatewayHost({
      mqtt: { url: broker.url, version: 5 },
      logger: silent,
      meters: [
        {
          id: "house",
          interval: 100,
          extra: [],
          transport: "tcp",
          connect: () => connect({ link: "wrapper", host: "127.0.0.1", port: tcp?.port ?? 0 }, { ...asReader, timeout: 5000 }),
        },
      ],
    });
    observer = await Observer.start(broker.url, "dlms/house/#");
    await gateway.start();
  });

  after(async () => {
    await observer?.stop();
    await gateway?.stop();
    await host?.stop();
    await broker?.stop();
    if (root !== "") rmSync(root, { recursive: true, force: true });
  });

  const point = {
    voltage: 230_000,
    current: Math.round((kilowatts * 1e6) / 230),
    neutralCurrent: Math.round((kilowatts * 1e6) / 230),
    activePower: kilowatts * 1e6,
    reactivePower: 0,
    frequency: 50_000,
  };

  /** Lets so many hours pass. */
  const later = (hours: number): void => meter.advance(meter.now + hours * hour);

  async function buy(kilowattHours: number): Promise<string> {
    const at = new Date(meter.now).toISOString();
    const terms = ["--meter", "01234567897", "--vending-key", "env:VENDING_KEY", "--sgc", "123456", "--at", at, "--store", root];
    const sold = await runCli(["token", "generate", "credit-electricity", String(kilowattHours), ...terms, "--json"], environment);
    expect(sold.code, sold.stderr).to.equal(0);
    return (JSON.parse(sold.stdout) as { readonly tokens: readonly [string] }).tokens[0];
  }

  /** What the keypad unit shows for what is typed, a line for each entry. */
  async function keyed(...entries: readonly string[]): Promise<readonly string[]> {
    const { stdout, stderr } = await runCli(["keypad", "--ciu", keypadAddress], {}, `${entries.join("\n")}\n`);
    expect(stderr).to.equal("");
    return stdout.trimEnd().split("\n");
  }

  const state = (fits: (json: Record<string, unknown>) => boolean) => observer.message("dlms/house/state", fits);
  const event = (type: string) => observer.message("dlms/house/event", (json) => json["type"] === type);

  it("begins with little", async () => {
    await state(({ credit_balance_kwh: credit, credit_status: status }) => credit === 1 && status === "low");
  });

  it("buys a token, types it at the keypad, and has credit", async () => {
    const token = await buy(24);
    expect(await keyed(token)).to.deep.equal(["ACCEPT  Token accepted", "+24.00  Bought kWh", "25.00  Credit kWh"]);
    await event("credit_token_accepted");
    await event("token_delivered_manually");
    await state(({ credit_balance_kwh: credit, credit_status: status }) => credit === 25 && status === "in-credit");
    const again = await runCli(["token", "enter", address, token, ...vending], environment);
    expect([again.code, again.stdout], again.stderr).to.deep.equal([1, "used-error, credit 25 kWh\n"]);
    await event("token_rejected_used");
  });

  it("is warned when little is left", async () => {
    later(3);
    await event("credit_low1");
    await state(({ credit_balance_kwh: credit, credit_status: status }) => credit === 19 && status === "low");
  });

  it("is cut off when nothing is left, and offered emergency credit", async () => {
    later(10);
    await event("emergency_offered");
    await event("credit_exhausted");
    await state(({ relay_state: relay, credit_status: status }) => relay !== "connected" && status === "out");
  });

  it("takes emergency credit, and is connected", async () => {
    expect((await keyed("040", "")).at(-1)).to.match(/^10\.00|ACCEPT|donE/);
    later(0.1);
    await event("emergency_selected");
    await state(({ relay_state: relay, credit_status: status }) => relay === "connected" && status === "emergency");
  });

  it("is not cut off at night when that is used up as well", async () => {
    expect(meter.credit.setFriendly({ enabled: true })).to.equal("accepted");
    later(5.5);
    await event("emergency_exhausted");
    await state(({ relay_state: relay, credit_status: status }) => relay === "connected" && status === "friendly");
  });

  it("is cut off in the morning", async () => {
    later(2);
    await event("friendly_period_ended");
    await event("deferred_disconnection");
    await state(({ relay_state: relay, credit_status: status }) => relay !== "connected" && status === "out");
  });

  it("buys again, pays back what was lent, and is connected", async () => {
    const { borrowed, balance } = meter.state.credit.ledger;
    const owed = (borrowed - balance) / 1e6;
    expect(owed).to.be.greaterThan(10);
    const entered = await runCli(["token", "enter", address, await buy(40), ...vending, "--json"], environment);
    const answer = JSON.parse(entered.stdout) as { readonly result: string; readonly credit: { readonly value: number } };
    expect(answer.result, entered.stderr).to.equal("accepted");
    expect(answer.credit.value).to.be.closeTo(40 - owed, 0.002);
    await event("emergency_repaid");
    await state(({ relay_state: relay, credit_status: status }) => relay === "connected" && status === "in-credit");
  });
});
