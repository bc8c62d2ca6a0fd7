import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";

const root = fileURLToPath(new URL("../", import.meta.url));
const require = createRequire(import.meta.url);
const { options, forbidden } = require("../.dependency-cruiser.cjs") as IFlattenedRuleSet & { readonly options: object };
const manifest = require("../package.json") as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
};

/** The violations below `baseDir`/src, as "rule: from -> to". */
async function violations(baseDir: string): Promise<string[]> {
  const result = await cruise(
    ["src"],
    { ...options, ruleSet: { forbidden: forbidden ?? [] }, validate: true, baseDir },
    {},
    { tsConfig: extractTSConfig(join(root, "tsconfig.json")) },
  );
  return (result.output as ICruiseResult).summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** Cruises a source tree of these files, given as path below src -> text. */
async function violationsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "dlms-gateway-layers-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, "src", path)), { recursive: true });
      writeFileSync(join(folder, "src", path), text);
    }
    return await violations(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const value = "export const value = 1;\n";

describe("the layering of src", function () {
  this.timeout(60_000);

  it("is kept by every file", async () => {
    expect(await violations(root)).to.deep.equal([]);
  });

  it("names a place for every dependency of the package", () => {
    const placed = (forbidden ?? []).flatMap(({ name }) => /^package-(.+)-elsewhere$/.exec(name ?? "")?.[1] ?? []);
    expect(placed).to.include.members(Object.keys(manifest.dependencies));
  });

  it("catches an import between siblings", async () => {
    expect(await violationsOf({ "hdlc/a.ts": 'export * from "../wrapper/b.ts";\n', "wrapper/b.ts": value })).to.deep.equal([
      "hdlc-imports-outside-its-layer: src/hdlc/a.ts -> src/wrapper/b.ts",
    ]);
  });

  it("catches an import of types alone where none is allowed", async () => {
    const files = { "meter-model/a.ts": 'export type { T } from "../bytes/b.ts";\n', "bytes/b.ts": "export type T = number;\n" };
    expect(await violationsOf(files)).to.deep.equal(["meter-model-imports-outside-its-layer: src/meter-model/a.ts -> src/bytes/b.ts"]);
  });

  it("lets the session import types of a link, and nothing else", async () => {
    const link = "export type T = number;\nexport const value = 1;\n";
    expect(await violationsOf({ "session/a.ts": 'export type { T } from "../hdlc/b.ts";\n', "hdlc/b.ts": link })).to.deep.equal([]);
    expect(await violationsOf({ "session/a.ts": 'export { value } from "../hdlc/b.ts";\n', "hdlc/b.ts": link })).to.deep.equal([
      "session-imports-more-than-types: src/session/a.ts -> src/hdlc/b.ts",
    ]);
  });

  it("lets the client load the optical layer by dynamic import in connect.ts, and not otherwise", async () => {
    const optical = { "optical/b.ts": value };
    const late = 'export const load = () => import("../optical/b.ts");\n';
    expect(await violationsOf({ ...optical, "client/connect.ts": late })).to.deep.equal([]);
    expect(await violationsOf({ ...optical, "client/connect.ts": 'export * from "../optical/b.ts";\n' })).to.deep.equal([
      "client-loads-optical-at-once: src/client/connect.ts -> src/optical/b.ts",
    ]);
    expect(await violationsOf({ ...optical, "client/other.ts": late })).to.deep.equal([
      "client-loads-optical-elsewhere: src/client/other.ts -> src/optical/b.ts",
    ]);
  });

  it("catches a package outside its place, and allows it there", async () => {
    const text = 'import mqtt from "mqtt";\nexport const { connect } = mqtt;\n';
    expect(await violationsOf({ "mqtt-bridge/mqtt-link.ts": text })).to.deep.equal([]);
    const caught = await violationsOf({ "mqtt-bridge/outbox.ts": text });
    expect(caught).to.have.lengthOf(1);
    expect(caught[0]).to.match(/^package-mqtt-elsewhere: src\/mqtt-bridge\/outbox\.ts -> /);
  });

  it("catches a package that has no place at all", async () => {
    const caught = await violationsOf({ "cli/a.ts": 'export { expect } from "chai";\n' });
    expect(caught).to.have.lengthOf(1);
    expect(caught[0]).to.match(/^package-without-a-place: src\/cli\/a\.ts -> /);
  });

  it("catches a module of Node where there is no IO", async () => {
    expect(await violationsOf({ "hdlc/a.ts": 'export { connect } from "node:net";\n' })).to.deep.equal([
      "hdlc-uses-other-modules-of-node: src/hdlc/a.ts -> net",
    ]);
    expect(await violationsOf({ "dlms/xdlms/a.ts": 'export { randomUUID } from "node:crypto";\n' })).to.deep.equal([
      "dlms-uses-crypto-elsewhere: src/dlms/xdlms/a.ts -> crypto",
    ]);
    expect(await violationsOf({ "dlms/security/a.ts": 'export { createHash } from "node:crypto";\n' })).to.deep.equal([]);
  });

  it("catches a cycle", async () => {
    const files = { "bytes/a.ts": 'export * from "./b.ts";\n', "bytes/b.ts": 'export * from "./a.ts";\n' };
    expect(await violationsOf(files)).to.include("no-cycles: src/bytes/a.ts -> src/bytes/b.ts");
  });

  it("catches a folder that has no row in the table", async () => {
    expect(await violationsOf({ "helpers/a.ts": 'export * from "./b.ts";\n', "helpers/b.ts": value })).to.deep.equal([
      "in-no-layer: src/helpers/a.ts -> src/helpers/b.ts",
    ]);
  });
});

interface SourceRule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Starts of paths below src where the pattern is at home. */
  readonly allowed: readonly string[];
}

/** Where real time, real randomness and the terminal enter: composition roots and the files that exist to wrap them. */
const sourceRules: readonly SourceRule[] = [
  {
    name: "timers",
    // A socket's own time-out belongs to the socket.
    pattern: /(?<!\bsocket\.)\b(setTimeout|setInterval|setImmediate)\b/,
    allowed: ["session/timers.ts", "virtual-meter/runner.ts", "cli/"],
  },
  {
    name: "the clock",
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.now\b|\bDateTime\.(now|local|utc)\(\s*\)|\bprocess\.hrtime\b/,
    allowed: ["session/timers.ts", "virtual-meter/runner.ts", "cli/"],
  },
  // In calendars of the past and future `new Date(value)` is a pure function; where protocols and the meter live, no Date is.
  {
    name: "Date",
    pattern: /\bnew Date\b/,
    allowed: ["dlms/security/certificate-der.ts", "virtual-meter/", "mqtt-bridge/", "gateway/", "config/", "log/", "client/", "cli/"],
  },
  {
    name: "randomness",
    pattern: /\bMath\.random\b|\brandomBytes\b|\brandomInt\b|\brandomUUID\b|\brandomFill(Sync)?\b|\bgetRandomValues\b/,
    allowed: ["virtual-meter/runner.ts", "dlms/security/secure-random.ts", "cli/"],
  },
  { name: "console", pattern: /\bconsole\s*\./, allowed: [] },
  { name: "the environment", pattern: /\bprocess\.(env|argv|stdout|stderr|stdin|exit|cwd)\b/, allowed: ["cli/", "log/logger.ts"] },
  // define.ts: a bound of inference, where the invariance of Schema<T> admits nothing else.
  { name: "any", pattern: /[:<,(|&]\s*any\b|\bas\s+any\b|\bany\[\]/, allowed: ["cosem-objects/define.ts"] },
  { name: "a bare Error", pattern: /\bthrow\s+new\s+(Error|TypeError|RangeError)\b|\bthrow\s+["'`]/, allowed: [] },
  { name: "default exports", pattern: /^export default\b/m, allowed: [] },
];

/** Judged with comments included. */
const textRules: readonly SourceRule[] = [
  { name: "work left over", pattern: /\b(TODO|FIXME|XXX|HACK)\b/, allowed: [] },
  { name: "a silenced compiler", pattern: /@ts-(ignore|nocheck)\b/, allowed: [] },
];

/** Files that may be longer, each with the reason. */
const longFiles: Readonly<Record<string, string>> = {
  "virtual-meter/object-table.ts": "a table: one line for each object",
  "cosem-objects/standard-names.ts": "a table: one line for each object",
};
const longestFile = 400;

/** The text without comments and without the contents of strings, so that rules judge code. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, (match) => (/^["']/.test(match) ? '""' : ""));
}

function broken(rules: readonly SourceRule[], path: string, text: string): string[] {
  return rules
    .filter(({ pattern, allowed }) => pattern.test(text) && !allowed.some((start) => path.startsWith(start)))
    .map(({ name }) => `${path}: ${name}`);
}

describe("the sources", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .map((path) => ({ path, text: readFileSync(join(root, "src", path), "utf8") }));

  it("keep time, randomness, the terminal and untyped values in their places", () => {
    expect(files.flatMap(({ path, text }) => broken(sourceRules, path, codeOf(text)))).to.deep.equal([]);
  });

  it("leave no work for later and silence no compiler", () => {
    expect(files.flatMap(({ path, text }) => broken(textRules, path, text))).to.deep.equal([]);
  });

  it(`have at most ${longestFile} lines`, () => {
    const long = files.filter(({ path, text }) => !(path in longFiles) && text.trimEnd().split("\n").length > longestFile);
    expect(long.map(({ path }) => path)).to.deep.equal([]);
  });

  it("have names in kebab case", () => {
    expect(
      files.filter(({ path }) => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+([-.][a-z0-9]+)*\.ts$/.test(path)).map(({ path }) => path),
    ).to.deep.equal([]);
  });

  it("stand behind every subpath the package exports", () => {
    const targets = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [] : [target.default]));
    const sources = targets.map((target) => target.replace("./dist/", "src/").replace(/\.js$/, ".ts"));
    expect(sources.filter((source) => !existsSync(join(root, source)))).to.deep.equal([]);
  });
});

describe("the rules for sources", () => {
  const samples: readonly (readonly [rule: string, code: string])[] = [
    ["timers", "const stop = setTimeout(run, 5);"],
    ["the clock", "const now = Date.now();"],
    ["the clock", "const now = new Date();"],
    ["Date", "const then = new Date(5);"],
    ["randomness", "const x = Math.random();"],
    ["randomness", "const x = randomBytes(8);"],
    ["console", 'console.log("hello");'],
    ["the environment", 'const home = process.env["HOME"];'],
    ["any", "const x: any = 1;"],
    ["any", "const x = y as any;"],
    ["any", "const x: Map<string, any> = y;"],
    ["a bare Error", 'throw new Error("no");'],
    ["default exports", "export default 1;"],
  ];
  for (const [rule, code] of samples) {
    it(`find ${rule} in ${code}`, () => {
      expect(broken(sourceRules, "hdlc/sample.ts", codeOf(code))).to.include(`hdlc/sample.ts: ${rule}`);
    });
  }

  it("do not judge comments and strings", () => {
    expect(codeOf("const a = \"Date.now()\"; // Math.random()\n/* console.log */ const b = 'any';")).to.equal(
      'const a = ""; \n const b = "";',
    );
  });

  it("allow a wrapper what it wraps", () => {
    expect(broken(sourceRules, "session/timers.ts", "setTimeout(callback, delay)")).to.deep.equal([]);
  });
});
