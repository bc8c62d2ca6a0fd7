/**
 * What the page costs in a real browser on this machine: `npm run bench:page` after a build. It starts the demonstration and
 * Debian's Chromium, and prints a line for each figure.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { CliService } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { openBrowser, settled } from "./browser.ts";

const runs = 5;
/** How long something is moved; ms. */
const moving = 3000;
/** How long it is looked what pages cost; ms. */
const looking = 20_000;

const say = (name: string, value: string) => process.stdout.write(`${name.padEnd(46)} ${value}\n`);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Milliseconds from the request to the first paint, and to the first reading on the page. */
async function firstPaint(page: Page, url: string): Promise<readonly [number, number]> {
  await page.goto("about:blank");
  await page.goto(url);
  await page.locator('[data-key="voltage_l1"]').waitFor();
  const reading = (await page.evaluate("performance.now()")) as number;
  const paint = (await page.evaluate(`performance.getEntriesByName("first-contentful-paint")[0].startTime`)) as number;
  return [paint, reading];
}

/** Times between frames while something is done; ms. */
async function frames(page: Page, act: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate(`{
    window.frameTimes = [];
    let last = performance.now();
    const frame = (now) => { window.frameTimes.push(now - last); last = now; window.frame = requestAnimationFrame(frame); };
    window.frame = requestAnimationFrame(frame);
  }`);
  await act();
  return (await page.evaluate("cancelAnimationFrame(window.frame), window.frameTimes.slice(2)")) as number[];
}

function paceOf(times: readonly number[]): string {
  const pace = (1000 * times.length) / times.reduce((sum, time) => sum + time, 0);
  const slowest = [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
  return `${pace.toFixed(1)} frames/s, 99 % within ${slowest.toFixed(0)} ms`;
}

async function pan(page: Page): Promise<void> {
  const box = await page.locator(".u-over").boundingBox();
  if (box === null) throw new Error("there is no chart");
  const [middle, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(middle, y);
  await page.mouse.down();
  const begin = Date.now();
  while (Date.now() - begin < moving) {
    const part = Math.sin(((Date.now() - begin) / moving) * 4 * Math.PI);
    await page.mouse.move(middle + (part * box.width) / 3, y);
  }
  await page.mouse.up();
}

/** Hundredths of a second of CPU that a process has used (proc(5)); NaN where there is no such thing. */
function cpuOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return Number.NaN;
  }
}

/** CPU of the demonstration while so many pages look at its meter. */
async function costOf(demo: CliService, url: string, pages: number): Promise<string> {
  const stop = new AbortController();
  for (let count = 0; count < pages; count++) {
    const { body } = await fetch(`${url}api/feed?meter=demo`, { signal: stop.signal });
    void body?.pipeTo(new WritableStream()).catch(() => {});
  }
  const before = cpuOf(demo.pid);
  await new Promise((resolve) => setTimeout(resolve, looking));
  const used = cpuOf(demo.pid) - before;
  stop.abort();
  return `${((used * 10 * 100) / looking).toFixed(1)} % of a core`;
}

const browser = await openBrowser();
if (browser === undefined) throw new Error("chromium is not installed");
const { page } = browser;
await page.setViewportSize({ width: 1440, height: 900 });
const base = await freePort();
const demo = await CliService.start(["demo", "--port-base", String(base)], /listening http/);
try {
  const url = `http://127.0.0.1:${base + 3}/#/meter/demo/`;
  const assets = fileURLToPath(new URL("../../dist/page/assets", import.meta.url));
  const sizes = readdirSync(assets).map((name) => gzipSync(readFileSync(join(assets, name))).length);
  say("page, compressed", `${(sizes.reduce((sum, size) => sum + size, 0) / 1000).toFixed(1)} kB`);

  await page.goto(`${url}live`);
  await page.locator('[data-key="voltage_l1"]').waitFor();
  // As on the first visit.
  await (await page.context().newCDPSession(page)).send("Network.setCacheDisabled", { cacheDisabled: true });
  const paints: (readonly [number, number])[] = [];
  for (let run = 0; run < runs; run++) paints.push(await firstPaint(page, `${url}live`));
  say(`first paint, median of ${runs}`, `${median(paints.map(([paint]) => paint)).toFixed(0)} ms`);
  say("first reading on the page", `${median(paints.map(([, reading]) => reading)).toFixed(0)} ms`);

  await page.goto(`${url}history`);
  await settled(page);
  await page.getByRole("button", { name: "Load profile" }).click();
  const asked = Date.now();
  // Sixty days and what there is of today.
  await page.getByLabel("from").fill(new Date(Date.now() - 61 * 86_400_000).toISOString().slice(0, 10));
  await page.keyboard.press("Tab");
  const chart = page.getByRole("region", { name: /^Energy, 5[78]\d\d values/ });
  await chart.waitFor();
  say(
    "60 days of the load profile, read and drawn",
    `${Date.now() - asked} ms, ${/\d+ values/.exec((await chart.getAttribute("aria-label")) ?? "")?.[0]}`,
  );
  for (const [name, presses] of [
    ["all but a little of them shown", 1],
    ["half of them shown", 2],
  ] as const) {
    await chart.focus();
    await page.keyboard.press("0");
    for (let press = 0; press < presses; press++) await page.keyboard.press("+");
    say(`moving by hand, ${name}`, paceOf(await frames(page, () => pan(page))));
  }

  await page.goto("about:blank");
  for (const pages of [0, 1, 100])
    say(`meter, broker, gateway and server, ${pages} pages`, await costOf(demo, `http://127.0.0.1:${base + 3}/`, pages));
} finally {
  await browser.close();
  await demo.stop();
}
process.exit(0);
