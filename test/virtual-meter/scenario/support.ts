import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadYaml } from "../../../src/config/load.ts";
import { scenarioSchema } from "../../../src/config/scenario.ts";
import {
  defaultMeterConfig,
  type EventLogName,
  type Instant,
  initialState,
  type LoadModel,
  type Meter,
  type MeterConfig,
  type MeterState,
  syntheticLoad,
} from "../../../src/meter-model/index.ts";
import type { Scenario, ScenarioEvent } from "../../../src/virtual-meter/scenario/scenario.ts";
import { scenarioMeter } from "../../../src/virtual-meter/scenario/scenario-meter.ts";
import { paris } from "../../meter-model/support.ts";

const folder = fileURLToPath(new URL("../../../config/scenarios/", import.meta.url));

/** Names of the scenarios in config/scenarios. */
export const shippedNames = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(/\.yaml$/, ""));

export const shippedFile = (name: string) => `${folder}${name}.yaml`;

export const shipped = (name: string): Scenario => loadYaml(shippedFile(name), scenarioSchema);

/** 2026-06-01T00:00 in Paris, a Monday. */
export const start: Instant = Date.UTC(2026, 4, 31, 22);

export const config: MeterConfig = { ...defaultMeterConfig, zone: paris };

/** An ordinary household. */
export const household: LoadModel = syntheticLoad({ seed: 7, zone: paris });

/** An event of a minute at the start, with these parts. */
export function event(parts: Partial<ScenarioEvent>): ScenarioEvent {
  return {
    when: { kind: "once", after: 0 },
    duration: 60_000,
    supply: {},
    contacts: [],
    relayStuck: false,
    acts: [],
    ...parts,
  };
}

export function scenarioOf(...events: readonly ScenarioEvent[]): Scenario {
  return { name: "sample", start: "beginning", events };
}

interface MeterOptions {
  readonly state?: MeterState;
  readonly load?: LoadModel;
}

/** A meter that a scenario happens to from `start` on. */
export function meterIn(scenario: Scenario, { state = initialState(config, start), load = household }: MeterOptions = {}): Meter {
  return scenarioMeter({ scenario, config, state, load, starts: { beginning: start, serving: start } });
}

/** Entries of a log as "day time code", counted from `start`. */
export function entries(meter: Meter, log: EventLogName): string[] {
  const rows = meter.events.rows(log);
  return Array.from({ length: rows.length }, (_, index) => `${elapsed(rows.stampAt(index) - start)} ${rows.valueAt(index, 0)}`);
}

/** ms as "1d 02:03:04", with thousandths where there are any. */
function elapsed(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  const time = new Date(milliseconds - days * 86_400_000)
    .toISOString()
    .slice(11, 23)
    .replace(/\.000$/, "");
  return `${days}d ${time}`;
}
