import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { householdFile } from "../support/household.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "env:READER"];
const environment = { READER: "00000000" };

interface ProfileJson {
  readonly rows: readonly (readonly [time: string, status: number, importWh: number, ...rest: readonly number[]])[];
}

describe("a meter that lives through a recorded household", function () {
  this.timeout(120_000);
  let meter: CliService | undefined;
  let targets: readonly string[] = [];

  before(async function () {
    const file = householdFile();
    if (file === undefined) this.skip();
    const ports = [await freePort(), await freePort()] as const;
    targets = [`tcp://127.0.0.1:${ports[0]}`, `hdlc://127.0.0.1:${ports[1]}`];
    const links = ["--tcp", String(ports[0]), "--hdlc", String(ports[1])];
    meter = await CliService.start(
      ["meter", ...links, "--load", `csv:${file}`, "--start", "2006-12-17T00:00", "--speed", "200000", "--timezone", "Europe/Paris"],
      /listening hdlc/,
    );
    // The 25 days of the file take 10.8 s at this speed.
    await new Promise((resolve) => setTimeout(resolve, 11_500));
  });

  after(async () => {
    await meter?.stop();
  });

  const profile = async (target: string, from: string, to: string): Promise<ProfileJson> => {
    const { stdout } = await runCli(["profile", target, "load", "--from", from, "--to", to, "--json", ...reader], environment);
    return JSON.parse(stdout) as ProfileJson;
  };

  // First, since at this speed three months of rows last for forty seconds.
  it("shows the two gaps of the file as intervals with a power failure, and no others", async () => {
    const { rows } = await profile(targets[0] as string, "2006-12-17T00:00", "2007-01-11T00:00");
    expect(rows).to.have.lengthOf(25 * 96);
    expect(rows.filter(([, status]) => (status & 0x80) !== 0).map(([time]) => time)).to.deep.equal([
      "2006-12-21T11:30:00+01:00",
      "2006-12-30T10:15:00+01:00",
    ]);
  });

  it("has counted the file's own integral, to the watt-hour", async () => {
    const { stdout } = await runCli(["read", targets[0] as string, "1.0.1.8.0.255", "1.0.3.8.0.255", "--json", ...reader], environment);
    const [active, reactive] = JSON.parse(stdout) as { value: number }[];
    expect(active?.value).to.be.within(1_030_505, 1_030_507);
    expect(reactive?.value).to.be.within(80_770, 80_790);
  });

  it("returns exactly the rows of a range, over both links", async () => {
    const [overTcp, overHdlc] = await Promise.all(targets.map((target) => profile(target, "2006-12-24T00:00", "2006-12-25T00:00")));
    expect(overTcp?.rows).to.have.lengthOf(97);
    expect(overTcp?.rows[0]?.[0]).to.equal("2006-12-24T00:00:00+01:00");
    expect(overTcp?.rows.at(-1)?.[0]).to.equal("2006-12-25T00:00:00+01:00");
    expect(overHdlc).to.deep.equal(overTcp);
  });
});
