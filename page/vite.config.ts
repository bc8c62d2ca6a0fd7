import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The page is files of its own: no inline script, nothing from elsewhere, wherever it is served. */
export default defineConfig({
  root: at("."),
  base: "./",
  logLevel: "warn",
  build: { outDir: at("../dist/page"), emptyOutDir: true, target: "es2022", modulePreload: false, assetsInlineLimit: 0 },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
