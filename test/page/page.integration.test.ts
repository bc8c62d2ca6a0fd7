import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { openBrowser, seriousFindings, type TestBrowser } from "./browser.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "env:READER"];

describe("The page", function () {
  this.timeout(60_000);
  let demo: CliService;
  let browser: TestBrowser | undefined;
  let page: Page;
  let base = 0;

  before(async function () {
    browser = await openBrowser();
    if (browser === undefined) return this.skip();
    page = browser.page;
    base = await freePort();
    demo = await CliService.start(["demo", "--port-base", String(base)], /listening http/);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const show = (view: string) => page.goto(`http://127.0.0.1:${base + 3}/#/meter/demo/${view}`);

  it("shows what the meter says", async () => {
    await page.goto(`http://127.0.0.1:${base + 3}/`);
    await page.locator('[data-key="voltage_l1"]').waitFor();
    expect(page.url(), "one meter needs no fleet").to.contain("#/meter/demo/live");
    const read = await runCli(["read", `tcp://127.0.0.1:${base}`, "0-0:96.14.0", "0-0:96.60.0", "--json", ...reader], {
      READER: "00000000",
    });
    expect(read.code, read.stderr).to.equal(0);
    const [, credit] = JSON.parse(`[${read.stdout.trim().split("\n").join(",")}]`).flat() as { value: number }[];
    const shown = Number.parseFloat((await page.locator('[data-key="credit_balance_kwh"]').innerText()).replaceAll(",", ""));
    expect(shown * 1000).to.be.closeTo(Number(credit?.value), 100);
  });

  it("draws the meter's own days, which add up", async () => {
    await show("history");
    await page.getByRole("button", { name: "Days" }).click();
    await page.locator(".uplot canvas").waitFor();
    const sum = Number.parseFloat((await page.locator('[data-key="sum"]').innerText()).replaceAll(",", ""));
    expect(sum).to.be.greaterThan(100);
    await page.getByText("As a table").click();
    const days = await page.locator("details tbody td.right").allInnerTexts();
    expect(days.length).to.equal(31);
    expect(days.reduce((total, text) => total + Number.parseFloat(text.replaceAll(",", "")), 0)).to.be.closeTo(sum, 0.02);
  });

  it("has a keypad that takes a token, which raises the credit", async () => {
    await show("prepayment");
    const credit = async () => Number.parseFloat((await page.locator('[data-key="credit"]').innerText()).replaceAll(",", ""));
    await page.locator('[data-key="credit"]').filter({ hasText: /\d/ }).waitFor();
    const before = await credit();
    const unit = page.getByRole("region", { name: "Keypad unit" });
    await unit.focus();
    for (const digit of "67259421596626581768") await page.keyboard.press(digit);
    await unit.getByRole("button", { name: "Enter" }).click();
    for (const begin = Date.now(); (await credit()) < before + 1 && Date.now() - begin < 20_000; ) await page.waitForTimeout(100);
    expect(await credit()).to.be.greaterThan(before + 1);
    expect(await page.locator("tbody tr").count()).to.be.greaterThan(1);
  });

  it("reads an object on a click, and explains octets", async () => {
    await show("engineering");
    await page.getByPlaceholder("name, OBIS or class").fill("0.0.96.1.0");
    await page.getByRole("button", { name: /0\.0\.96\.1\.0\.255/ }).click();
    await page.getByRole("button", { name: "Read value" }).click();
    await page.getByText("35933512").last().waitFor();
    await page.getByRole("button", { name: "Translator" }).click();
    await page.getByLabel("Octets").fill("C001C100080000010000FF0200");
    await page.getByRole("button", { name: "explain" }).click();
    await page.locator(".decoded").getByText("0.0.1.0.0.255").first().waitFor();
  });

  it("has nothing that keeps anybody out, in light and in dark", async () => {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const view of ["live", "history", "prepayment", "engineering"]) {
        await show(view);
        await page.waitForTimeout(1000);
        found.push(...(await seriousFindings(page)).map((finding) => `${colorScheme} ${view}: ${finding}`));
      }
    }
    expect(found).to.deep.equal([]);
  });

  it("asks nobody else, and complains of nothing", () => expect(browser?.complaints).to.deep.equal([]));

  it("says why nothing comes, and recovers by itself", async () => {
    await show("live");
    await page.locator('[data-key="voltage_l1"]').waitFor();
    const address = String(base);
    await demo.stop();
    await page.getByText("the gateway does not answer").waitFor();
    demo = await CliService.start(["demo", "--port-base", address], /listening http/);
    await page.getByText("the gateway does not answer").waitFor({ state: "detached", timeout: 40_000 });
    // Connections that were refused meanwhile are what was to be expected.
    expect(browser?.complaints.filter((text) => !/ERR_|Failed to load/.test(text))).to.deep.equal([]);
  });
});

describe("The built page", () => {
  it("is small", function () {
    // Built by the runner; by hand it may be missing, or old.
    if (process.env["DLMS_TEST_BUILT"] !== "1") return this.skip();
    const assets = fileURLToPath(new URL("../../dist/page/assets", import.meta.url));
    const sizes = readdirSync(assets).map((name) => gzipSync(readFileSync(join(assets, name))).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.within(10_000, 150_000);
  });
});
