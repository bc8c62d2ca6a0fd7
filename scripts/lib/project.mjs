// Plain Node and no packages: this runs on a fresh clone, before anything is installed.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export function hashFiles(base, entries) {
  const hash = createHash("sha256");
  for (const entry of entries) addEntry(hash, base, entry);
  return hash.digest("hex");
}

function addEntry(hash, base, entry) {
  const content = contentOf(join(base, entry));
  if (Array.isArray(content)) {
    for (const name of content) addEntry(hash, base, `${entry}/${name}`);
    return;
  }
  // Name and length go in first, so that moving text from one file to the next changes the hash.
  hash.update(`${entry}\0${content.length}\0`).update(content);
}

function contentOf(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === "EISDIR") return readdirSync(path).sort();
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

export function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
