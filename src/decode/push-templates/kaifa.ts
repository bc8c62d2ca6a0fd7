import { Unit } from "../../cosem-objects/unit.ts";
import { clockItem, decivolts, listIdName, octets, quantities, registers, varHours, vars, wattHours, watts } from "./items.ts";
import type { PushItem, PushTemplate } from "./push-template.ts";

const make = "Kaifa";
const listId = "KFM_001";
const source = "NEK, Kaifa HAN OBIS codes KFM_001; captures: github.com/roarfred/AmsToMqttBridge, Samples/Kaifa";

const milliamperes = { scaler: -3, unit: Unit.ampere } as const;

const powers = [
  ...registers("double-long-unsigned", watts, "1.0.1.7.0.255", "1.0.2.7.0.255"),
  ...registers("double-long-unsigned", vars, "1.0.3.7.0.255", "1.0.4.7.0.255"),
];

const head: readonly PushItem[] = [
  octets(listIdName, { startsWith: listId }),
  octets("0.0.96.1.0.255"),
  octets("0.0.96.1.7.255"),
  ...powers,
];

const onePhase: readonly PushItem[] = [
  ...head,
  ...registers("double-long-unsigned", milliamperes, "1.0.31.7.0.255"),
  ...registers("double-long-unsigned", decivolts, "1.0.32.7.0.255"),
];

const threePhases: readonly PushItem[] = [
  ...head,
  ...registers("double-long-unsigned", milliamperes, "1.0.31.7.0.255", "1.0.51.7.0.255", "1.0.71.7.0.255"),
  ...registers("double-long-unsigned", decivolts, "1.0.32.7.0.255", "1.0.52.7.0.255", "1.0.72.7.0.255"),
];

const hourly: readonly PushItem[] = [
  clockItem,
  ...registers("double-long-unsigned", wattHours, "1.0.1.8.0.255", "1.0.2.8.0.255"),
  ...registers("double-long-unsigned", varHours, "1.0.3.8.0.255", "1.0.4.8.0.255"),
];

/** Kaifa MA105, MA304 and their kin in Norway (lists without names) and Sweden (with names). */
export const kaifaTemplates: readonly PushTemplate[] = [
  {
    id: "kaifa-kfm-001-list-1",
    make,
    description: "Norway, list 1 of KFM_001: active power every 2 s",
    source,
    layout: "positional",
    items: registers("double-long-unsigned", watts, "1.0.1.7.0.255"),
    ambiguous: true,
  },
  {
    id: "kaifa-kfm-001-list-2-one-phase",
    make,
    description: "Norway, list 2 of KFM_001, one phase, every 10 s",
    source,
    layout: "positional",
    items: onePhase,
  },
  {
    id: "kaifa-kfm-001-list-2-three-phases",
    make,
    description: "Norway, list 2 of KFM_001, three phases, every 10 s",
    source,
    layout: "positional",
    items: threePhases,
  },
  {
    id: "kaifa-kfm-001-list-3-one-phase",
    make,
    description: "Norway, list 3 of KFM_001, one phase, every hour",
    source,
    layout: "positional",
    items: [...onePhase, ...hourly],
  },
  {
    id: "kaifa-kfm-001-list-3-three-phases",
    make,
    description: "Norway, list 3 of KFM_001, three phases, every hour",
    source,
    layout: "positional",
    items: [...threePhases, ...hourly],
  },
  {
    id: "kaifa-kfm-001-named",
    make,
    description: "Sweden, KFM_001 with logical names",
    source: "capture: github.com/toreamun/amshan, tests/test_kaifa.py",
    layout: "named",
    listId,
    items: [
      ...quantities(watts, "1.0.1.7.0.255", "1.0.2.7.0.255"),
      ...quantities(vars, "1.0.3.7.0.255", "1.0.4.7.0.255"),
      ...quantities(milliamperes, "1.0.31.7.0.255", "1.0.51.7.0.255", "1.0.71.7.0.255"),
      ...quantities(decivolts, "1.0.32.7.0.255", "1.0.52.7.0.255", "1.0.72.7.0.255"),
      ...quantities(wattHours, "1.0.1.8.0.255", "1.0.2.8.0.255"),
      ...quantities(varHours, "1.0.3.8.0.255", "1.0.4.8.0.255"),
    ],
  },
];
