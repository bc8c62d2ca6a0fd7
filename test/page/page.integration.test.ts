import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { Observer } from "../mqtt-bridge/observer.ts";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { numberIn, openBrowser, seriousFindings, settled, type TestBrowser, tooWide } from "./browser.ts";

const asReader = ["--client", "2", "--auth", "lls", "--password", "env:READER", "--json"];
const views = ["live", "history", "prepayment", "engineering"] as const;

interface ProfileJson {
  readonly columns: readonly { readonly logicalName: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

describe("The page", function () {
  this.timeout(60_000);
  let demo: CliService;
  let browser: TestBrowser | undefined;
  let page: Page;
  let observer: Observer;
  let base = 0;

  before(async function () {
    browser = await openBrowser({ locale: "en-GB" });
    if (browser === undefined) return this.skip();
    page = browser.page;
    base = await freePort();
    demo = await CliService.start(["demo", "--port-base", String(base)], /listening http/);
    observer = await Observer.start(`mqtt://127.0.0.1:${base + 2}`, "dlms/#");
  });
  after(async () => {
    await browser?.close();
    await observer?.stop();
    await demo?.stop();
  });

  async function show(view: (typeof views)[number]): Promise<void> {
    await page.goto(`http://127.0.0.1:${base + 3}/#/meter/demo/${view}`);
    await settled(page);
  }

  /** What `dlms` reads of the meter beside the page. */
  async function dlms<T>(command: string, ...args: readonly string[]): Promise<readonly T[]> {
    const result = await runCli([command, `tcp://127.0.0.1:${base}`, ...args, ...asReader], { READER: "00000000" });
    expect(result.code, result.stderr).to.equal(0);
    return JSON.parse(`[${result.stdout.trim().split("\n").join(",")}]`).flat() as T[];
  }

  const shown = async (key: string) => numberIn(await page.locator(`[data-key="${key}"]`).first().innerText());

  /** The next state over MQTT that fits. */
  const state = (fits: (json: Record<string, unknown>) => boolean) => observer.message("dlms/demo/state", fits);

  it("shows what the meter says", async () => {
    await page.goto(`http://127.0.0.1:${base + 3}/`);
    await page.locator('[data-key="voltage_l1"]').waitFor();
    expect(page.url(), "one meter needs no fleet").to.contain("#/meter/demo/live");
    const names = ["0-0:19.0.0:5", "1-0:1.8.0", "1-0:14.7.0", "0-0:96.61.12"];
    const [credit, energy, frequency, step] = await dlms<{ readonly value: number }>("read", ...names);
    expect(await shown("credit_balance_kwh")).to.be.closeTo(Number(credit?.value) / 1000, 0.1);
    expect(await shown("frequency")).to.equal(frequency?.value);
    expect(await shown("step")).to.equal(step?.value);
    // What low credit raised in the past, the utility has cleared.
    expect(await page.getByRole("list", { name: "Alarms" }).innerText()).to.equal("");
    await page.getByText("All values").click();
    const row = page.getByRole("row", { name: "Energy import 1.0.1.8.0.255" });
    expect(numberIn(await row.locator("td.right").innerText())).to.be.closeTo(Number(energy?.value) / 1000, 0.1);
  });

  for (const { title, profile, count } of [
    { title: "Hours", profile: "hourly", count: 48 },
    { title: "Days", profile: "daily", count: 62 },
    { title: "Months", profile: "monthly", count: 13 },
  ])
    it(`draws the ${title.toLowerCase()} that the meter keeps, in kWh and money`, async () => {
      await show("history");
      await page.getByRole("button", { name: title }).click();
      await page.locator(".uplot canvas").waitFor();
      await page.getByRole("button", { name: "all there is" }).click();
      await page.getByText("As a table").click();
      await page.locator("details tbody td.right").first().waitFor();
      const cells = (await page.locator("details tbody td.right").allInnerTexts()).map(numberIn);
      const [{ columns, rows }] = (await dlms<ProfileJson>("profile", profile, "--last", String(count))) as [ProfileJson];
      const place = columns.findIndex(({ logicalName }) => logicalName === "1.0.1.8.0.255");
      const registers = rows.map((row) => Number(row[place]));
      // The last one is not over: the page adds what was used since the last row.
      const grown = registers.slice(1).map((register, index) => (register - (registers[index] ?? 0)) / 1000);
      expect(grown.length).to.be.greaterThan(10);
      expect(cells.slice(-grown.length - 1, -1)).to.deep.equal(grown);
      const sum = numberIn(await page.locator('[data-sum="Energy"]').innerText());
      expect(sum).to.be.closeTo(
        cells.reduce((total, cell) => total + cell, 0),
        0.05,
      );
      expect(numberIn(await page.locator('[data-sum="Cost"]').innerText())).to.be.closeTo(sum * 0.31, 0.02);
    });

  it("draws the days of the load profile that are asked for, and gives what is shown as a file", async () => {
    await show("history");
    await page.getByRole("button", { name: "Load profile" }).click();
    await page.getByRole("button", { name: "60 days" }).click();
    await page.locator(".uplot canvas").waitFor();
    const chart = page.getByRole("region", { name: /^Energy, \d+ values/ });
    await settled(page);
    const values = numberIn(/(\d+) values/.exec((await chart.getAttribute("aria-label")) ?? "")?.[1] ?? "");
    expect(values).to.be.within(5600, 5800);
    const whole = numberIn(await page.locator('[data-sum="Energy"]').innerText());
    await chart.focus();
    for (let times = 0; times < 6; times++) await page.keyboard.press("+");
    const part = numberIn(await page.locator('[data-sum="Energy"]').innerText());
    expect(part).to.be.within(whole / 50, whole / 2);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(lines[0]).to.equal('time,"Energy [kWh]"');
    expect(lines.slice(1).reduce((sum, line) => sum + Number(line.split(",")[1]), 0)).to.be.closeTo(part, 0.01);
    await page.getByRole("combobox", { name: "Show" }).selectOption({ label: "Voltage L1" });
    await page.getByRole("region", { name: /^Voltage L1/ }).waitFor();
  });

  it("moves a chart by hand", async () => {
    await show("history");
    await page.getByRole("button", { name: "Hours" }).click();
    await page.getByText("so far").waitFor();
    const box = await page.locator(".u-over").boundingBox();
    const [x, y] = [(box?.x ?? 0) + 300, (box?.y ?? 0) + 50];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 200, y, { steps: 5 });
    await page.mouse.up();
    await page.getByText("so far").waitFor({ state: "detached" });
    await page.mouse.dblclick(x, y);
    await page.getByText("so far").waitFor();
  });

  it("has a keypad that takes a token, which raises the credit here and over MQTT", async () => {
    await show("prepayment");
    await page.locator('[data-key="credit"]').filter({ hasText: /\d/ }).waitFor();
    const before = await shown("credit");
    const tokens = page.locator('[data-table="tokens"] tbody tr');
    const entered = await tokens.count();
    const unit = page.getByRole("region", { name: "Keypad unit" });
    await unit.focus();
    for (const digit of "67259421596626581768") await page.keyboard.press(digit);
    await unit.getByRole("button", { name: "Enter" }).click();
    await tokens.nth(entered).waitFor();
    expect(await tokens.first().innerText()).to.match(/6725 \.\.\. 1768/);

    await state(({ credit_balance_kwh }) => Number(credit_balance_kwh) > before + 1);
    const [credit] = await dlms<{ readonly value: number }>("read", "0-0:19.0.0:5");
    expect(await shown("credit")).to.be.closeTo(Number(credit?.value) / 1000, 0.1);
  });

  it("lists the tokens that the meter was given", async () => {
    await show("prepayment");
    const shownTokens = await page.locator('[data-table="tokens"] tbody tr').allInnerTexts();
    const [{ columns, rows }] = (await dlms<ProfileJson>("profile", "tokens", "--last", "50")) as [ProfileJson];
    const amount = columns.findIndex(({ logicalName }) => logicalName === "0.0.96.60.9.255");
    expect(shownTokens.length).to.equal(rows.length);
    for (const [index, row] of [...rows].reverse().entries()) expect(shownTokens[index]).to.contain(`${Number(row[amount]) / 1000} kWh`);
  });

  it("says what the meter thinks of a token that was used", async () => {
    await show("prepayment");
    await page.getByLabel("Token", { exact: false }).first().fill("6725-9421-5966-2658-1768");
    await page.getByRole("button", { name: "send …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "send" }).click();
    await page
      .getByRole("dialog")
      .getByRole("status")
      .filter({ hasText: /used|token/i })
      .waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "close" }).click();
  });

  it("reads an object on a click, explains octets, and opens what crosses the line", async () => {
    await show("engineering");
    await page.getByPlaceholder("name, OBIS or class").fill("0.0.96.1.0");
    await page.getByRole("button", { name: /0\.0\.96\.1\.0\.255/ }).click();
    await page.getByRole("button", { name: "Read value" }).click();
    await page.getByText("35933512").last().waitFor();
    await page.getByRole("button", { name: "Translator" }).click();
    await page.getByLabel("Octets").fill("C001C100080000010000FF0200");
    await page.getByRole("button", { name: "explain" }).click();
    await page.locator(".decoded").getByText("0.0.1.0.0.255").first().waitFor();
    await page.getByRole("button", { name: "Trace" }).click();
    await page.locator(".frames button").filter({ hasText: "get-request" }).first().click();
    await page.locator(".decoded").getByText("deciphered").first().waitFor();
  });

  it("filters the logs of the meter", async () => {
    await show("engineering");
    await page.getByRole("button", { name: "Events" }).click();
    await page.getByLabel("Log").selectOption("credit");
    await page.getByRole("status").filter({ hasText: / of / }).waitFor();
    const logs = new Set(await page.locator("tbody tr td:nth-child(2)").allInnerTexts());
    expect([...logs]).to.deep.equal(["credit"]);
    const codes = await page.locator("tbody tr td:nth-child(3) small").allInnerTexts();
    const events = await dlms<{ readonly code: number }>("events", "credit");
    expect(codes.map(Number).slice(0, 20)).to.deep.equal(
      events
        .map(({ code }) => code)
        .reverse()
        .slice(0, 20),
    );
  });

  it("has nothing that keeps anybody out, in light and in dark, and fits a phone", async () => {
    const found: string[] = [];
    const sizes = [
      { width: 1280, height: 900 },
      { width: 390, height: 800 },
    ];
    for (const [index, colorScheme] of (["light", "dark"] as const).entries()) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(sizes[index] ?? { width: 1280, height: 900 });
      for (const view of views) {
        await show(view);
        found.push(...(await seriousFindings(page)).map((finding) => `${colorScheme} ${view}: ${finding}`));
        const beyond = await tooWide(page);
        if (beyond > 0) found.push(`${view} is ${beyond} pixels too wide`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(found).to.deep.equal([]);
  });

  it("shows an alarm as it comes", async () => {
    await show("live");
    const alarm = page.getByRole("list", { name: "Alarms" }).getByText("token lock out");
    expect(await alarm.count()).to.equal(0);
    await show("prepayment");
    const unit = page.getByRole("region", { name: "Keypad unit" });
    // Five that are no tokens lock the keypad.
    for (let times = 0; times < 5; times++) {
      await unit.focus();
      for (const digit of `1234567890123456789${times}`) await page.keyboard.press(digit);
      await unit.getByRole("button", { name: "Enter" }).click();
      // Keys are taken again when what came of it has been shown.
      await unit.getByRole("img", { name: /reject/i }).waitFor();
      if (times < 4) await unit.getByRole("img", { name: /credit/i }).waitFor();
    }
    await state(({ alarms }) => Array.isArray(alarms) && alarms.includes("token_lock_out"));
    await show("live");
    await alarm.waitFor();
  });

  it("switches the supply off and on, after asking again", async () => {
    await show("live");
    const supply = page.locator('[data-key="relay_state"]');
    await supply.filter({ hasText: /^connected/ }).waitFor();
    await page.getByRole("button", { name: "disconnect …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "cancel" }).click();
    expect(await page.getByRole("dialog").count()).to.equal(0);
    await page.getByRole("button", { name: "disconnect …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "disconnect" }).click();
    await page.getByText("The relay is disconnected").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "close" }).click();
    await supply.filter({ hasText: "disconnected" }).waitFor();
    await state(({ relay_state }) => relay_state === "disconnected");

    await page.getByRole("button", { name: "reconnect …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "reconnect" }).click();
    await page.getByText(/The relay is (connected|ready)/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "close" }).click();
    await supply.filter({ hasNotText: "disconnected" }).waitFor();
  });

  it("asks nobody else, and complains of nothing", () => expect(browser?.complaints).to.deep.equal([]));

  it("says why nothing comes, and recovers by itself", async () => {
    await show("live");
    await page.locator('[data-key="voltage_l1"]').waitFor();
    const address = String(base);
    await observer.stop();
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
