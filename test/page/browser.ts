import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { findCommand } from "../../scripts/lib/system-packages.mjs";

const quiet = [
  "no-sandbox",
  "disable-gpu",
  "disable-quic",
  "no-first-run",
  "disable-background-networking",
  "disable-component-update",
  "disable-sync",
];

/** A browser with one page, which notes what the page should not do. */
export interface TestBrowser {
  readonly page: Page;
  /** Errors of the console and of scripts, and hosts other than loopback that were asked. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Debian's Chromium with a profile of its own; undefined where it is not installed. */
export async function openBrowser(options: { readonly locale?: string } = {}): Promise<TestBrowser | undefined> {
  const executablePath = findCommand("chromium");
  if (executablePath === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "dlms-page-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    args: quiet.map((word) => `--${word}`),
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", (error) => void complaints.push(error.message));
  page.on("request", (request) => {
    const { hostname } = new URL(request.url());
    if (hostname !== "127.0.0.1" && !/^(data|blob):/.test(request.url())) complaints.push(`asked ${hostname}`);
  });
  return {
    page,
    complaints,
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What keeps people out of the page as it is now: ids of the serious findings of axe, with where they are. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate("axe.run()")) as {
    violations: { id: string; impact: string; nodes: { target: string[] }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Waits until nothing that is shown is still being asked for. */
export async function settled(page: Page): Promise<void> {
  await page
    .locator("main")
    .filter({ hasText: /./, hasNotText: /reading …|waiting for the meter|switching on/ })
    .waitFor();
}

/** Waits until something holds; the test's time-out ends the waiting. */
export async function eventually(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** How far the page is wider than its window, in pixels. */
export function tooWide(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
}

/** A number as the page writes it in British English. */
export function numberIn(text: string): number {
  return Number.parseFloat(text.replaceAll(",", "").replace("−", "-"));
}
