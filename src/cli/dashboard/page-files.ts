import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { PageFile, PageFiles } from "../../dashboard/index.ts";
import { ConfigError } from "../../errors.ts";

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Vite names what may be kept for ever after its content: "index-BX5dz8Qk.js". */
const named = /-[A-Za-z0-9_-]{8}\.\w+$/;
const isCompressed = new Set([".png", ".woff2"]);

/**
 * Reads the built page from its folder and compresses it, once for as long as it is served.
 * @throws ConfigError where it was not built
 */
export function readPageFiles(folder: string): PageFiles {
  let names: readonly string[];
  try {
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && extname(entry.name) in contentTypes)
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll("\\", "/").replace(/^\//, ""));
  } catch (cause) {
    throw new ConfigError("", `the page is not built: ${(cause as Error).message}`, { hint: "run npm run build", cause });
  }
  if (!names.includes("index.html")) throw new ConfigError("", `there is no page in ${folder}`, { hint: "run npm run build" });
  return new Map(names.map((name) => [name === "index.html" ? "/" : `/${name}`, pageFile(name, readFileSync(join(folder, name)))]));
}

function pageFile(name: string, content: Buffer): PageFile {
  const extension = extname(name);
  const identity = new Uint8Array(content);
  const head = {
    contentType: contentTypes[extension] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(identity).digest("base64url").slice(0, 22)}"`,
    immutable: named.test(name),
    identity,
  };
  if (isCompressed.has(extension)) return head;
  const br = brotliCompressSync(identity, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: identity.length } });
  const gzip = gzipSync(identity, { level: constants.Z_BEST_COMPRESSION });
  return {
    ...head,
    ...(br.length < identity.length ? { br: new Uint8Array(br) } : {}),
    ...(gzip.length < identity.length ? { gzip: new Uint8Array(gzip) } : {}),
  };
}
