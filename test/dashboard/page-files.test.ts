import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect } from "chai";
import { readPageFiles } from "../../src/cli/dashboard/page-files.ts";
import { ConfigError } from "../../src/errors.ts";

describe("the built page", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-gateway-page-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is read with its folders and compressed where that is shorter", () => {
    const script = "export const a = 1;\n".repeat(100);
    mkdirSync(join(folder, "assets"));
    writeFileSync(join(folder, "index.html"), "<!doctype html>");
    writeFileSync(join(folder, "assets", "index-BX5dz8Qk.js"), script);
    writeFileSync(join(folder, "assets", "index-BX5dz8Qk.js.map"), "{}");
    writeFileSync(join(folder, "assets", "icon.png"), Uint8Array.of(1, 2, 3));
    const files = readPageFiles(folder);
    expect([...files.keys()].sort()).to.deep.equal(["/", "/assets/icon.png", "/assets/index-BX5dz8Qk.js"]);
    const built = files.get("/assets/index-BX5dz8Qk.js");
    expect(built).to.deep.include({ contentType: "text/javascript; charset=utf-8", immutable: true });
    expect(gunzipSync(built?.gzip ?? "").toString()).to.equal(script);
    expect(brotliDecompressSync(built?.br ?? "").toString()).to.equal(script);
    expect(files.get("/")).to.deep.include({ contentType: "text/html; charset=utf-8", immutable: false });
    expect(files.get("/assets/icon.png")?.br).to.equal(undefined);
  });

  it("has another validator when it has another content, and the same otherwise", () => {
    writeFileSync(join(folder, "index.html"), "one");
    const first = readPageFiles(folder).get("/")?.etag;
    expect(first).to.match(/^"[\w-]{22}"$/);
    expect(readPageFiles(folder).get("/")?.etag).to.equal(first);
    writeFileSync(join(folder, "index.html"), "two");
    expect(readPageFiles(folder).get("/")?.etag).not.to.equal(first);
  });

  it("is asked for where it was not built", () => {
    for (const path of [folder, join(folder, "nowhere")]) {
      const read = () => readPageFiles(path);
      expect(read).to.throw(ConfigError).with.property("hint", "run npm run build");
    }
  });
});
