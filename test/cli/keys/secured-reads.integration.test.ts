import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { MeterHost, type MeterHostConfig } from "../../../src/cli/meter-host.ts";
import { connectTarget } from "../../../src/cli/session.ts";
import { resolveTarget } from "../../../src/cli/target.ts";
import type { DlmsClient } from "../../../src/client/dlms-client.ts";
import { parseYaml } from "../../../src/config/load.ts";
import { virtualMeterSchema } from "../../../src/config/virtual-meter.ts";
import { Data } from "../../../src/cosem-objects/classes/data.ts";

const ek = "hex:000102030405060708090A0B0C0D0E0F";
const ak = "hex:D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
const yaml = `
serialNumber: "35933512"
timezone: Europe/Berlin
keys: { encryption: "${ek}", authentication: "${ak}", broadcast: "hex:404142434445464748494A4B4C4D4E4F" }
associations:
  - { role: public, client: 16, auth: none }
  - { role: reader, client: 2, auth: lls, password: "text:00000000", suite: 0, policy: auth }
  - { role: technician, client: 3, auth: gmac, suite: 0 }
  - { role: management, client: 1, auth: sha256, password: "text:a long secret" }
  - { role: vending, client: 4, auth: md5, password: "text:another secret", suite: 0 }
  - { role: firmware, client: 5, auth: sha1, password: "text:a third secret" }
  - { role: pre-established, client: 102, auth: none }
`;
const gmac = { client: "3", auth: "gmac", suite: "0", ek, ak };
const technicianCounter = "0.0.43.1.3.255";

async function failureOf(attempt: Promise<DlmsClient>): Promise<unknown> {
  const outcome = await attempt.catch((error: unknown) => error);
  if (!(outcome instanceof Error)) await (outcome as DlmsClient).close();
  return outcome;
}

describe("Associations under keys with the virtual meter", function () {
  this.timeout(20_000);
  let root = "";
  let host: MeterHost;
  let port = 0;

  const config = (): MeterHostConfig => ({ ...parseYaml(yaml, virtualMeterSchema, "meter.yaml"), state: join(root, "meter") });
  const serve = async (): Promise<void> => {
    host = new MeterHost({
      config: config(),
      directory: root,
      onFailure: (error) => {
        throw error;
      },
    });
    port = (await host.start("127.0.0.1", { tcp: 0 }))[0]?.port ?? 0;
  };
  const connect = (flags: Readonly<Record<string, string>>, installation = "installation"): Promise<DlmsClient> => {
    const book = { directory: ".", load: () => ({ meters: [] }) };
    const target = resolveTarget(`tcp://127.0.0.1:${port}`, flags, book);
    return connectTarget(target, { timeout: 2000 }, { note: () => {} }, join(root, installation));
  };
  const counter = async (client: DlmsClient): Promise<number> => {
    const value = await client.get(Data, technicianCounter, "value");
    return value.type === "double-long-unsigned" ? value.value : Number.NaN;
  };
  const shown = async (flags: Readonly<Record<string, string>>, installation?: string): Promise<number> => {
    const client = await connect(flags, installation);
    const value = await counter(client);
    await client.close();
    return value;
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), "dlms-secured-"));
    await serve();
  });
  after(async () => {
    await host.stop();
    rmSync(root, { recursive: true, force: true });
  });

  for (const [name, flags] of [
    ["GMAC", gmac],
    ["GMAC under a dedicated key", { ...gmac, "dedicated-key": "random" }],
    ["LLS, authenticated only", { client: "2", auth: "lls", password: "text:00000000", ek, ak, policy: "auth" }],
    ["SHA-256 in clear", { client: "1", auth: "sha256", password: "text:a long secret" }],
    ["MD5 under keys", { client: "4", auth: "md5", password: "text:another secret", ek, ak }],
    ["SHA-1 in clear", { client: "5", auth: "sha1", password: "text:a third secret" }],
  ] as const) {
    it(`opens with ${name}`, async () => {
      expect(await shown(flags)).to.be.a("number");
    });
  }

  it("refuses less protection than the policy of a role, and a wrong secret", async () => {
    expect(await failureOf(connect({ ...gmac, policy: "auth" }))).to.have.property("code");
    expect(await failureOf(connect({ client: "1", auth: "sha256", password: "text:a wrong one" }))).to.have.property(
      "code",
      "authentication-failed",
    );
  });

  it("takes a dedicated key once: its counters would begin anew", async () => {
    const flags = { ...gmac, "dedicated-key": "hex:A1A2A3A4A5A6A7A8A9AAABACADAEAFB0" };
    await shown(flags);
    expect(await failureOf(connect(flags)))
      .to.have.property("message")
      .that.contains("used before");
  });

  it("goes on by itself where the meter has seen higher counters than this installation knows of", async () => {
    const flags = { ...gmac, "system-title": "4D4D4D0000BC614E" };
    const before = await shown(flags);
    expect(await shown(flags, "another")).to.be.greaterThan(before);
  });

  it("gives each installation a name of its own", async () => {
    const client = await connect(gmac, "a third");
    await client.close();
    expect(await shown(gmac, "a third")).to.be.at.least(1);
  });

  it("counts on after the meter's end, and shows so to the public client", async () => {
    const before = await shown(gmac);
    await host.stop();
    await serve();
    expect(await shown({})).to.be.at.least(before);
    expect(await shown(gmac)).to.be.at.least(before);
  });
});
