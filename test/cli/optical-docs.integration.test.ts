import { readFileSync } from "node:fs";
import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { SerialPair } from "../support/serial-pair.ts";

const page = readFileSync(new URL("../../docs/optical.md", import.meta.url), "utf8");
const [, session = ""] = /^```console\n([\s\S]*?)^```$/m.exec(page) ?? [];

describe("docs/optical.md", function () {
  this.timeout(90_000);
  let pair: SerialPair;
  let meter: CliService;

  before(async function () {
    const started = await SerialPair.start();
    if (started === undefined) this.skip();
    pair = started;
    const past = ["--start", "2026-11-22T12:00:00Z", "--timezone", "UTC", "--history", "P2D", "--speed", "0.001"];
    meter = await CliService.start(["meter", "--optical", pair.a, ...past], /listening optical/);
  });
  after(async () => {
    await meter?.stop();
    await pair?.stop();
  });

  it("shows what a terminal shows", async () => {
    const commands = [...session.matchAll(/^\$ dlms (.*)$/gm)].map(([, command = ""]) => command);
    expect(commands.length).to.be.at.least(4);
    let shown = "";
    for (const command of commands) {
      const { code, stdout, stderr } = await runCli(command.replaceAll("/dev/ttyUSB0", pair.b).split(" "), { PASSWORD: "00000000" });
      expect(code, `${command}: ${stderr}`).to.equal(0);
      shown += `$ dlms ${command}\n${stdout.replaceAll(pair.b, "/dev/ttyUSB0")}`;
    }
    expect(shown).to.equal(session);
  });
});
