import type { Instant, LoadModel, MeterConfig, MeterState } from "../../meter-model/index.ts";
import type { Scenario } from "./scenario.ts";
import { scenarioStart } from "./scenario-start.ts";
import { Script } from "./script.ts";
import { ScriptedMeter } from "./scripted-meter.ts";

export interface ScenarioMeterOptions {
  readonly scenario: Scenario;
  /** What the meter is without the scenario; local times of the scenario are by its zone. */
  readonly config: MeterConfig;
  readonly state: MeterState;
  readonly load: LoadModel;
  /** The instants that each kind of start means to a meter that does not know the scenario yet. */
  readonly starts: Readonly<Record<Scenario["start"], Instant>>;
}

/** A meter that a scenario happens to. Takes possession of `state`, and keeps in it where the scenario starts. */
export function scenarioMeter({ scenario, config, state, load, starts }: ScenarioMeterOptions): ScriptedMeter {
  const { driftPpm = config.driftPpm, batteryReserve = config.batteryReserve } = scenario;
  const start = scenarioStart(state, scenario.name, starts[scenario.start]);
  return new ScriptedMeter({ ...config, driftPpm, batteryReserve }, state, load, new Script(scenario, start, config.zone));
}
