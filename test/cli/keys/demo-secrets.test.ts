import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect } from "chai";
import { refuseDemoSecrets } from "../../../src/cli/keys/demo-secrets.ts";
import { parseYaml } from "../../../src/config/load.ts";
import { virtualMeterSchema } from "../../../src/config/virtual-meter.ts";
import { ConfigError } from "../../../src/errors.ts";

/** The encryption key of the demonstration, as product documents print it. */
const demoKey = "000102030405060708090A0B0C0D0E0F";
const ownKey = "5B0C6A3F9E17D2485A60B1C8F3E92D74";

describe("Secrets of the demonstration", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-demo-secrets-"));
    writeFileSync(join(folder, "demo.ek"), `${demoKey.toLowerCase()}\n`, { mode: 0o600 });
    writeFileSync(join(folder, "own.ek"), `${ownKey}\n`, { mode: 0o600 });
    writeFileSync(join(folder, "password"), "00000000\n", { mode: 0o600 });
    writeFileSync(join(folder, "own.password"), "a long secret of ours", { mode: 0o600 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const refusal = (encryption: string, password: string, host: string, allowed = false): string | undefined => {
    const yaml = [
      'serialNumber: "1"',
      `keys: { encryption: "${encryption}", authentication: "file:own.ek" }`,
      "associations:",
      `  - { role: reader, client: 2, auth: lls, password: "${password}" }`,
      "  - { role: technician, client: 3, auth: gmac, suite: 0 }",
    ].join("\n");
    try {
      refuseDemoSecrets(parseYaml(yaml, virtualMeterSchema, "meter.yaml"), folder, host, allowed);
      return undefined;
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError);
      expect(inspect(error).toUpperCase()).to.not.contain(demoKey);
      return (error as ConfigError).message;
    }
  };

  const elsewhere = ["0.0.0.0", "::", "192.168.1.5", "127.example.org", "meter.local", ""];

  for (const [name, encryption, password] of [
    ["in the open", `hex:${ownKey}`, "file:own.password"],
    ["the demonstration's key in a file", "file:demo.ek", "file:own.password"],
    ["the demonstration's password in a file", "file:own.ek", "file:password"],
  ] as const) {
    it(`are refused beyond loopback: ${name}`, () => {
      for (const host of elsewhere) {
        expect(refusal(encryption, password, host), host).to.equal(`listen.address: the demonstration secrets are not served on ${host}`);
      }
      for (const host of ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
        expect(refusal(encryption, password, host), host).to.equal(undefined);
      expect(refusal(encryption, password, "0.0.0.0", true), "allowed").to.equal(undefined);
    });
  }

  it("are told from secrets of one's own, which are served everywhere", () => {
    for (const host of elsewhere) expect(refusal("file:own.ek", "file:own.password", host), host).to.equal(undefined);
  });
});
