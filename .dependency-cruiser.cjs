/**
 * The layering of src: what each folder (or root file) may import. This is the one place that says so; the rules below
 * are made from it and `npm run architecture` and the tests hold the sources against them.
 *
 * - imports: folders it may import; types: folders of which it may import types only
 * - builtins: modules of Node it may use
 */
const layers = {
  errors: {},
  bytes: { imports: ["errors"] },
  hdlc: { imports: ["bytes", "errors"] },
  wrapper: { imports: ["bytes", "errors"] },
  mbus: { imports: ["bytes", "errors"] },
  dlms: { imports: ["bytes", "errors"], builtins: ["crypto"] },
  "cosem-objects": { imports: ["dlms", "bytes", "errors"] },
  sts: { imports: ["bytes", "errors"], builtins: ["crypto"] },
  vending: { imports: ["sts", "bytes", "errors"], builtins: ["fs"] },
  "meter-model": { imports: ["sts", "errors"] },
  keypad: { imports: ["bytes", "errors"] },
  transport: { imports: ["bytes", "errors"], builtins: ["net", "dgram"] },
  optical: { imports: ["transport", "bytes", "errors"], builtins: ["fs"] },
  session: { imports: ["transport", "errors"], types: ["hdlc", "wrapper", "dlms"] },
  client: { imports: ["session", "cosem-objects", "dlms", "hdlc", "wrapper", "transport", "bytes", "errors"] },
  server: { imports: ["session", "cosem-objects", "dlms", "hdlc", "wrapper", "transport", "bytes", "errors"] },
  "virtual-meter": {
    imports: ["meter-model", "sts", "cosem-objects", "dlms", "server", "transport", "optical", "bytes", "errors"],
    types: ["session", "keypad"],
    builtins: ["fs"],
  },
  "mqtt-bridge": { imports: ["errors"] },
  broker: { imports: ["errors"], builtins: ["net"] },
  gateway: { imports: ["client", "field", "decode", "mqtt-bridge", "cosem-objects", "dlms", "hdlc", "wrapper", "mbus", "session", "transport", "bytes", "errors"] },
  // A store fills the ports that others declare, and needs no more of them than their types.
  store: { imports: ["bytes", "errors"], types: ["virtual-meter", "meter-model", "gateway", "mqtt-bridge", "client"], builtins: ["fs", "path"] },
  decode: { imports: ["dlms", "cosem-objects", "hdlc", "wrapper", "mbus", "optical", "bytes", "errors"] },
  field: { imports: ["client", "decode", "cosem-objects", "dlms", "transport", "optical", "bytes", "errors"] },
  conformance: { imports: ["client", "dlms", "hdlc", "wrapper", "cosem-objects", "transport", "session", "bytes", "errors"] },
  config: {
    imports: ["bytes", "errors"],
    types: ["client", "server", "virtual-meter", "meter-model", "gateway", "mqtt-bridge"],
    builtins: ["fs", "path", "crypto", "tty"],
  },
  log: { imports: ["bytes", "errors"], types: ["transport"], builtins: ["stream"] },
  dashboard: { imports: ["mqtt-bridge", "client", "decode", "errors"], types: ["keypad"] },
  cli: { imports: "all", builtins: "all" },
  // The public surface: re-exports only.
  index: { imports: ["client", "server", "cosem-objects", "dlms", "transport", "session", "bytes", "errors"] },
  testing: { imports: ["transport", "session"] },
};

/** Where a package may be imported, as the start of a path below src. A package that is not named here may not be imported. */
const packages = {
  "@hono/node-server": ["gateway/operations", "dashboard/"],
  "@serialport/parser-inter-byte-timeout": ["optical/serial-port.ts"],
  aedes: ["broker/"],
  "asn1.js": ["dlms/acse/"],
  "@peculiar/x509": ["dlms/security/"],
  commander: ["cli/"],
  croner: ["config/"],
  "csv-parse": ["virtual-meter/", "config/", "cli/"],
  hono: ["gateway/operations", "dashboard/"],
  lmdb: ["store/"],
  luxon: ["virtual-meter/", "config/", "cli/"],
  mqtt: ["mqtt-bridge/mqtt-link.ts", "mqtt-bridge/sparkplug/sparkplug-link.ts"],
  "prom-client": ["gateway/operations"],
  protobufjs: ["mqtt-bridge/sparkplug/payload.ts"],
  serialport: ["optical/serial-port.ts"],
  winston: ["log/"],
  yaml: ["config/"],
  zod: ["config/"],
};

/** Narrower places inside a layer for modules of Node that the layer as a whole may use. */
const builtinPlaces = [
  { builtin: "crypto", layer: "dlms", only: ["dlms/security/"] },
  // The key file of an installation is no protocol: it is opened before anything else knows a key.
  { builtin: "crypto", layer: "config", only: ["config/key-file-format.ts"] },
  // A passphrase is asked for where a secret is wanted, whichever command wants it.
  { builtin: "tty", layer: "config", only: ["config/key-file-terminal.ts"] },
];

/** Edges besides the table, each with its reason. */
const exceptions = [
  // By dynamic import, so that users of TCP never load the native serial port.
  { from: "client/connect.ts", imports: "optical", kind: "dynamic-import" },
  { from: "gateway/", imports: "optical", kind: "dynamic-import" },
  // What was issued has to outlive crashes; the rest of vending knows the port alone.
  { from: "vending/lmdb-issue-book.ts", imports: "store", kind: "import" },
];

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const folder = (layer) => `^src/${escape(layer)}(/|\\.ts$)`;
const places = (starts) => starts.map((start) => `^src/${escape(start)}`);

/** What stays inside `layer` or goes to a layer of `allowed` is fine; every other file of src is refused. */
function layerRules([layer, { imports = [], types = [], builtins = [] }]) {
  const refuse = (name, to, pathNot = []) => ({
    name: `${layer}-${name}`,
    severity: "error",
    from: { path: folder(layer), ...(pathNot.length > 0 && { pathNot: places(pathNot) }) },
    to,
  });
  const rules = [];
  if (imports !== "all") {
    const free = [layer, ...imports].map(folder);
    const dynamic = exceptions.filter(({ from }) => from.startsWith(`${layer}/`));
    const granted = [...types, ...dynamic.map((exception) => exception.imports)].map(folder);
    rules.push(refuse("imports-outside-its-layer", { path: "^src/", pathNot: [...free, ...granted] }));
    if (types.length > 0) rules.push(refuse("imports-more-than-types", { path: types.map(folder), dependencyTypesNot: ["type-only"] }));
    for (const exception of dynamic) {
      const path = folder(exception.imports);
      rules.push(refuse(`loads-${exception.imports}-at-once`, { path, dependencyTypesNot: [exception.kind] }));
      rules.push(refuse(`loads-${exception.imports}-elsewhere`, { path }, [exception.from]));
    }
  }
  if (builtins !== "all") {
    const allowed = builtins.map((builtin) => `^(node:)?${builtin}(/|$)`);
    rules.push(refuse("uses-other-modules-of-node", { dependencyTypes: ["core"], ...(allowed.length > 0 && { pathNot: allowed }) }));
  }
  return rules;
}

// node_modules may lie beside the sources or above them, and a package inside another one's folder is not our import.
const packagePath = (name) => `(^|/)node_modules/(@types/)?${escape(name)}/`;

const npmTypes = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: { path: "^src/" }, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: { path: "^src/" }, to: { couldNotResolve: true } },
    {
      name: "in-no-layer",
      comment: "A new folder needs a row in the table.",
      severity: "error",
      from: { path: "^src/", pathNot: Object.keys(layers).map(folder) },
      to: {},
    },
    ...Object.entries(layers).flatMap(layerRules),
    ...builtinPlaces.map(({ builtin, layer, only }) => ({
      name: `${layer}-uses-${builtin}-elsewhere`,
      severity: "error",
      from: { path: folder(layer), pathNot: places(only) },
      to: { path: `^(node:)?${builtin}(/|$)`, dependencyTypes: ["core"] },
    })),
    ...Object.entries(packages).map(([name, starts]) => ({
      name: `package-${name}-elsewhere`,
      severity: "error",
      from: { path: "^src/", pathNot: places(starts) },
      to: { path: packagePath(name) },
    })),
    {
      name: "package-without-a-place",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: npmTypes, pathNot: Object.keys(packages).map(packagePath) },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Imports of types alone are part of the design too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"] },
  },
};
