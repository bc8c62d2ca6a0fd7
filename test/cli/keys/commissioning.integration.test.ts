import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { toPem } from "../../../src/cli/keys/pem-files.ts";
import type { Certificate } from "../../../src/dlms/security/certificate.ts";
import { parseCertificateRequest } from "../../../src/dlms/security/certificate-request.ts";
import { keyObjectOf } from "../../../src/dlms/security/key-object.ts";
import type { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { secureRandom } from "../../../src/dlms/security/secure-random.ts";
import { type PublicKeySuite, type SecuritySuite, securitySuites } from "../../../src/dlms/security/suite.ts";
import { clientTitle } from "../../dlms/association/secure-pair.ts";
import { always, deviceCertificate, root as newAuthority, newKey } from "../../dlms/security/certificate-samples.ts";
import { type CliResult, CliService, runCli } from "../../support/cli.ts";
import { freePort } from "../../support/free-port.ts";
import { expectNoSecrets } from "../../support/no-secrets.ts";
import { scaled } from "../../support/scale.ts";

/** System title of the meter with the serial number below. */
const meterTitle = fromHex("4447570035933512");
const serial = "0.0.96.1.0.255";
const password = "a secret of ours";

const pemsOf = (...certificates: readonly Certificate[]): string => certificates.map(({ octets }) => toPem("CERTIFICATE", octets)).join("");

/** A meter in a process of its own, with keys in files, and a folder for its client. */
class Site {
  readonly folder = mkdtempSync(join(tmpdir(), "dlms-site-"));
  readonly suite: SecuritySuite;
  port = 0;
  #meter: CliService | undefined;
  readonly #privateKeys: Uint8Array[] = [];

  constructor(suite: SecuritySuite) {
    this.suite = suite;
    for (const name of ["ek", "ak", "kek", "gbek", "new-ek", "new-ak"]) {
      this.file(name, `${toHex(secureRandom(securitySuites[suite].keyLength))}\n`);
    }
  }

  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  privateKey(name: string, key: PrivateKey): string {
    this.#privateKeys.push(key.exposeSecret());
    return this.file(name, keyObjectOf(key).export({ type: "pkcs8", format: "pem" }).toString());
  }

  async start(lines: readonly string[]): Promise<void> {
    this.port = await freePort();
    const config = this.file(
      "meter.yaml",
      [
        'serialNumber: "35933512"',
        "state: ./meter",
        "keys:",
        "  encryption: file:ek",
        "  authentication: file:ak",
        "  broadcast: file:gbek",
        "  master: file:kek",
        ...lines,
        "",
      ].join("\n"),
    );
    this.#meter = await CliService.start(
      ["meter", "--config", config, "--tcp", String(this.port), "--state", join(this.folder, "meter")],
      /listening tcp/,
      this.environment,
    );
  }

  async stop(): Promise<void> {
    await this.#meter?.stop();
    this.#expectNoSecrets("the meter", this.#meter?.output ?? "");
    this.#meter = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get environment(): Record<string, string> {
    return { XDG_STATE_HOME: join(this.folder, "state"), XDG_CACHE_HOME: join(this.folder, "cache") };
  }

  get target(): string {
    return `tcp://127.0.0.1:${this.port}`;
  }

  keys(ek = "ek", ak = "ak"): readonly string[] {
    const at = (name: string): string => `file:${join(this.folder, name)}`;
    return ["--suite", String(this.suite), "--ek", at(ek), "--ak", at(ak), "--system-title", toHex(clientTitle)];
  }

  /** S12: whatever is run, no secret is in what it says. */
  async run(...args: readonly string[]): Promise<CliResult> {
    const result = await runCli(args, this.environment);
    this.#expectNoSecrets(args.slice(0, 3).join(" "), result.stdout + result.stderr);
    return result;
  }

  /** S12: nor in what the client leaves behind, whose folder of counters knows keys by their names alone. */
  expectCleanClient(): void {
    for (const name of ["state", "cache"].map((folder) => join(this.folder, folder)).filter(existsSync)) {
      for (const file of readdirSync(name, { recursive: true, encoding: "utf8" }).map((entry) => join(name, entry))) {
        if (statSync(file).isFile()) this.#expectNoSecrets(file, readFileSync(file, "latin1"));
      }
    }
  }

  #expectNoSecrets(where: string, text: string): void {
    const keys = readdirSync(this.folder).filter((name) => /^(ek|ak|kek|gbek|new-ek|new-ak)$|\.ek$/.test(name));
    const secrets = keys.map((name) => fromHex(readFileSync(join(this.folder, name), "utf8").trim())).filter(({ length }) => length > 0);
    expectNoSecrets(where, text, [...secrets, ...this.#privateKeys, new TextEncoder().encode(password)]);
  }

  read(...options: readonly string[]): Promise<CliResult> {
    return this.run("read", this.target, serial, "--json", ...options);
  }
}

describe("Commissioning from the command line", function () {
  this.timeout(60_000);

  for (const suite of scaled<readonly SecuritySuite[]>([0], [0, 1, 2]))
    describe(`in suite ${suite}`, () => {
      const site = new Site(suite);
      const management = (...keys: readonly string[]) => ["--client", "1", "--auth", "gmac", ...site.keys(...keys)];

      before(() =>
        site.start([
          "associations:",
          `  - { role: management, client: 1, auth: gmac, suite: ${suite} }`,
          `  - { role: technician, client: 3, auth: manufacturer, password: "text:${password}", suite: ${suite}, policy: none }`,
          "  - { role: public, client: 16, auth: none }",
        ]),
      );
      after(() => site.remove());

      it("reads with every protection, and in the clear only where the policy lets it", async () => {
        expect((await site.read(...management())).code).to.equal(0);
        expect((await site.read(...management(), "--policy", "none")).code).to.equal(4);
        const manufacturer = ["--client", "3", "--auth", "manufacturer", "--password", `text:${password}`];
        for (const policy of ["none", "auth", "encrypt"]) {
          const { code, stderr } = await site.read(...manufacturer, ...site.keys(), "--policy", policy);
          expect(code, `${policy}: ${stderr}`).to.equal(0);
        }
        const wrong = await site.read("--client", "3", "--auth", "manufacturer", "--password", "text:another", ...site.keys());
        expect(wrong.code).to.equal(4);
      });

      it("transfers keys, tries them out, and the old ones are gone, also after a restart", async () => {
        const at = (name: string): string => `file:${join(site.folder, name)}`;
        const transferred = await site.run(
          ...["keys", "transfer", site.target, ...management(), "--json"],
          ...["--kek", at("kek"), "--guek", at("new-ek"), "--gak", at("new-ak")],
        );
        expect(transferred.code, transferred.stderr).to.equal(0);
        expect(JSON.parse(transferred.stdout)).to.have.property("holds", "new");
        expect((await site.read(...management())).code, "under the old keys").to.equal(4);
        expect((await site.read(...management("new-ek", "new-ak"))).code).to.equal(0);
        await site.stop();
        await site.start([
          "associations:",
          `  - { role: management, client: 1, auth: gmac, suite: ${suite} }`,
          "  - { role: public, client: 16, auth: none }",
        ]);
        expect((await site.read(...management())).code, "under the old keys after a restart").to.equal(4);
        expect((await site.read(...management("new-ek", "new-ak"))).code).to.equal(0);
      });

      it("says so when the meter refuses, and both sides go on as before", async () => {
        const at = (name: string): string => `file:${join(site.folder, name)}`;
        const refused = await site.run(
          ...["keys", "transfer", site.target, ...management("new-ek", "new-ak"), "--kek", at("gbek"), "--guek", at("ek")],
        );
        expect(refused.code).to.equal(1);
        expect(refused.stderr).to.match(/other-reason|refus/i);
        expect((await site.read(...management("new-ek", "new-ak"))).code).to.equal(0);
      });

      it("leaves no secret behind on the client's side", () => site.expectCleanClient());
    });

  for (const suite of scaled<readonly PublicKeySuite[]>([2], [1, 2]))
    describe(`with certificates in suite ${suite}`, () => {
      const site = new Site(suite);
      const { curve } = securitySuites[suite];
      const authority = newAuthority(curve);
      const [client, server] = [newKey(curve), newKey(curve)];
      const clientCertificate = deviceCertificate(authority, "digital-signature", client, clientTitle);
      const serverCertificate = deviceCertificate(authority, "digital-signature", server, meterTitle);
      const signing = () => [
        ...["--client", "1", "--auth", "ecdsa", "--sign-key", `file:${join(site.folder, "client.key")}`],
        ...["--ca", join(site.folder, "ca.pem"), ...site.keys()],
      ];

      before(async () => {
        site.privateKey("client.key", client);
        site.privateKey("server.key", server);
        site.file("ca.pem", pemsOf(authority.certificate, serverCertificate));
        site.file("meter.pem", pemsOf(authority.certificate, serverCertificate, clientCertificate));
        await site.start([
          "  signing: file:server.key",
          "certificates: [meter.pem]",
          "associations:",
          `  - { role: management, client: 1, auth: ecdsa, suite: ${suite} }`,
          "  - { role: public, client: 16, auth: none }",
        ]);
      });
      after(() => site.remove());

      it("opens associations by signature, and none for a key that is not the certificate's", async () => {
        const { code, stderr } = await site.read(...signing());
        expect(code, stderr).to.equal(0);
        const stranger = site.privateKey("stranger.key", newKey(curve));
        const wrong = signing().map((word) => (word.endsWith("client.key") ? `file:${stranger}` : word));
        expect((await site.read(...wrong)).code).to.equal(4);
      });

      it("lists, exports and refuses to overwrite certificates", async () => {
        const listed = await site.run("keys", "certificate", "list", site.target, ...signing(), "--json");
        expect(listed.code, listed.stderr).to.equal(0);
        const rows = JSON.parse(listed.stdout) as readonly { readonly number: number; readonly entity: string }[];
        expect(rows.map(({ entity }) => entity)).to.deep.equal(["authority", "server", "client"]);
        const out = join(site.folder, "exported.pem");
        const exported = await site.run("keys", "certificate", "export", site.target, "2", "--out", out, ...signing());
        expect(exported.code, exported.stderr).to.equal(0);
        expect(readFileSync(out, "utf8")).to.equal(pemsOf(serverCertificate));
        const again = await site.run("keys", "certificate", "export", site.target, "2", "--out", out, ...signing());
        expect(again.code).to.equal(2);
      });

      it("agrees on a key, which then opens associations", async () => {
        const out = join(site.folder, "agreed.ek");
        const agreed = await site.run("keys", "agree", site.target, "--key", "guek", "--out", out, ...signing());
        expect(agreed.code, agreed.stderr).to.equal(0);
        expect((await site.read(...signing())).code, "under the old key").to.equal(4);
        const renewed = signing().map((word) => (word === `file:${join(site.folder, "ek")}` ? `file:${out}` : word));
        const { code, stderr } = await site.read(...renewed);
        expect(code, stderr).to.equal(0);
        const csr = join(site.folder, "meter.csr");
        const requested = await site.run("keys", "certificate", "request", site.target, "--out", csr, ...renewed);
        expect(requested.code, requested.stderr).to.equal(0);
        const der = Buffer.from(readFileSync(csr, "utf8").replace(/-----[^-]+-----|\s/g, ""), "base64");
        const request = parseCertificateRequest(Uint8Array.from(der));
        const fresh = authority.issue({ systemTitle: meterTitle, publicKey: request.publicKey, purpose: "digital-signature", ...always });
        const file = site.file("fresh.pem", pemsOf(fresh));
        const imported = await site.run("keys", "certificate", "import", site.target, file, ...renewed);
        expect(imported.code, imported.stderr).to.equal(0);
        site.file("ca.pem", pemsOf(authority.certificate, fresh));
        expect((await site.read(...renewed)).code, "with the meter's new certificate").to.equal(0);
        site.expectCleanClient();
      });
    });
});
