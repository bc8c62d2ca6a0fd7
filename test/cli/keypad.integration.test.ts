import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { expect } from "chai";
import { listenKeypad } from "../../src/cli/keypad/keypad-link-server.ts";
import type { Listener } from "../../src/transport/transport.ts";
import { FakeMeter, goodToken } from "../keypad/fake-meter.ts";
import { type CliResult, cliCommand, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";

describe("dlms keypad", function () {
  this.timeout(60_000);
  let meter = new FakeMeter();
  let listener: Listener | undefined;
  beforeEach(async () => {
    meter = new FakeMeter();
    listener = await listenKeypad({ host: "127.0.0.1", port: 0 }, meter);
  });
  afterEach(() => listener?.close());

  const keyed = (lines: readonly string[], ...args: readonly string[]): Promise<CliResult> =>
    runCli(["keypad", "--ciu", listener?.address ?? "", ...args], {}, lines.map((line) => `${line}\n`).join(""));

  it("keys each line of a pipe and prints what the display shows for it", async () => {
    const { code, stdout, stderr } = await keyed(["007", "6725 9421 5966 2658 1768", "007", "040", "", "", "54"]);
    expect(stderr).to.equal("");
    expect(stdout.split("\n")).to.deep.equal([
      "25.60  Credit kWh",
      "ACCEPT  Token accepted",
      "+25.6  Bought kWh",
      "51.20  Credit kWh",
      "51.20  Credit kWh",
      "SurE  Emergency credit?",
      "donE  Emergency credit",
      "51.20  Credit kWh",
      "25.6  Token -1 kWh",
      "6725 9421 5966 2658 1768",
      "",
    ]);
    expect(code).to.equal(0);
    expect(meter.calls.filter((call) => !call.startsWith("show"))).to.deep.equal([`token ${goodToken}`, "act selectEmergencyCredit"]);
  });

  it("ends with 1 where the meter or the unit said no, and goes on with the lines behind", async () => {
    const { code, stdout } = await keyed([goodToken, goodToken, "6725-9421-5966-2658-176", "999", "007"]);
    expect(stdout.split("\n").slice(3)).to.deep.equal([
      "USEd  Token was used before",
      "Err  A token has 20 digits",
      "Err  No such code",
      "51.20  Credit kWh",
      "",
    ]);
    expect(code).to.equal(1);
  });

  it("prints a view a line with --json", async () => {
    const { code, stdout } = await keyed([goodToken], "--json");
    const views = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { main: string; text: string; leds: object; sound?: object });
    expect(views.map(({ main }) => main)).to.deep.equal(["ACCEPT", "+25.6", "51.20"]);
    expect(views[0]).to.deep.include({ text: "Token accepted", sound: { pattern: "one-long", number: 1 } });
    expect(views[0]?.leds).to.have.keys("supply", "link", "credit", "alarm", "pulse");
    expect(code).to.equal(0);
  });

  it("ends with 2 for what is not to be keyed, and for an address that is none", async () => {
    const [letters, address] = await Promise.all([keyed(["abc"]), runCli(["keypad", "--ciu", "nowhere"])]);
    for (const { code, stderr } of [letters, address]) {
      expect(stderr).to.match(/^error: [^\n]+\n$/);
      expect(code).to.equal(2);
    }
    expect(letters.stderr).to.contain("line 1");
  });

  it("does not wait for the end of a pipe once a line cannot be keyed", async () => {
    const child = spawn(process.execPath, [...cliCommand, "keypad", "--ciu", listener?.address ?? ""], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    child.stdin.write("abc\n");
    const code = await new Promise((resolve) => child.once("exit", resolve));
    child.stdin.destroy();
    expect(code).to.equal(2);
  });

  it("ends with 3 where nobody listens, and where nobody answers", async () => {
    const silent = createServer((socket) => void socket.on("error", () => {}));
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => {
        const address = silent.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    try {
      const [refused, unanswered] = await Promise.all([
        runCli(["keypad", "--ciu", `127.0.0.1:${await freePort()}`], {}, "007\n"),
        runCli(["keypad", "--ciu", `127.0.0.1:${port}`, "--timeout", "0.5", "--json"], {}, "007\n"),
      ]);
      expect([refused.code, refused.stdout]).to.deep.equal([3, ""]);
      expect(refused.stderr).to.match(/^error: tcp 127\.0\.0\.1:\d+ refused the connection \(transport\); try: /);
      expect(unanswered.code).to.equal(3);
      expect(JSON.parse(unanswered.stdout)).to.have.nested.property("error.code", "timeout");
    } finally {
      silent.close();
    }
  });

  it("ends with 1 where the meter is paired with another unit", async () => {
    const { code, stdout } = await keyed(["007"], "--meter", "99999999999", "--json");
    expect([code, JSON.parse(stdout).error.code]).to.deep.equal([1, "other-meter"]);
  });

  it("is served while others flood the meter with garbage", async () => {
    const floods = Array.from({ length: 4 }, (_, index) => {
      const socket = connect(listener?.port ?? 0, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("connect", () => {
        socket.write('{"type":"hello","id":1,"protocol":1,"unit":"F"}\n');
        // Never read from, and written to for as long as it takes.
        socket.pause();
        const line = index % 2 === 0 ? '{"type":"show","id":2,"code":"007"}\n' : `${"9".repeat(100_000)}\n`;
        const more = (): void => {
          while (socket.writable && socket.write(line.repeat(100))) {
            /* until the other end no longer takes it */
          }
        };
        socket.on("drain", more);
        more();
      });
      return socket;
    });
    const from = performance.now();
    try {
      const { code, stdout } = await keyed(["007", goodToken]);
      const seconds = (performance.now() - from) / 1000;
      // Twenty at once and ten a second, of the two that ask for what there is.
      expect(meter.calls.length).to.be.within(20, 2 * (20 + 10 * (seconds + 1)) + 2);
      expect(stdout.split("\n").slice(0, 2)).to.deep.equal(["25.60  Credit kWh", "ACCEPT  Token accepted"]);
      expect(code).to.equal(0);
    } finally {
      for (const socket of floods) socket.destroy();
    }
  });
});
