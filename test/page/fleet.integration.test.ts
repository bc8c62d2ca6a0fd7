import { expect } from "chai";
import type { Locator, Page } from "playwright-core";
import { eventually, openBrowser, seriousFindings, type TestBrowser, tooWide } from "./browser.ts";
import { type ManyMeters, meterId, readMeter, serveManyMeters } from "./many-meters.ts";

const count = 10_000;

describe("The page with ten thousand meters", function () {
  this.timeout(60_000);
  let meters: ManyMeters;
  let browser: TestBrowser | undefined;
  let page: Page;
  const frame = (): Locator => page.getByRole("region", { name: "Table of meters" });
  const names = () => page.locator(".fleet tbody a").allInnerTexts();
  const status = () => page.getByRole("status");
  const scrollTo = (top: number) =>
    frame().evaluate((element, to) => void ((element as unknown as { scrollTop: number }).scrollTop = to), top);

  before(async function () {
    // The page is built by the runner.
    if (process.env["DLMS_TEST_BUILT"] !== "1") return this.skip();
    browser = await openBrowser({ locale: "en-GB" });
    if (browser === undefined) return this.skip();
    page = browser.page;
    meters = await serveManyMeters(count);
    await page.goto(meters.served.url);
    await page.getByRole("link", { name: "Meter 0", exact: true }).waitFor();
  });
  after(async () => {
    await browser?.close();
    await meters?.close();
  });

  it("has them all, and draws those that can be seen", async () => {
    expect(await status().innerText()).to.equal("10,000 of 10,000");
    expect((await names()).length).to.be.lessThan(60);
    await scrollTo(count * 36);
    await page.getByRole("link", { name: `Meter ${count - 1}`, exact: true }).waitFor();
    expect((await names()).length).to.be.lessThan(60);
    await scrollTo(0);
    await page.getByRole("link", { name: "Meter 0", exact: true }).waitFor();
  });

  it("finds, filters and counts", async () => {
    const silent = meters.board.rows().filter(({ online }) => !online).length;
    await page
      .getByRole("button", { name: /^silent/ })
      .filter({ hasText: silent.toLocaleString("en-GB") })
      .click();
    await status()
      .filter({ hasText: `${silent.toLocaleString("en-GB")} of` })
      .waitFor();
    await page.getByRole("button", { name: /^all/ }).click();
    await page.getByPlaceholder("name, number, alarm").fill("magnetic 350");
    const found = meters.board
      .rows()
      .filter(({ alarms, serialNumber }) => alarms.includes("magnetic_field") && serialNumber?.includes("350"));
    expect(found.length).to.be.within(10, 500);
    await status()
      .filter({ hasText: `${found.length} of 10,000` })
      .waitFor();
    await page.getByPlaceholder("name, number, alarm").fill("");
    await status().filter({ hasText: "10,000 of" }).waitFor();
  });

  it("is sorted across all rows, with those that have no value at the end either way", async () => {
    const powers = () => page.locator(".fleet tbody td:nth-child(6)").allInnerTexts();
    const known = meters.board.rows().flatMap(({ power }) => power ?? []);
    for (const [extreme, direction] of [
      [Math.min(...known), "ascending"],
      [Math.max(...known), "descending"],
    ] as const) {
      await page.getByRole("button", { name: "Power" }).click();
      await page
        .getByRole("columnheader", { name: "Power" })
        .and(page.locator(`[aria-sort="${direction}"]`))
        .waitFor();
      expect((await powers())[0]).to.equal(`${extreme.toLocaleString("en-GB")} W`);
      await scrollTo(count * 36);
      await eventually(async () => (await powers()).at(-1) === "");
      await scrollTo(0);
      await eventually(async () => (await powers())[0] !== "");
    }
    await page.getByRole("button", { name: "Meter", exact: true }).click();
  });

  it("shows what changes where it stands", async () => {
    await scrollTo(500 * 36);
    const row = page.getByRole("row", { name: /^Meter 505 / });
    await row.waitFor();
    await page.getByRole("link", { name: "Meter 505", exact: true }).focus();
    const before = await frame().evaluate((element) => (element as unknown as { scrollTop: number }).scrollTop);
    readMeter(meters.board, 505, 123_456);
    await row.getByText("123,456 W").waitFor();
    expect(await frame().evaluate((element) => (element as unknown as { scrollTop: number }).scrollTop)).to.equal(before);
    expect(await page.locator(":focus").innerText()).to.equal("Meter 505");
    meters.board.remove(meterId(506));
    await page.getByRole("link", { name: "Meter 506", exact: true }).waitFor({ state: "detached" });
    await status().filter({ hasText: "9,999 of 9,999" }).waitFor();
  });

  it("is gone through by keys, and comes back to the same place", async () => {
    await scrollTo(0);
    await page.getByRole("link", { name: "Meter 0", exact: true }).focus();
    const focused = () => page.locator(":focus").innerText();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await eventually(async () => (await focused()) === "Meter 2");
    await page.keyboard.press("End");
    await eventually(async () => (await page.locator(":focus").count()) === 1 && (await focused()) === `Meter ${count - 1}`);
    await page.keyboard.press("PageUp");
    await eventually(async () => (await page.locator(":focus").count()) === 1 && (await focused()) !== `Meter ${count - 1}`);
    const there = await focused();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: there }).waitFor();
    await page.goBack();
    await eventually(async () => (await page.locator(":focus").count()) === 1 && (await focused()) === there);
  });

  it("keeps nobody out, in light and in dark, on a wide screen and on a telephone", async () => {
    const found: string[] = [];
    for (const [colorScheme, width] of [
      ["light", 1280],
      ["dark", 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.getByRole("columnheader", { name: "Meter", exact: true }).waitFor();
      found.push(...(await seriousFindings(page)), ...((await tooWide(page)) > 0 ? [`too wide for ${width}`] : []));
    }
    expect(found).to.deep.equal([]);
    expect(browser?.complaints).to.deep.equal([]);
  });
});
