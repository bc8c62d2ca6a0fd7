import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type { Locator, Page } from "playwright-core";
import { silenceOf } from "../../page/src/words.ts";
import type { FleetRow } from "../../src/dashboard/contract.ts";
import { eventually, openBrowser, seriousFindings, type TestBrowser, tooWide } from "./browser.ts";
import { type ManyMeters, meterId, readMeter, serveManyMeters } from "./many-meters.ts";

const count = 10_000;
const rowHeight = 36;
const inEnglish = (value: number) => value.toLocaleString("en-GB");

/** What each column is sorted by, as somebody would say it. */
const sortedBy: Readonly<Record<string, (row: FleetRow) => number | string | null>> = {
  Meter: ({ name }) => name,
  "Serial number": ({ serialNumber }) => serialNumber,
  State: (row) => silenceOf(row, undefined) ?? "",
  "Last contact": ({ lastRead }) => lastRead && -lastRead,
  Drift: ({ driftSeconds }) => driftSeconds && Math.abs(driftSeconds),
  Power: ({ power }) => power,
  Credit: ({ credit }) => (credit ? credit.value : null),
  Supply: ({ relay }) => relay,
  Alarms: ({ alarms }) => alarms.join(" ") || null,
};

function sorted(rows: readonly FleetRow[], column: string, down: boolean): readonly string[] {
  const key = sortedBy[column] as (row: FleetRow) => number | string | null;
  const { compare } = new Intl.Collator("en-GB", { numeric: true });
  const order = (one: number | string, other: number | string) =>
    typeof one === "number" && typeof other === "number" ? one - other : compare(String(one), String(other));
  // Credit in kWh and credit in money are never compared.
  const kind = (row: FleetRow) => (column === "Credit" ? (row.credit?.unit ?? "") : "");
  const known = rows
    .flatMap((row) => ({ name: row.name, kind: kind(row), key: key(row) ?? [] }))
    .filter(({ key: value }) => !Array.isArray(value));
  known.sort((one, other) => compare(one.kind, other.kind) || (down ? -1 : 1) * order(one.key as string, other.key as string));
  return [...known, ...rows.filter((row) => key(row) === null)].map(({ name }) => name);
}

describe("The page with ten thousand meters", function () {
  this.timeout(60_000);
  let meters: ManyMeters;
  let browser: TestBrowser | undefined;
  let page: Page;
  const frame = (): Locator => page.getByRole("region", { name: "Table of meters" });
  const names = (): Promise<readonly string[]> => page.locator(".fleet tbody a").allInnerTexts();
  const link = (name: string) => page.getByRole("link", { name, exact: true });
  const search = () => page.getByRole("searchbox", { name: "Search meters" });
  const kind = (name: string) => page.getByRole("button", { name: new RegExp(`^${name} [\\d,]+$`) });
  const rows = () => meters.board.rows();
  const scrollTo = (top: number) =>
    frame().evaluate((element, to) => void ((element as unknown as { scrollTop: number }).scrollTop = to), top);
  const scrollTop = (): Promise<number> => frame().evaluate((element) => (element as unknown as { scrollTop: number }).scrollTop);
  const focused = async () => ((await page.locator(":focus").count()) === 1 ? page.locator(":focus").innerText() : "");
  const placeOf = async (name: string) => (await link(name).boundingBox())?.y ?? Number.NaN;
  /** Waits until these rows are drawn, and nothing but them. */
  const draws = async (expected: (drawn: number) => readonly string[]) => {
    let drawn: readonly string[] = [];
    await eventually(async () => isDeepStrictEqual((drawn = await names()), expected(drawn.length)));
  };
  const finds = (expected: readonly FleetRow[]) =>
    page
      .getByRole("status")
      .filter({ hasText: new RegExp(`^${inEnglish(expected.length)} of ${inEnglish(rows().length)}$`) })
      .waitFor();
  const choose = async (column: string, direction: "ascending" | "descending") => {
    const heading = page.getByRole("columnheader", { name: column, exact: true });
    while ((await heading.getAttribute("aria-sort")) !== direction) await heading.getByRole("button").click();
  };

  before(async function () {
    // The page is built by the runner.
    if (process.env["DLMS_TEST_BUILT"] !== "1") return this.skip();
    browser = await openBrowser({ locale: "en-GB" });
    if (browser === undefined) return this.skip();
    page = browser.page;
    meters = await serveManyMeters(count);
    await page.goto(meters.served.url);
    await link("Meter 0").waitFor();
  });
  after(async () => {
    await browser?.close();
    await meters?.close();
  });

  it("has them all, and draws those that can be seen", async () => {
    await finds(rows());
    const silent = rows().filter(({ online }) => !online).length;
    const alarmed = rows().filter(({ alarms }) => alarms.length > 0).length;
    const summary = `${inEnglish(count - silent)} online, ${inEnglish(silent)} not, ${inEnglish(alarmed)} with alarms`;
    await page.getByText(summary, { exact: true }).waitFor();
    expect((await names()).length).to.be.lessThan(60);
    await scrollTo(count * rowHeight);
    await link(`Meter ${count - 1}`).waitFor();
    expect((await names()).length).to.be.lessThan(60);
    const table = page.getByRole("table");
    expect(await table.getAttribute("aria-rowcount")).to.equal(String(count + 1));
    expect(await page.locator(".fleet tbody tr:has(a)").last().getAttribute("aria-rowindex")).to.equal(String(count + 1));
    await scrollTo(0);
    await link("Meter 0").waitFor();
  });

  it("finds by name, number, alarm and several words", async () => {
    const has = (word: string) => (row: FleetRow) =>
      [row.id, row.name, row.serialNumber, row.model, ...row.alarms.map((alarm) => alarm.replaceAll("_", " "))]
        .join(" ")
        .toLowerCase()
        .includes(word);
    for (const words of [["meter 777"], ["35000"], ["cover open"], ["magnetic", "350"], ["low", "credit", "9", "sample"], ["nobody"]]) {
      await search().fill(words.join(" ").toUpperCase());
      await finds(
        rows().filter((row) =>
          words
            .join(" ")
            .split(" ")
            .every((word) => has(word)(row)),
        ),
      );
    }
    await page.getByText("no meter is called that").waitFor();
    await search().fill("");
    await finds(rows());
    expect(await page.locator(":focus").getAttribute("type"), "whoever types goes on typing").to.equal("search");
  });

  it("filters by what an operator looks for, together with words", async () => {
    const kinds: Readonly<Record<string, (row: FleetRow) => boolean>> = {
      "not answering": ({ online }) => !online,
      "with alarms": ({ alarms }) => alarms.length > 0,
      "low credit or disconnected": ({ alarms, credit, relay }) =>
        alarms.includes("low_credit_1") || credit?.value === 0 || relay === "disconnected",
    };
    for (const words of ["", "35000"]) {
      await search().fill(words);
      const called = rows().filter(({ serialNumber }) => serialNumber?.includes(words));
      for (const [name, holds] of Object.entries(kinds)) {
        await kind(name).click();
        await finds(called.filter(holds));
        await kind(name)
          .filter({ hasText: `${name} ${inEnglish(called.filter(holds).length)}` })
          .and(page.locator("[aria-pressed=true]"))
          .waitFor();
      }
    }
    await search().fill("");
    await kind("all").click();
    await finds(rows());
  });

  for (const column of Object.keys(sortedBy))
    it(`is sorted across all rows by ${column.toLowerCase()}, either way`, async () => {
      for (const direction of ["descending", "ascending"] as const) {
        const expected = sorted(rows(), column, direction === "descending");
        await choose(column, direction);
        await draws((drawn) => expected.slice(0, drawn));
        await scrollTo(count * rowHeight);
        await draws((drawn) => expected.slice(-drawn));
        // What is at the top after another click was scrolled to by the page.
      }
    });

  it("shows what changes where it stands, and puts it in order when nobody is busy with it", async () => {
    await choose("Power", "descending");
    await scrollTo(500 * rowHeight);
    const name = sorted(rows(), "Power", true)[505] as string;
    const index = Number(name.slice("Meter ".length));
    await link(name).focus();
    const [top, place] = [await scrollTop(), await placeOf(name)];
    readMeter(meters.board, index, 123_456);
    await page
      .getByRole("row", { name: new RegExp(`^${name} `) })
      .getByText("123,456 W")
      .waitFor();
    expect([await scrollTop(), await placeOf(name), await focused()]).to.deep.equal([top, place, name]);
    // Later it is the first of all, still with the focus, and still in sight.
    await page
      .getByRole("row", { name: new RegExp(`^${name} `) })
      .and(page.locator("[aria-rowindex='2']"))
      .waitFor();
    expect([await scrollTop(), await focused()]).to.deep.equal([0, name]);
    await choose("Meter", "ascending");
  });

  it("leaves out who is gone, and gives the focus to the next", async () => {
    await scrollTo(500 * rowHeight);
    await link("Meter 506").focus();
    const place = await placeOf("Meter 508");
    meters.board.remove(meterId(3));
    await finds(rows());
    expect([await placeOf("Meter 508"), await focused()], "rows above make no difference").to.deep.equal([place, "Meter 506"]);
    meters.board.remove(meterId(506));
    await link("Meter 506").waitFor({ state: "detached" });
    await eventually(async () => (await focused()) === "Meter 507");
    await finds(rows());
  });

  it("is gone through by keys, and comes back to the same place, order and words", async () => {
    await kind("with alarms").click();
    await search().fill("350");
    await choose("Drift", "descending");
    const alarmed = rows().filter(({ alarms, serialNumber }) => alarms.length > 0 && serialNumber?.includes("350"));
    await finds(alarmed);
    const expected = sorted(alarmed, "Drift", true);
    await link(expected[0] as string).focus();
    const reaches = (row: number) => eventually(async () => (await focused()) === expected.at(row));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await reaches(2);
    await page.keyboard.press("ArrowUp");
    await reaches(1);
    await page.keyboard.press("End");
    await reaches(-1);
    await page.keyboard.press("Home");
    await reaches(0);
    await page.keyboard.press("PageDown");
    await eventually(async () => expected.indexOf(await focused()) > 5);
    const page1 = expected.indexOf(await focused());
    await page.keyboard.press("PageDown");
    await reaches(2 * page1);
    await page.keyboard.press("PageUp");
    await reaches(page1);
    // The focus stays with its row even when that is far out of sight.
    await scrollTo(alarmed.length * rowHeight);
    await link(expected.at(-1) as string).waitFor();
    expect(await focused()).to.equal(expected[page1]);
    await page.keyboard.press("ArrowDown");
    await reaches(page1 + 1);
    const [top, place] = [await scrollTop(), await placeOf(expected[page1 + 1] as string)];
    expect(place).to.be.greaterThan(0);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: expected[page1 + 1] as string }).waitFor();
    await page.goBack();
    await reaches(page1 + 1);
    await finds(alarmed);
    expect([await scrollTop(), await placeOf(expected[page1 + 1] as string)]).to.deep.equal([top, place]);
    expect(await search().inputValue()).to.equal("350");
    await page.getByRole("columnheader", { name: "Drift" }).and(page.locator("[aria-sort=descending]")).waitFor();
    await kind("all").click();
    await search().fill("");
    await choose("Meter", "ascending");
  });

  it("fits a telephone: two lines a meter, sorted by a list", async () => {
    await scrollTo(700 * rowHeight);
    await link("Meter 705").waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    // Rows are of another height, and the same one is the first that is seen.
    await eventually(async () => (await scrollTop()) === 700 * 56);
    await page.reload();
    await page.getByLabel("Sort by").selectOption("power");
    await page.getByRole("button", { name: "reversed" }).click();
    const expected = sorted(rows(), "Power", true);
    await draws((drawn) => expected.slice(0, drawn));
    await page.getByRole("row").first().getByText("123,456 W").first().waitFor();
    await scrollTo(count * 56);
    await draws((drawn) => expected.slice(-drawn));
    const heights = (await page.evaluate(
      "[...document.querySelectorAll('.fleet tr:has(a)')].map((row) => row.getBoundingClientRect().height)",
    )) as number[];
    expect(new Set(heights)).to.deep.equal(new Set([56]));
    expect(await tooWide(page)).to.be.at.most(0);
    // A row opens its meter wherever it is touched.
    const box = await page.getByRole("row").last().boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) - 5, (box?.y ?? 0) + 50);
    await page.getByRole("heading", { name: expected.at(-1) as string }).waitFor();
    await page.goBack();
    await link(expected.at(-1) as string).waitFor();
    await page.setViewportSize({ width: 1280, height: 720 });
    await choose("Meter", "ascending");
  });

  it("keeps nobody out, in light and in dark, on a wide screen and on a telephone", async () => {
    const found: string[] = [];
    for (const [colorScheme, width, height] of [
      ["light", 1280, 800],
      ["dark", 900, 700],
      ["light", 844, 390],
      ["dark", 390, 844],
      ["light", 390, 844],
      ["dark", 1280, 800],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await page.getByLabel("Sort by").waitFor({ state: width < 800 ? "visible" : "detached" });
      // axe takes seconds: between the widest and the narrowest there is nothing that is not on one of them.
      const findings = width === 390 || width === 1280 ? await seriousFindings(page) : [];
      found.push(...[...findings, ...((await tooWide(page)) > 0 ? ["too wide"] : [])].map((each) => `${colorScheme} ${width}: ${each}`));
    }
    expect(found).to.deep.equal([]);
    expect(browser?.complaints).to.deep.equal([]);
  });

  it("lets ages go on while nothing happens, and rests while nobody looks", async () => {
    readMeter(meters.board, 1, 1);
    const other = await page.context().newPage();
    await other.clock.install();
    await other.goto(meters.served.url);
    const contact = other.getByRole("row", { name: /^Meter 1 / }).getByText(/ ago$/);
    await contact.filter({ hasText: / s ago/ }).waitFor();
    await other.clock.fastForward("05:00");
    await contact.filter({ hasText: /^[56] min ago/ }).waitFor();
    await other.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })");
    await other.clock.fastForward("02:00:00");
    expect(await contact.innerText()).to.match(/^[56] min ago/);
    await other.evaluate("delete document.hidden, document.dispatchEvent(new Event('visibilitychange'))");
    await contact.filter({ hasText: "2 h ago" }).waitFor();
    await other.close();
  });

  it("forgets who went while nobody was heard", async () => {
    const { port } = meters.served;
    await meters.close();
    await page.getByRole("status").filter({ hasText: "does not answer" }).waitFor();
    meters = await serveManyMeters(9000, port);
    await finds(rows());
    expect(rows().length).to.equal(9000);
  });
});
