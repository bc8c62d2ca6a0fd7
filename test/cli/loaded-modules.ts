import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliCommand } from "../support/cli.ts";

/** What a run of `dlms` loaded: own files as they stand below src without their ending, and packages but those that run sources. */
export interface Loaded {
  readonly code: number | null;
  readonly files: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
}

const variable = "DLMS_TEST_LOADED";
const inline = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;

/** Runs in the thread of the loader, which hears of every module, and notes each before it is loaded. */
const hook = inline(`import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.${variable}, url + "\\n");
  return next(url, context);
}`);
const registration = inline(`import { register } from "node:module"; register(${JSON.stringify(hook)});`);

const root = new URL("../../", import.meta.url).href;
const ownFile = new RegExp(`^${root.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?:src|dist)/(.*)\\.[jt]s(?:\\?|$)`);

/** Runs `dlms` to its end and tells what it loaded; the command need not succeed. */
export async function loadedBy(args: readonly string[]): Promise<Loaded> {
  const folder = mkdtempSync(join(tmpdir(), "dlms-loaded-"));
  const list = join(folder, "modules");
  try {
    const child = spawn(process.execPath, ["--import", registration, ...cliCommand, ...args], {
      env: { ...process.env, XDG_CACHE_HOME: folder, XDG_STATE_HOME: folder, [variable]: list },
      stdio: "ignore",
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const urls = readFileSync(list, "utf8").split("\n");
    return { code, files: matches(urls, ownFile), packages: matches(urls, /.*\/node_modules\/(?!tsx\/|esbuild\/)((?:@[^/]+\/)?[^/]+)\//) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function matches(urls: readonly string[], pattern: RegExp): ReadonlySet<string> {
  return new Set(urls.flatMap((url) => pattern.exec(url)?.[1] ?? []));
}
