// Pictures of the page for README and docs, from the running demonstration: `npm run docs:pictures` after a build.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { serveManyMeters } from "../test/page/many-meters.ts";
import { root } from "./lib/project.mjs";
import { findCommand } from "./lib/system-packages.mjs";

const folder = join(root, "docs", "images");
const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

/** Each picture: the view, its size and colours, and what is done before it is taken. */
const pictures = [
  { name: "page-live", view: "live", size: wide, colours: "light", wait: 30_000 },
  {
    name: "page-history",
    view: "history",
    size: wide,
    colours: "light",
    act: (page) => page.getByRole("button", { name: "Days" }).click(),
  },
  {
    name: "page-load-profile",
    view: "history",
    size: wide,
    colours: "dark",
    act: async (page) => {
      await page.getByRole("button", { name: "Load profile" }).click();
      await page.getByRole("region", { name: /values/ }).waitFor();
    },
  },
  { name: "page-prepayment", view: "prepayment", size: wide, colours: "light" },
  { name: "page-keypad", view: "prepayment", size: phone, colours: "dark" },
  {
    name: "page-engineering",
    view: "engineering",
    size: wide,
    colours: "light",
    act: async (page) => {
      await page.getByRole("button", { name: "Trace" }).click();
      await page.locator(".frames button").filter({ hasText: "get-response" }).first().click();
      await page.getByText("deciphered").first().waitFor();
    },
  },
  {
    name: "page-objects",
    view: "engineering",
    size: wide,
    colours: "dark",
    act: async (page) => {
      await page.getByPlaceholder("name, OBIS or class").fill("active energy import");
      await page.getByRole("button", { name: /1\.0\.1\.8\.0\.255/ }).click();
      await page.getByRole("button", { name: "Read value" }).click();
      await page.locator("td.value").filter({ hasText: "Wh" }).first().waitFor();
    },
  },
  { name: "page-fleet", view: "fleet", size: wide, colours: "light" },
];

/** Made up: nobody has so many meters for a picture. */
const meters = await serveManyMeters(2000);
const executablePath = findCommand("chromium");
if (executablePath === undefined) throw new Error("chromium is not installed");
mkdirSync(folder, { recursive: true });
const base = await freePorts();
const demo = spawn(process.execPath, [join(root, "dist/cli/main.js"), "demo", "--port-base", String(base)], {
  stdio: ["ignore", "pipe", "inherit"],
});
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"] });
try {
  await new Promise((resolve) => demo.stdout.on("data", (chunk) => String(chunk).includes("listening http") && resolve(undefined)));
  for (const { name, view, size, colours, act, wait = 0 } of pictures) {
    const page = await browser.newPage({ viewport: size, colorScheme: colours, locale: "en-GB" });
    await page.goto(view === "fleet" ? meters.served.url : `http://127.0.0.1:${base + 3}/#/meter/demo/${view}`);
    await page
      .locator("main")
      .filter({ hasText: /./, hasNotText: /reading …|waiting for the meter|switching on/ })
      .waitFor();
    await act?.(page);
    // The moving curve wants some minutes' worth of points, and animations an end.
    await page.waitForTimeout(wait + 700);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
    process.stdout.write(`docs/images/${name}.png\n`);
  }
} finally {
  await browser.close();
  await meters.close();
  demo.kill("SIGINT");
}

/** A port with four free ones behind it, as far as one can know. */
async function freePorts() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
