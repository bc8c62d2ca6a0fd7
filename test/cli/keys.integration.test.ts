import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { unwrapKey } from "../../src/dlms/security/key-wrap.ts";
import { SecretKey } from "../../src/dlms/security/secret-key.ts";
import { type CliResult, CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { expectNoSecrets } from "../support/no-secrets.ts";

const ek = "000102030405060708090A0B0C0D0E0F";
const ak = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
const wrongAk = "5A5B5C5D5E5F606162636465666768FF";
const energy = "1-0:1.8.0";

/** The LLS password is eight zeros, which anything may hold; keys, and what a hash of them would be, are not. */
const secrets = [ek, ak, wrongAk].map((hex) => fromHex(hex));

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

describe("dlms with keys", function () {
  this.timeout(30_000);
  let root = "";
  let target = "";
  let port = 0;
  let meter: CliService | undefined;

  const environment = (): Record<string, string> => ({
    EK: ek,
    AK: ak,
    WRONG: wrongAk,
    XDG_STATE_HOME: join(root, "state"),
    XDG_CACHE_HOME: join(root, "cache"),
  });
  const asTechnician = ["--client", "3", "--auth", "gmac", "--suite", "0", "--ek", "env:EK", "--ak", "env:AK"];
  const run = async (...args: readonly string[]): Promise<CliResult> => {
    const result = await runCli(args, environment());
    expectNoSecrets(`stdout of ${args.join(" ")}`, result.stdout, secrets);
    expectNoSecrets(`stderr of ${args.join(" ")}`, result.stderr, secrets);
    return result;
  };
  const serve = async (): Promise<void> => {
    meter = await CliService.start(["meter", "--tcp", String(port), "--state", join(root, "meter")], /listening tcp/, environment());
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), "dlms-keys-"));
    port = await freePort();
    target = `tcp://127.0.0.1:${port}`;
    await serve();
  });
  after(async () => {
    await meter?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("reads under keys, and says nothing of them in a trace", async () => {
    const { code, stdout, stderr } = await run("read", target, ...asTechnician, energy, "--json", "--trace", "apdu");
    expect([code, stderr.includes("ciphered") || stderr.includes("global")]).to.deep.equal([0, true]);
    expect(JSON.parse(stdout)).to.have.lengthOf(1);
  });

  it("ends with 4 and one clear line when a key is wrong", async () => {
    const args = ["--client", "3", "--auth", "gmac", "--ek", "env:EK", "--ak", "env:WRONG"];
    const [plain, json] = await Promise.all([run("read", target, ...args, energy), run("read", target, ...args, energy, "--json")]);
    expect([plain.code, plain.stdout]).to.deep.equal([4, ""]);
    expect(plain.stderr).to.match(/^error: the meter rejected the association: deciphering-error \(acse\); try: check the .*keys.*\n$/);
    expect([json.code, JSON.parse(json.stdout).error.code]).to.deep.equal([4, "association-rejected"]);
  });

  it("goes on after the meter was killed", async () => {
    await meter?.stop("SIGKILL");
    await serve();
    const { code, stderr } = await run("read", target, ...asTechnician, energy, "--trace", "hex");
    expect([code, stderr.includes("error")]).to.deep.equal([0, false]);
  });

  it("wraps keys that unwrap again", async () => {
    const { code, stdout } = await run("keys", "wrap", "--kek", "env:EK", "--key", "env:AK", "--json");
    expect(code).to.equal(0);
    const wrapped = fromHex((JSON.parse(stdout) as { wrapped: string }).wrapped);
    expect(toHex(unwrapKey(SecretKey.from(fromHex(ek)), wrapped).exposeSecret())).to.equal(ak);
  });

  it("warns of a key that the list of processes shows, without showing it again", async () => {
    const { code, stderr } = await run("keys", "wrap", "--kek", `hex:${ek}`, "--key", `hex:${ak}`);
    const warnings = ["--kek", "--key"].map(
      (flag) => `warning: ${flag}: the command line is visible to others; use env:NAME or file:PATH\n`,
    );
    expect([code, stderr]).to.deep.equal([0, warnings.join("")]);
  });

  it("writes the keys of a meter to files that nobody else may read", async () => {
    const folder = join(root, "keys");
    const { code, stdout } = await run("keys", "generate", "--demo", folder, "--json");
    expect(code).to.equal(0);
    const { files } = JSON.parse(stdout) as { files: readonly { file: string; suite: number; key: string }[] };
    expect(files.map(({ suite, key }) => `${suite}/${key}`)).to.have.lengthOf(12);
    const written = files.map(({ file, suite }) => {
      expect(statSync(file).mode & 0o777, file).to.equal(0o600);
      const key = readFileSync(file, "utf8").trim();
      expect(fromHex(key)).to.have.lengthOf(suite === 2 ? 32 : 16);
      expect(stdout).not.to.contain(key);
      return key;
    });
    expect(new Set(written).size).to.equal(12);
  });

  it("has left no key in any file, nor in what the meter said", () => {
    expectNoSecrets("the meter", meter?.output ?? "", secrets);
    for (const file of filesBelow(root)) expectNoSecrets(file, readFileSync(file, "latin1"), secrets);
  });
});
