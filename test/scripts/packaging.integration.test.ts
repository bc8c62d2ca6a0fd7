import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { freePort } from "../support/free-port.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

function run(command: string, args: readonly string[], cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 200_000 });
  return { status, output: `${stdout}${stderr}` };
}

describe("The unit for systemd", () => {
  it("is one that systemd takes", function () {
    if (run("systemd-analyze", ["--version"]).status !== 0) return this.skip();
    expect(run("systemd-analyze", ["verify", "packaging/systemd/dlms-gateway.service"])).to.deep.equal({ status: 0, output: "" });
  });
});

describe("The package", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-package-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is installed for everybody from its archive, and its gateway runs without the checkout", async () => {
    // As `npm pack` does, without emptying the folder that other tests run from.
    expect(run(process.execPath, ["scripts/build.mjs"]).status).to.equal(0);
    const packed = run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder]);
    expect(packed.status, packed.output).to.equal(0);
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "none";
    const installed = run("npm", ["install", "--global", "--prefix", folder, "--no-audit", "--no-fund", join(folder, archive)], folder);
    expect(installed.status, installed.output).to.equal(0);
    const program = join(folder, "bin", "dlms");

    const port = await freePort();
    const config = join(folder, "gateway.yaml");
    writeFileSync(
      config,
      [
        `mqtt: { url: "mqtt://127.0.0.1:${await freePort()}" }`,
        `http: { listen: "127.0.0.1:${port}" }`,
        "state: ./state",
        `meters: [{ id: house, target: "tcp://127.0.0.1:${await freePort()}?client=16" }]`,
      ].join("\n"),
    );
    expect(run(program, ["gateway", "--config", config, "--check"], folder)).to.include({ status: 0 });
    const gateway = spawn(program, ["gateway", "--config", config], { cwd: folder, stdio: "ignore" });
    try {
      const health = await answer(`http://127.0.0.1:${port}/healthz`);
      expect(health).to.include({ status: "ok" });
      expect(health["meters"]).to.include({ configured: 1 });
    } finally {
      const ended = new Promise((resolve) => gateway.once("exit", resolve));
      gateway.kill("SIGTERM");
      await ended;
    }
  });
});

async function answer(url: string): Promise<Readonly<Record<string, unknown>>> {
  for (const begin = Date.now(); ; ) {
    try {
      return (await (await fetch(url)).json()) as Readonly<Record<string, unknown>>;
    } catch (error) {
      if (Date.now() - begin > 20_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
