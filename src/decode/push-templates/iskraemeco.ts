import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { Unit } from "../../cosem-objects/unit.ts";
import { centiamperes, decivolts, octets, registers, varHours, vars, wattHours, watts } from "./items.ts";
import type { PushItem, PushTemplate } from "./push-template.ts";

const make = "Iskraemeco";
const slovenia =
  "captures and lists of distributors: github.com/UtilitechAS/amsreader-firmware, frames/slovenia-iskra.raw, issues 615, 869, 956";

/** Logical device name, which is the make's, and a device identifier. */
const identified = (device: LogicalName): readonly PushItem[] => [octets("0.0.42.0.0.255", { startsWith: "ISK" }), octets(device)];

const powers = [
  ...registers("double-long-unsigned", watts, "1.0.1.7.0.255", "1.0.2.7.0.255"),
  ...registers("double-long-unsigned", vars, "1.0.3.7.0.255", "1.0.4.7.0.255"),
];
const voltages = registers("long-unsigned", decivolts, "1.0.32.7.0.255", "1.0.52.7.0.255", "1.0.72.7.0.255");
const currents = registers("long-unsigned", centiamperes, "1.0.31.7.0.255", "1.0.51.7.0.255", "1.0.71.7.0.255");
const phaseImports = registers("double-long-unsigned", watts, "1.0.21.7.0.255", "1.0.41.7.0.255", "1.0.61.7.0.255");
const phaseExports = registers("double-long-unsigned", watts, "1.0.22.7.0.255", "1.0.42.7.0.255", "1.0.62.7.0.255");
const imported = registers("double-long-unsigned", wattHours, "1.0.1.8.0.255", "1.0.1.8.1.255", "1.0.1.8.2.255");
const exported = registers("double-long-unsigned", wattHours, "1.0.2.8.0.255", "1.0.2.8.1.255", "1.0.2.8.2.255");

const quarterHour = (disconnector: PushItem): readonly PushItem[] => [
  ...identified("0.0.96.1.3.255"),
  disconnector,
  octets("0.0.96.14.0.255"),
  ...imported,
  ...exported,
  ...registers("double-long-unsigned", varHours, "1.0.3.8.0.255", "1.0.4.8.0.255"),
];

const limiter: PushItem = { type: "long-unsigned" };

/** Local time and date of the meter, as two values of their own. */
const localTime: readonly PushItem[] = [octets("1.0.0.9.1.255", { length: 4 }), octets("1.0.0.9.2.255", { length: 5 })];

/** Iskraemeco AM550 and IE.5: each distributor has lists of its own. */
export const iskraemecoTemplates: readonly PushTemplate[] = [
  {
    id: "iskraemeco-slovenia-three-phases",
    make,
    description: "AM550T in Slovenia: powers, voltages, currents, powers by phase",
    source: slovenia,
    layout: "positional",
    items: [...identified("0.0.96.1.2.255"), ...powers, ...voltages, ...currents, ...phaseImports, ...phaseExports],
  },
  {
    id: "iskraemeco-slovenia-three-phases-short",
    make,
    description: "AM550T in Slovenia: voltages, currents, powers",
    source: slovenia,
    layout: "positional",
    items: [...identified("0.0.96.1.2.255"), ...voltages, ...currents, ...powers],
  },
  {
    id: "iskraemeco-slovenia-one-phase",
    make,
    description: "AM550E in Slovenia: powers, voltage, current, powers of the phase",
    source: slovenia,
    layout: "positional",
    items: [
      ...identified("0.0.96.1.2.255"),
      ...powers,
      ...registers("long-unsigned", decivolts, "1.0.32.7.0.255"),
      ...registers("long-unsigned", centiamperes, "1.0.31.7.0.255"),
      ...registers("double-long-unsigned", watts, "1.0.21.7.0.255", "1.0.22.7.0.255"),
    ],
  },
  {
    id: "iskraemeco-slovenia-one-phase-short",
    make,
    description: "AM550E in Slovenia: voltage, current, powers",
    source: slovenia,
    layout: "positional",
    items: [
      ...identified("0.0.96.1.2.255"),
      ...registers("long-unsigned", decivolts, "1.0.32.7.0.255"),
      ...registers("long-unsigned", centiamperes, "1.0.31.7.0.255"),
      ...powers,
    ],
  },
  {
    id: "iskraemeco-slovenia-one-phase-ljubljana",
    make,
    description: "AM550E in Slovenia (Elektro Ljubljana): powers, voltage, energy exported by rate",
    source: slovenia,
    layout: "positional",
    items: [
      ...identified("0.0.96.1.2.255"),
      ...powers,
      ...registers("long-unsigned", decivolts, "1.0.32.7.0.255"),
      ...registers("double-long-unsigned", wattHours, "1.0.2.8.1.255", "1.0.2.8.2.255"),
    ],
  },
  {
    id: "iskraemeco-slovenia-quarter-hour",
    make,
    description: "AM550 in Slovenia: disconnector, tariff and energies every quarter of an hour",
    source: slovenia,
    layout: "positional",
    items: quarterHour({ type: "enum", logicalName: "0.0.96.3.10.255", attribute: 3 }),
  },
  {
    id: "iskraemeco-slovenia-quarter-hour-output",
    make,
    description: "AM550 in Slovenia: the same with the state of the disconnector's output",
    source: slovenia,
    layout: "positional",
    items: quarterHour({ type: "boolean", logicalName: "0.0.96.3.10.255", attribute: 2 }),
  },
  {
    id: "iskraemeco-slovenia-quarter-hour-rates",
    make,
    description: "AM550 in Slovenia: energies by rate every quarter of an hour",
    source: slovenia,
    layout: "positional",
    items: [
      ...identified("0.0.96.1.3.255"),
      ...registers("double-long-unsigned", wattHours, "1.0.1.8.1.255", "1.0.1.8.2.255", "1.0.2.8.1.255", "1.0.2.8.2.255"),
      ...registers("double-long-unsigned", varHours, "1.0.3.8.1.255", "1.0.3.8.2.255", "1.0.4.8.1.255", "1.0.4.8.2.255"),
    ],
  },
  {
    id: "iskraemeco-carinthia",
    make,
    description: "AM550 in Austria (Kärnten Netz), P1 interface: energies and powers",
    source: "capture: github.com/UtilitechAS/amsreader-firmware, issue 787",
    layout: "positional",
    items: [
      octets("0.6.25.9.0.255", { attribute: 1, length: 6 }),
      octets("0.0.96.1.0.255", { content: "text" }),
      ...localTime,
      ...registers("double-long-unsigned", wattHours, "1.0.1.8.0.255", "1.0.2.8.0.255"),
      ...registers("double-long-unsigned", varHours, "1.0.3.8.0.255", "1.0.4.8.0.255"),
      ...registers("double-long-unsigned", watts, "1.0.1.7.0.255", "1.0.2.7.0.255"),
      { type: "octet-string" },
      { type: "octet-string" },
    ],
  },
  {
    id: "iskraemeco-croatia",
    make,
    description: "IE.5 in Croatia: energies, powers, voltages, currents, limits",
    source: "capture: github.com/UtilitechAS/amsreader-firmware, frames/iskra_croatia.txt, issue 1072",
    layout: "positional",
    items: [
      octets("0.0.96.1.0.255", { content: "text" }),
      ...localTime,
      ...imported,
      ...exported,
      ...registers("double-long-unsigned", varHours, "1.0.5.8.0.255", "1.0.6.8.0.255", "1.0.7.8.0.255", "1.0.8.8.0.255"),
      ...registers("double-long-unsigned", watts, "1.0.1.7.0.255", "1.0.2.7.0.255"),
      ...registers("long-unsigned", { scaler: -3, unit: Unit.none }, "1.0.13.7.0.255"),
      ...phaseImports,
      ...phaseExports,
      ...voltages,
      ...currents,
      { type: "double-long-unsigned" },
      { type: "array", items: [limiter] },
      { type: "array", items: [limiter] },
      { type: "array", items: [limiter] },
      { type: "boolean" },
    ],
  },
];
