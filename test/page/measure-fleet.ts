/**
 * What the table of ten thousand meters costs in a real browser on this machine: `node --import tsx test/page/measure-fleet.ts`
 * after a build. It serves a made-up fleet, starts Debian's Chromium, and prints a line for each figure.
 */
import type { Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { type ManyMeters, readMeter, serveManyMeters } from "./many-meters.ts";

const count = 10_000;
/** How long the wheel is turned; ms. */
const turning = 5000;
/** Meters that are read in a second, as with polls of a minute. */
const readings = 170;

const wide = { width: 1440, height: 900 };
const telephone = { width: 390, height: 844 };

const say = (name: string, value: string) => process.stdout.write(`${name.padEnd(58)} ${value}\n`);
const sorted = (values: readonly number[]) => [...values].sort((one, other) => one - other);
const share = (values: readonly number[], part: number) => sorted(values)[Math.floor(values.length * part)] ?? Number.NaN;
const milliseconds = (values: readonly number[]) =>
  `median ${share(values, 0.5).toFixed(0)} ms, longest ${Math.max(...values).toFixed(0)} ms`;

/** Notes when the first row is in the page, and tasks that hold up everything else. */
const notes = `{
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask", buffered: true });
  const observer = new MutationObserver(() => {
    if (document.querySelector(".fleet tbody a") === null) return;
    window.firstRow = performance.now();
    observer.disconnect();
  });
  observer.observe(document, { childList: true, subtree: true });
}`;

/** From an event in the page to the frame that shows what came of it; ms, one for each time it happened. */
async function untilDrawn(page: Page, event: "input" | "click", act: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate(`{
    window.drawn = [];
    window.hear = ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => window.drawn.push(performance.now() - timeStamp)));
    addEventListener("${event}", window.hear, true);
  }`);
  await act();
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)))");
  return (await page.evaluate(`removeEventListener("${event}", window.hear, true), window.drawn`)) as number[];
}

/** Seconds that the page's thread has worked: what else the machine does matters less to it than to frames. */
async function busy(): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
}

/** Turns the wheel for some seconds and says how evenly frames came. */
async function scrolled(page: Page, step: number): Promise<string> {
  await page.locator(".fleet").hover();
  await page.evaluate(`{
    window.frames = [];
    window.longTasks.length = 0;
    let last = performance.now();
    const frame = (now) => { window.frames.push(now - last); last = now; window.frame = requestAnimationFrame(frame); };
    window.frame = requestAnimationFrame(frame);
  }`);
  const before = await busy();
  for (const begin = Date.now(); Date.now() - begin < turning; ) await page.mouse.wheel(0, step);
  const used = (await busy()) - before;
  const times = ((await page.evaluate("cancelAnimationFrame(window.frame), window.frames")) as number[]).slice(2);
  const tasks = (await page.evaluate("window.longTasks")) as number[];
  const pace = (1000 * times.length) / times.reduce((sum, time) => sum + time, 0);
  return `${pace.toFixed(1)} frames/s, 99 % within ${share(times, 0.99).toFixed(0)} ms, ${tasks.length} tasks over 50 ms, ${((100 * used) / (turning / 1000)).toFixed(0)} % busy`;
}

/** Reads some meters every tenth of a second, as a gateway does. Returns how to stop. */
function pollMeters({ board }: ManyMeters): () => void {
  let next = 0;
  const timer = setInterval(() => {
    for (let read = 0; read < readings / 10; read++) readMeter(board, (next = (next + 7919) % count), Math.floor(Math.random() * 4000));
  }, 100);
  return () => clearInterval(timer);
}

async function open(page: Page, { served }: ManyMeters): Promise<void> {
  await page.goto("about:blank");
  await page.goto(served.url);
  await page.locator(".fleet tbody a").first().waitFor();
}

const browser = await openBrowser({ locale: "en-GB" });
if (browser === undefined) throw new Error("chromium is not installed");
const { page } = browser;
const meters = await serveManyMeters(count);
const session = await page.context().newCDPSession(page);
try {
  await session.send("Performance.enable");
  await page.addInitScript(notes);
  await page.setViewportSize(wide);
  // As on the first visit.
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const paints: number[] = [];
  const rows: number[] = [];
  for (let run = 0; run < 5; run++) {
    await open(page, meters);
    paints.push((await page.evaluate(`performance.getEntriesByName("first-contentful-paint")[0].startTime`)) as number);
    rows.push((await page.evaluate("window.firstRow")) as number);
  }
  say("first contentful paint", milliseconds(paints));
  say(`first of ${count} rows drawn`, milliseconds(rows));

  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = (await session.send("Runtime.getHeapUsage")) as { usedSize: number };
  say("JS heap", `${(usedSize / 1e6).toFixed(1)} MB`);

  const search = page.getByRole("searchbox");
  say(
    "a letter of a search, to the rows drawn",
    milliseconds(await untilDrawn(page, "input", () => search.pressSequentially("magnetic 350"))),
  );
  await search.fill("");
  const columns = await page.locator("thead button").all();
  const sorts = await untilDrawn(page, "click", async () => {
    for (const button of columns) for (let times = 0; times < 2; times++) await button.click();
  });
  say("sorted by a click, all columns both ways", milliseconds(sorts));

  await page.getByRole("button", { name: "Power" }).click();
  say("scrolled by the wheel, 1440 x 900", await scrolled(page, 400));
  await page.locator(".frame").evaluate((element) => void ((element as unknown as { scrollTop: number }).scrollTop = 0));
  const stop = pollMeters(meters);
  say(`the same while ${readings} meters a second are read`, await scrolled(page, 400));
  stop();
  await page.setViewportSize(telephone);
  await open(page, meters);
  say("scrolled by the wheel, 390 x 844", await scrolled(page, 400));
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  say("the same on a processor of a quarter of the speed", await scrolled(page, 400));
  say("a letter of a search on it", milliseconds(await untilDrawn(page, "input", () => search.pressSequentially("magnetic 350"))));
} finally {
  await browser.close();
  await meters.close();
}
process.exit(0);
