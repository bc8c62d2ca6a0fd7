import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type CliResult, CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";

const ek = "000102030405060708090A0B0C0D0E0F";
const ak = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
const passphrase = "four random words here";

describe("dlms keys file", function () {
  this.timeout(120_000);
  let folder = "";
  let file = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "keys-file-"));
    file = join(folder, "meters.keys");
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}, stdin = ""): Promise<CliResult> =>
    runCli(args, { XDG_STATE_HOME: folder, DLMS_KEY_FILE: file, DLMS_KEY_PASSPHRASE: passphrase, ...environment }, stdin);
  const done = async (...args: Parameters<typeof run>): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, stderr).to.equal(0);
    return stdout;
  };

  it("keeps the secrets of commands, and says with exit code 4 that a passphrase is wrong", async () => {
    await done(["keys", "file", "create"]);
    await done(["keys", "file", "set", "house.ek", "env:EK"], { EK: ek });
    await done(["keys", "file", "set", "house.ak"], {}, `${ak}\n`);
    await done(["keys", "file", "set", "spare", "--random", "16"]);
    expect((await run(["keys", "file", "set", "spare", "--random", "16"])).code).to.equal(2);
    await done(["keys", "file", "remove", "spare"]);
    expect(JSON.parse(await done(["keys", "file", "list", "--json"]))).to.deep.equal([{ name: "house.ak" }, { name: "house.ek" }]);
    for (const secret of [ek, ak, "house"]) expect(readFileSync(file, "utf8")).not.to.contain(secret);

    const wrong = await run(["keys", "file", "list"], { DLMS_KEY_PASSPHRASE: "three random words" });
    expect(wrong.code).to.equal(4);
    expect(wrong.stderr).to.match(/^error: the passphrase does not open .* \(security\); try: [^\n]+\n$/);
  });

  it("opens an association with keys that no other file and no command line has", async () => {
    const port = await freePort();
    const meter = await CliService.start(["meter", "--tcp", String(port)], /listening tcp/);
    try {
      const [target, keys] = [`tcp://127.0.0.1:${port}`, ["--auth", "gmac", "--ek", "keyfile:house.ek", "--ak", "keyfile:house.ak"]];
      const read = ["read", target, "--client", "3", ...keys, "0.0.42.0.0.255", "--key-file", file];
      expect(await done(read, { DLMS_KEY_FILE: "" })).to.contain("DGW");
      const missing = await run([...read.slice(0, 7), "keyfile:hose.ek", ...read.slice(8)]);
      expect(missing.code).to.equal(2);
      expect(missing.stderr).to.contain("did you mean house.ek?");
    } finally {
      await meter.stop();
    }
  });

  it("takes another passphrase", async () => {
    await done(["keys", "file", "change-passphrase"], { DLMS_KEY_NEW_PASSPHRASE: "another four random words" });
    expect((await run(["keys", "file", "list"])).code).to.equal(4);
    expect(await done(["keys", "file", "list"], { DLMS_KEY_PASSPHRASE: "another four random words" })).to.equal("house.ak\nhouse.ek\n");
  });
});
