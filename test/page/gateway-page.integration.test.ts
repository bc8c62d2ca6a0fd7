import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { CliService } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { eventually, openBrowser, seriousFindings, settled, type TestBrowser } from "./browser.ts";

const tokens = { PAGE_TOKEN: "operator-0123456789abcdef", VIEWER_TOKEN: "viewer-0123456789abcdef", READER: "00000000" };

describe("The page of a gateway", function () {
  this.timeout(60_000);
  let folder: string;
  let broker: Mosquitto | undefined;
  let browser: TestBrowser | undefined;
  let page: Page;
  let gateway: CliService | undefined;
  const ports = { house: 0, barn: 0, http: 0 };
  const meters: Partial<Record<"house" | "barn", CliService>> = {};

  const startMeter = async (name: "house" | "barn", serial: string): Promise<void> => {
    meters[name] = await CliService.start(
      ["meter", "--tcp", String(ports[name]), "--serial-number", serial, "--history", "P3D"],
      /listening tcp/,
    );
  };
  const address = (path: string) => `http://127.0.0.1:${ports.http}/${path}`;

  before(async function () {
    [broker, browser] = await Promise.all([Mosquitto.start(), openBrowser({ locale: "en-GB" })]);
    if (broker === undefined || browser === undefined) return this.skip();
    page = browser.page;
    folder = mkdtempSync(join(tmpdir(), "dlms-gateway-page-"));
    for (const name of ["house", "barn", "http"] as const) ports[name] = await freePort();
    await Promise.all([startMeter("house", "11111111"), startMeter("barn", "22222222")]);
    const entry = (name: "house" | "barn", allow: string) =>
      `  - { id: ${name}, target: "tcp://127.0.0.1:${ports[name]}?client=2&auth=lls", password: env:READER, poll: 500ms, allow: [${allow}] }`;
    const config = [
      `mqtt: { url: "${broker.url}" }`,
      `http: { listen: "127.0.0.1:${ports.http}", token: env:PAGE_TOKEN, viewerToken: env:VIEWER_TOKEN }`,
      "meters:",
      entry("house", "relay, clock"),
      entry("barn", ""),
      "",
    ];
    writeFileSync(join(folder, "gateway.yaml"), config.join("\n"));
    gateway = await CliService.start(["gateway", "--config", join(folder, "gateway.yaml")], /listening http/, tokens);
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
    await Promise.all(Object.values(meters).map((meter) => meter?.stop()));
    await broker?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("lets a viewer look, and offers nothing else", async () => {
    await page.goto(address(`?token=${tokens.VIEWER_TOKEN}#/meter/house/live`));
    await page.locator('[data-key="voltage_l1"]').waitFor();
    expect(page.url()).not.to.contain(tokens.VIEWER_TOKEN);
    expect(await page.getByRole("button", { name: /disconnect|reconnect|clock/ }).count()).to.equal(0);
    await page.getByRole("link", { name: "Engineering" }).click();
    await settled(page);
    expect(await page.getByRole("button", { name: "Trace" }).count()).to.equal(0);
    expect(await page.getByRole("button", { name: "Objects" }).count()).to.equal(1);
  });

  it("shows all meters, and for an operator what may be done to each", async () => {
    await page.goto(address(`?token=${tokens.PAGE_TOKEN}`));
    await page.getByRole("link", { name: "house" }).waitFor();
    await page.getByRole("link", { name: "barn" }).waitFor();
    expect(await page.getByRole("row", { name: /house/ }).innerText()).to.match(/11111111.*online/s);
    expect(await page.getByRole("row", { name: /barn/ }).innerText()).to.match(/22222222.*online/s);
    expect(await seriousFindings(page)).to.deep.equal([]);
    await page.getByRole("link", { name: "house" }).click();
    await page.getByRole("button", { name: "disconnect …" }).waitFor();
    await page.goto(address("#/meter/barn/live"));
    await page.locator('[data-key="voltage_l1"]').waitFor();
    expect(await page.getByRole("button", { name: "disconnect …" }).count()).to.equal(0);
  });

  it("says that there is no such meter", async () => {
    await page.goto(address("#/meter/nobody/live"));
    await page.getByText("there is no such meter").waitFor();
    expect(await page.title()).to.equal("Live · nobody · dlms-gateway");
    await page.goto(address("#/meter/house/history"));
    await page.getByText("there is no such meter").waitFor({ state: "detached" });
    await eventually(async () => (await page.title()) === "History · house · dlms-gateway");
  });

  it("says what the meter refuses", async () => {
    await page.goto(address("#/meter/house/live"));
    await page.getByRole("button", { name: "disconnect …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "disconnect" }).click();
    // The gateway comes as reader, who may not switch.
    await page
      .getByRole("dialog")
      .getByRole("status")
      .filter({ hasText: /denied|refused|not/ })
      .waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "close" }).click();
  });

  it("says why a meter is silent, and goes on when it is back", async () => {
    await page.goto(address("#/meter/house/live"));
    await page.locator('[data-key="voltage_l1"]').waitFor();
    await meters.house?.stop();
    await page.getByText("nobody answers at its address").waitFor();
    await page.goto(address("#/"));
    await page
      .getByRole("row", { name: /house/ })
      .getByText(/nobody answers/)
      .waitFor();
    expect(await page.getByRole("row", { name: /barn/ }).innerText()).to.contain("online");
    await page.goto(address("#/meter/house/live"));
    await startMeter("house", "11111111");
    await page.getByText("nobody answers at its address").waitFor({ state: "detached", timeout: 40_000 });
    await page.locator('[data-key="voltage_l1"]').waitFor();
  });
});
