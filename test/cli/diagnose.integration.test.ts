import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { MeterHost } from "../../src/cli/meter-host.ts";
import { packageFile } from "../../src/cli/package-files.ts";
import { loadYaml } from "../../src/config/load.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";
import type { Explanation } from "../../src/decode/explanation.ts";
import { readHexText } from "../../src/decode/input-text.ts";
import { runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";

interface Finding {
  readonly layer: string;
  readonly ok: boolean;
  readonly counters: Readonly<Record<string, number>>;
  readonly message: string;
  readonly hint?: string;
}

describe("dlms diagnose", function () {
  this.timeout(60_000);
  let host: MeterHost;
  let [tcp, hdlc] = [0, 0];
  let server: Server | undefined;
  const folder = mkdtempSync(join(tmpdir(), "diagnose-"));
  const config = loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema);
  const { serialNumber } = config;

  before(async () => {
    host = new MeterHost({
      config,
      directory: packageFile("config"),
      onFailure: (error) => {
        throw error;
      },
    });
    const links = await host.start("127.0.0.1", { tcp: 0, hdlc: 0 });
    [tcp, hdlc] = links.map(({ port }) => port ?? 0) as [number, number];
  });
  after(async () => {
    await host.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => server?.close());

  async function diagnosed(
    target: string,
    ...flags: readonly string[]
  ): Promise<{ readonly code: number | null; readonly findings: readonly Finding[] }> {
    const { code, stdout, stderr } = await runCli(["diagnose", target, "--json", "--timeout", "1.5", ...flags], {
      EK: "000102030405060708090A0B0C0D0E0F",
      AK: "00000000000000000000000000000000",
    });
    expect(stdout, stderr).not.to.equal("");
    return { code, findings: JSON.parse(stdout) as readonly Finding[] };
  }
  const verdicts = (findings: readonly Finding[]) => findings.map(({ layer, ok }) => `${layer} ${ok ? "ok" : "fails"}`);

  /** A peer that answers in its own way. */
  async function peer(answer: (chunk: Uint8Array) => Uint8Array | undefined): Promise<number> {
    const listening = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        const bytes = answer(chunk);
        if (bytes !== undefined) socket.write(bytes);
      });
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const address = listening.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  it("finds nothing wrong where nothing is", async () => {
    const { code, findings } = await diagnosed(`hdlc://127.0.0.1:${hdlc}`, "--client", "2", "--auth", "lls", "--password", "text:00000000");
    expect(verdicts(findings)).to.deep.equal(["transport ok", "link ok", "association ok", "clock ok"]);
    expect(code).to.equal(0);
    expect(Math.abs(findings[3]?.counters["driftSeconds"] ?? 99)).to.be.lessThan(10);
  });

  it("writes a trace that tells nothing of the meter, and that dlms decode explains", async () => {
    const secrets = ["--ek", "env:GUEK", "--ak", "env:GAK"];
    const keys = { GUEK: "000102030405060708090A0B0C0D0E0F", GAK: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF", PASSWORD: "00000000" };
    for (const [target, ...flags] of [
      [`hdlc://127.0.0.1:${hdlc}`, "--client", "2", "--auth", "lls", "--password", "env:PASSWORD"],
      [`tcp://127.0.0.1:${tcp}`, "--client", "3", "--auth", "gmac", ...secrets],
    ] as const) {
      const file = join(folder, "trace.txt");
      const { code, stderr } = await runCli(["diagnose", target, ...flags, "--anonymize", file, "--trace", "hex"], keys);
      expect(code, stderr).to.equal(0);
      const published = readFileSync(file, "utf8");
      const told = readHexText(published).bytes;
      // The system title of the virtual meter is its manufacturer and its serial number.
      const forms = [serialNumber, Buffer.from(serialNumber).toString("hex"), "02244D48", keys.GUEK, "3030303030303030"];
      for (const form of forms) {
        expect(published).not.to.contain(form);
        expect(toHex(told)).not.to.contain(form.toUpperCase());
      }
      expect(told.length).to.equal(readHexText(stderr.replace(/^(?! +\d+\.\d{3} (->|<-)).*$/gm, "")).bytes.length);
      const decoded = await runCli(["decode", "--json", "--file", file]);
      expect(decoded.code, decoded.stderr).to.equal(0);
      const { link, apdus, warnings } = JSON.parse(decoded.stdout) as Explanation;
      expect(link.every(({ ok }) => ok)).to.equal(true);
      expect(apdus.map(({ type }) => type.replace("-normal", ""))).to.include.members([
        "aarq",
        "aare",
        "get-request",
        "get-response",
        "rlrq",
        "rlre",
      ]);
      expect(warnings).to.deep.equal([]);
    }
  });

  it("tells a wrong password from a wrong key", async () => {
    const password = await diagnosed(`tcp://127.0.0.1:${tcp}`, "--client", "2", "--auth", "lls", "--password", "text:11111111");
    expect(verdicts(password.findings)).to.deep.equal(["transport ok", "link ok", "association fails"]);
    expect(password.findings[2]?.message).to.contain("refuses the association");
    expect(password.code).to.equal(1);
    const keys = await diagnosed(`tcp://127.0.0.1:${tcp}`, "--client", "3", "--auth", "gmac", "--ek", "env:EK", "--ak", "env:AK");
    expect(keys.findings.at(-1)?.ok).to.equal(false);
    expect(keys.findings.at(-1)?.hint).to.match(/--ek|--ak|secret|key/);
  });

  it("says that nobody is there, or that somebody is and says nothing", async () => {
    const nobody = await diagnosed(`tcp://127.0.0.1:${await freePort()}`);
    expect(verdicts(nobody.findings)).to.deep.equal(["transport fails"]);
    const silent = await diagnosed(`hdlc://127.0.0.1:${await peer(() => undefined)}`);
    expect(silent.findings.map(({ message }) => message)).to.deep.equal(["the connection stands, and nothing comes back"]);
  });

  it("knows a line that only echoes, and rubbish, and frames with wrong check sums", async () => {
    const echo = await diagnosed(`hdlc://127.0.0.1:${await peer((chunk) => chunk)}`);
    expect(echo.findings.at(-1)?.message).to.equal("only our own octets come back");
    server?.close();
    const rubbish = await diagnosed(`hdlc://127.0.0.1:${await peer(() => Uint8Array.of(1, 2, 3, 4, 5))}`);
    expect(rubbish.findings.at(-1)?.message).to.equal("octets come that are no frames");
    server?.close();
    const damaged = Uint8Array.from(Buffer.from("7EA00703057353807F7E", "hex"));
    const wrong = await diagnosed(`hdlc://127.0.0.1:${await peer(() => damaged)}`);
    expect(wrong.findings.at(-1)?.message).to.match(/check sum|no frames/);
  });
});
