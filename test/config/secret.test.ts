import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { parseSecretReference, resolveSecret, type SecretSource } from "../../src/config/secret.ts";
import { ConfigError } from "../../src/errors.ts";

const source: SecretSource = {
  path: "--ek",
  format: "text",
  environment: { METER_PASSWORD: "00000000", METER_KEY: "00010203", BAD_KEY: "hunter2!", EMPTY: "" },
  directory: ".",
};

function resolve(text: string, overrides: Partial<SecretSource> = {}): string {
  const reference = parseSecretReference(text);
  if (reference === undefined) throw new ConfigError("test", `no reference: ${text}`);
  return toHex(resolveSecret(reference, { ...source, ...overrides }).bytes);
}

function failureOf(text: string, overrides: Partial<SecretSource> = {}): ConfigError {
  try {
    resolve(text, overrides);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return error as ConfigError;
  }
  return expect.fail(`${text} was resolved`);
}

describe("parseSecretReference", () => {
  for (const text of ["env:A_1", "file:secrets/ek", "keyfile:house.ek", "hex:00 ff", "text:a:b", "text:two\nlines"]) {
    it(`accepts ${JSON.stringify(text)}`, () => expect(parseSecretReference(text)?.kind).to.equal(text.slice(0, text.indexOf(":"))));
  }
  for (const text of [
    "",
    "00000000",
    "env:",
    "env:1A",
    "env:A B",
    "file:",
    "keyfile:",
    "keyfile:../x",
    "hex:0",
    "hex:xy",
    "hex:",
    "text:",
    "vault:x",
    "ENV:A",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseSecretReference(text)).to.equal(undefined));
  }
});

describe("SecretReference", () => {
  it("shows where a secret is, and never a secret itself", () => {
    const shown = (text: string) => [
      String(parseSecretReference(text)),
      JSON.stringify({ key: parseSecretReference(text) }),
      inspect(parseSecretReference(text)),
    ];
    expect(shown("env:HOUSE")).to.deep.equal(["env:HOUSE", '{"key":"env:HOUSE"}', "<secret env:HOUSE>"]);
    expect(shown("text:hunter2")).to.deep.equal(["text:...", '{"key":"text:..."}', "<secret text:...>"]);
    expect(inspect(parseSecretReference("hex:0011"), { customInspect: false, showHidden: true })).to.not.include("0011");
  });

  it("counts a relative path from the given folder", () => {
    expect(parseSecretReference("file:ek")?.within("/etc/dlms").value).to.match(/etc.dlms.ek$/);
    expect(parseSecretReference("env:EK")?.within("/etc/dlms").value).to.equal("EK");
  });
});

describe("resolveSecret", () => {
  it("takes text: and hex: as they stand", () => {
    expect(resolve("text:AB")).to.equal("4142");
    expect(resolve("hex:00 ff", { format: "key" })).to.equal("00FF");
    expect(resolve("text:é")).to.equal("C3A9");
  });

  it("says which secrets stood in the open", () => {
    const visible = (text: string) => resolveSecret(parseSecretReference(text) ?? expect.fail(), source).visible;
    expect(["text:A", "hex:00", "env:METER_PASSWORD"].map(visible)).to.deep.equal([true, true, false]);
  });

  it("takes a variable as text, or as hex for a key", () => {
    expect(resolve("env:METER_PASSWORD")).to.equal("3030303030303030");
    expect(resolve("env:METER_KEY", { format: "key" })).to.equal("00010203");
  });

  it("names a variable that is not set or empty", () => {
    expect(failureOf("env:NOWHERE").message).to.equal("--ek: the environment variable NOWHERE is not set");
    expect(failureOf("env:EMPTY").message).to.equal("--ek: the environment variable EMPTY is not set");
  });

  it("refuses a key that is not hex without showing it", () => {
    const failure = failureOf("env:BAD_KEY", { format: "key" });
    expect(failure.message).to.equal("--ek: expected hex digits in env:BAD_KEY");
    expect(inspect(failure)).to.not.include("hunter2");
  });

  describe("from a file", () => {
    let directory: string;
    const write = (name: string, content: string, mode: number) => {
      writeFileSync(join(directory, name), content);
      chmodSync(join(directory, name), mode);
    };
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "dlms-gateway-secret-"));
    });
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it("takes the content without the last line end", () => {
      write("password", "secret\n", 0o600);
      expect(resolve("file:password", { directory })).to.equal("736563726574");
      write("windows", "secret\r\n", 0o400);
      expect(resolve("file:windows", { directory })).to.equal("736563726574");
    });

    it("refuses a file that others may read, with the remedy", function () {
      if (process.platform === "win32") this.skip();
      for (const mode of [0o640, 0o604, 0o644]) {
        write("open", "hunter2", mode);
        const failure = failureOf("file:open", { directory });
        expect(failure.message).to.equal(`--ek: file:open can be read by others (mode ${mode.toString(8)})`);
        expect(failure.hint).to.equal(`chmod 600 ${join(directory, "open")}`);
      }
    });

    it("names a file that is not there", () => {
      expect(failureOf("file:absent", { directory }).message).to.equal("--ek: cannot read file:absent: ENOENT");
    });

    it("does not read a file too long for a secret", () => {
      write("long", "0".repeat(65_537), 0o600);
      expect(failureOf("file:long", { directory }).message).to.match(/too long for a secret \(65537 bytes\)$/);
    });
  });
});
