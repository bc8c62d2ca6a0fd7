import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { toHex } from "../../../src/bytes/hex.ts";
import { secureRandom } from "../../../src/dlms/security/secure-random.ts";
import { type CliResult, CliService, runCli } from "../../support/cli.ts";
import { FailingLink } from "../../support/failing-link.ts";
import { freePort } from "../../support/free-port.ts";

/** AARQ, pass 3, the reference to the security setup, and then the keys. */
const transferRequest = 4;

describe("dlms keys transfer over a link that dies", function () {
  this.timeout(60_000);
  let folder = "";
  let meter: CliService | undefined;
  let link: FailingLink;

  const at = (name: string): string => `file:${join(folder, name)}`;
  const environment = (): Record<string, string> => ({ XDG_STATE_HOME: join(folder, "state"), XDG_CACHE_HOME: join(folder, "cache") });
  const under = (ek: string) => [
    ...[`tcp://127.0.0.1:${link.port}`, "--client", "1", "--auth", "gmac", "--timeout", "3"],
    ...["--ek", at(ek), "--ak", at("ak")],
  ];
  const transfer = (from: string, to: string): Promise<CliResult> =>
    runCli(["keys", "transfer", ...under(from), "--kek", at("kek"), "--guek", at(to), "--json"], environment());
  const reads = async (ek: string): Promise<boolean> => (await runCli(["read", ...under(ek), "0.0.96.1.0.255"], environment())).code === 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlms-transfer-"));
    for (const name of ["ak", "kek", "first", "second", "third"]) {
      writeFileSync(join(folder, name), toHex(secureRandom(16)), { mode: 0o600 });
    }
    writeFileSync(
      join(folder, "meter.yaml"),
      [
        'serialNumber: "35933512"',
        "keys: { encryption: file:first, authentication: file:ak, master: file:kek }",
        "associations: [{ role: management, client: 1, auth: gmac, suite: 0 }]",
      ].join("\n"),
    );
    const port = await freePort();
    meter = await CliService.start(
      ["meter", "--config", join(folder, "meter.yaml"), "--tcp", String(port), "--state", join(folder, "meter")],
      /listening tcp/,
      environment(),
    );
    link = await FailingLink.to(port);
  });
  after(async () => {
    link.close();
    await meter?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("says that the old keys hold where the meter has heard nothing", async () => {
    link.fail({ request: transferRequest, lost: "request" });
    const { code, stderr } = await transfer("first", "second");
    expect([code, stderr]).to.deep.equal([3, "the meter still has the old keys\n"]);
  });

  it("says that the new keys hold where the answer alone was lost", async () => {
    link.fail({ request: transferRequest, lost: "answer" });
    const { code, stdout, stderr } = await transfer("first", "second");
    expect(code, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.have.property("holds", "new");
    expect(await reads("first")).to.equal(false);
  });

  it("keeps both where the link stays dead, and finds out which holds when it is asked again", async () => {
    link.fail({ request: transferRequest, lost: "answer" }, true);
    const { code, stderr } = await transfer("second", "third");
    expect([code, stderr]).to.deep.equal([3, "neither the old nor the new keys could be tried out: keep both\n"]);
    link.mend();
    const again = await transfer("second", "third");
    expect(again.code, again.stderr + again.stdout).to.equal(0);
    expect(JSON.parse(again.stdout)).to.have.property("holds", "new");
    expect([await reads("second"), await reads("third")]).to.deep.equal([false, true]);
  });
});
