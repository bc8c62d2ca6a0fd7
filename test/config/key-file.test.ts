import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { changeKeyFile, changePassphrase, createEmptyKeyFile, keyFileSecret, keyFileSecrets } from "../../src/config/key-file.ts";
import { newKeyFile, openKeyFile } from "../../src/config/key-file-format.ts";
import { replaceKeyFile } from "../../src/config/key-file-store.ts";
import { readHiddenLine } from "../../src/config/key-file-terminal.ts";
import { parseSecretReference, resolveSecret } from "../../src/config/secret.ts";
import { secureRandom } from "../../src/dlms/security/secure-random.ts";
import { ConfigError, type DlmsError, SecurityError } from "../../src/errors.ts";

/** A guess costs little here, so that the tests do. */
const cost = { n: 1024, r: 8, p: 1 } as const;
const passphrase = "correct horse battery";

function failureOf(run: () => unknown): DlmsError {
  try {
    run();
  } catch (error) {
    return error as DlmsError;
  }
  return expect.fail("nothing was thrown");
}

describe("the key file", () => {
  let folder = "";
  let file = "";
  let environment: Record<string, string> = {};

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "key-file-"));
    file = join(folder, "meters.keys");
    environment = { DLMS_KEY_FILE: file, DLMS_KEY_PASSPHRASE: passphrase };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const add = (name: string, secret: string) => changeKeyFile(environment, (secrets) => secrets.set(name, secret), secureRandom);

  it("keeps secrets that only its passphrase opens", () => {
    createEmptyKeyFile(environment, secureRandom, cost);
    add("house.ek", "000102030405060708090A0B0C0D0E0F");
    const text = readFileSync(file, "utf8");
    for (const part of ["house", "000102030405", passphrase]) expect(text).not.to.contain(part);
    expect([...openKeyFile(text, passphrase, file).secrets]).to.deep.equal([["house.ek", "000102030405060708090A0B0C0D0E0F"]]);
    const failure = failureOf(() => keyFileSecrets({ ...environment, DLMS_KEY_PASSPHRASE: "correct horse" }));
    expect(failure).to.be.instanceOf(SecurityError);
    expect(failure.code).to.equal("deciphering-failed");
    expect(failure.message).to.equal(`the passphrase does not open ${file}`);
  });

  it("is for its owner alone, and nothing else is left in its folder", function () {
    if (process.platform === "win32") this.skip();
    createEmptyKeyFile(environment, secureRandom, cost);
    add("a", "1");
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(["meters.keys"]);
    chmodSync(file, 0o640);
    expect(failureOf(() => keyFileSecrets(environment)).hint).to.equal(`chmod 600 ${file}`);
  });

  it("is what it was after a change that fails", () => {
    createEmptyKeyFile(environment, secureRandom, cost);
    const before = readFileSync(file, "utf8");
    const refusal = new ConfigError("", "no");
    expect(
      failureOf(() =>
        changeKeyFile(
          environment,
          () => {
            throw refusal;
          },
          secureRandom,
        ),
      ),
    ).to.equal(refusal);
    expect(readFileSync(file, "utf8")).to.equal(before);
    expect(readdirSync(folder)).to.deep.equal(["meters.keys"]);
  });

  it("is changed by one process at a time", () => {
    createEmptyKeyFile(environment, secureRandom, cost);
    const failure = failureOf(() =>
      replaceKeyFile(file, (text) => {
        replaceKeyFile(file, () => "lost");
        return text;
      }),
    );
    expect(failure.message).to.equal(`${file} is being changed by another process`);
    expect(existsSync(`${file}.new`)).to.equal(false);
  });

  it("is never made twice", () => {
    createEmptyKeyFile(environment, secureRandom, cost);
    expect(failureOf(() => createEmptyKeyFile(environment, secureRandom, cost)).message).to.equal(`${file} is there already`);
  });

  it("takes another passphrase and gives up the old one", () => {
    createEmptyKeyFile(environment, secureRandom, cost);
    add("a", "secret");
    changePassphrase({ ...environment, DLMS_KEY_NEW_PASSPHRASE: "another long one" }, secureRandom, cost);
    expect(failureOf(() => keyFileSecrets({ ...environment })).code).to.equal("deciphering-failed");
    expect(keyFileSecret("a", { ...environment, DLMS_KEY_PASSPHRASE: "another long one" })).to.equal("secret");
    const short = failureOf(() => createEmptyKeyFile({ DLMS_KEY_FILE: join(folder, "other"), DLMS_KEY_PASSPHRASE: "short" }, secureRandom));
    expect(short.message).to.equal("expected a passphrase of at least 8 characters");
  });

  it("reads its passphrases from the lines of a descriptor", () => {
    createEmptyKeyFile(environment, secureRandom, cost);
    writeFileSync(join(folder, "lines"), `${passphrase}\nanother long one\n`);
    const lines = openSync(join(folder, "lines"), "r");
    changePassphrase({ DLMS_KEY_FILE: file, DLMS_KEY_PASSPHRASE: "not this", DLMS_KEY_PASSPHRASE_FD: String(lines) }, secureRandom, cost);
    closeSync(lines);
    expect([...openKeyFile(readFileSync(file, "utf8"), "another long one", file).secrets]).to.deep.equal([]);
  });

  it("is opened again when it has changed, without asking again", () => {
    createEmptyKeyFile(environment, secureRandom, cost);
    expect(keyFileSecrets(environment).size).to.equal(0);
    writeFileSync(file, newKeyFile(passphrase, secureRandom, cost).seal(new Map([["a", "new"]]), secureRandom));
    environment["DLMS_KEY_PASSPHRASE"] = "";
    expect(keyFileSecret("a", environment)).to.equal("new");
  });

  it("refuses what was changed, parameters included, and what is no key file", () => {
    const text = newKeyFile(passphrase, secureRandom, cost).seal(new Map([["a", "1"]]), secureRandom);
    const changed = (change: (file: { nonce: string; sealed: string; scrypt: { n: number; p: number } }) => void) => {
      const content = JSON.parse(text);
      change(content);
      return failureOf(() => openKeyFile(JSON.stringify(content), passphrase, "f"));
    };
    expect(changed((content) => (content.sealed = `AAAA${content.sealed.slice(4)}`)).code).to.equal("deciphering-failed");
    expect(changed((content) => (content.nonce = "00".repeat(12))).code).to.equal("deciphering-failed");
    expect(changed((content) => (content.sealed = "AAAA")).code).to.equal("config");
    // Much memory, or much time, for whoever puts a file there.
    expect(changed((content) => (content.scrypt.n = 2 ** 24)).code).to.equal("config");
    expect(changed((content) => (content.scrypt.p = 1e6)).code).to.equal("config");
    for (const other of ["", "{}", "[]", "-----BEGIN", '{"version":2}'])
      expect(failureOf(() => openKeyFile(other, passphrase, "f")).code).to.equal("config");
  });

  it("makes a guess cost 32 MiB and three rounds where nobody says otherwise", () => {
    expect(JSON.parse(newKeyFile(passphrase, secureRandom).seal(new Map(), secureRandom)).scrypt).to.include({ n: 32768, r: 8, p: 3 });
  });

  it("never uses a nonce twice", () => {
    const file = newKeyFile(passphrase, secureRandom, cost);
    const nonces = Array.from({ length: 100 }, () => JSON.parse(file.seal(new Map(), secureRandom)).nonce as string);
    expect(new Set(nonces).size).to.equal(100);
  });

  it("is the same passphrase in composed and decomposed letters", () => {
    expect(
      openKeyFile(newKeyFile("Schlüssel", secureRandom, cost).seal(new Map(), secureRandom), "Schlu\u0308ssel", "f").secrets.size,
    ).to.equal(0);
  });

  it("gives the secrets named keyfile:NAME", () => {
    createEmptyKeyFile(environment, secureRandom, cost);
    changeKeyFile(environment, (secrets) => secrets.set("house.ek", "00 ff").set("pw", "hunter2"), secureRandom);
    const bytes = (text: string, format: "key" | "text", places = environment) => {
      const reference = parseSecretReference(text);
      if (reference === undefined) return expect.fail(`${text} is no reference`);
      return Buffer.from(resolveSecret(reference, { path: "--ek", format, environment: places, directory: "/" }).bytes).toString("hex");
    };
    expect(bytes("keyfile:house.ek", "key")).to.equal("00ff");
    expect(bytes("keyfile:pw", "text")).to.equal("68756e74657232");
    expect(failureOf(() => bytes("keyfile:pw", "key")).message).to.equal("--ek: expected hex digits in keyfile:pw");
    expect(failureOf(() => bytes("keyfile:house.ak", "key")).message).to.equal(
      `--ek: ${file} has no secret house.ak, did you mean house.ek?`,
    );
    expect(failureOf(() => bytes("keyfile:a", "key", {})).hint).to.equal("give --key-file FILE or set DLMS_KEY_FILE");
    expect(failureOf(() => bytes("keyfile:a", "key", { DLMS_KEY_FILE: join(folder, "none") })).message).to.match(/there is no key file/);
  });
});

describe("readHiddenLine", () => {
  const typed = (text: string) => {
    const octets = Buffer.from(text)[Symbol.iterator]();
    return readHiddenLine(() => octets.next().value);
  };

  it("edits as a terminal does", () => {
    expect(typed("abc\r")).to.equal("abc");
    expect(typed("abü\u007fc\n")).to.equal("abc");
    expect(typed("\bwrong\u0015right\r")).to.equal("right");
    expect(typed("\r")).to.equal("");
  });

  it("gives up at Ctrl-C, Ctrl-D and the end", () => {
    for (const text of ["abc\u0003", "abc\u0004", "abc"]) expect(typed(text)).to.equal(undefined);
  });
});
