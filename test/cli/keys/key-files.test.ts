import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { toHex } from "../../../src/bytes/hex.ts";
import { reserveKeyFile, writeKeyFile, writeKeySets } from "../../../src/cli/keys/key-files.ts";
import { secureRandom } from "../../../src/dlms/security/secure-random.ts";
import { ConfigError } from "../../../src/errors.ts";

describe("Key files", () => {
  let folder = "";
  const at = (name: string): string => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-key-files-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const key = secureRandom(16);

  it("hold the key in hex, for their owner alone", () => {
    writeKeyFile(at("ek"), key, "--out");
    expect(readFileSync(at("ek"), "utf8")).to.equal(`${toHex(key)}\n`);
    if (process.platform !== "win32") expect(statSync(at("ek")).mode & 0o777).to.equal(0o600);
  });

  it("are never written over, since a meter may have no other key", () => {
    writeFileSync(at("ek"), "the only copy");
    for (const write of [() => writeKeyFile(at("ek"), key, "--out"), () => reserveKeyFile(at("ek"), "--out")]) {
      expect(write).to.throw(ConfigError, /--out: cannot write .*ek: it is there already$/);
    }
    expect(readFileSync(at("ek"), "utf8")).to.equal("the only copy");
  });

  it("of a set that is there already stay as they are", () => {
    const first = writeKeySets(folder, secureRandom);
    const contents = first.map(({ file }) => readFileSync(file, "utf8"));
    expect(() => writeKeySets(folder, secureRandom)).to.throw(ConfigError, /it is there already/);
    expect(first.map(({ file }) => readFileSync(file, "utf8"))).to.deep.equal(contents);
  });

  it("that were reserved are there before their key, and gone where none came", () => {
    const kept = reserveKeyFile(at("agreed"), "--out");
    expect(readFileSync(at("agreed"), "utf8")).to.equal("");
    kept.write(key);
    kept.close();
    expect(readFileSync(at("agreed"), "utf8")).to.equal(`${toHex(key)}\n`);
    reserveKeyFile(at("none"), "--out").close();
    expect(readdirSync(folder)).to.deep.equal(["agreed"]);
  });

  it("name what stands in the way, not the key", () => {
    expect(() => writeKeyFile(at("no/such/folder"), key, "--out"))
      .to.throw(ConfigError, /ENOENT/)
      .with.property("message")
      .that.does.not.contain(toHex(key));
  });
});
