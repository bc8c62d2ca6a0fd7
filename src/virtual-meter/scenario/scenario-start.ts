import type { Instant, MeterState } from "../../meter-model/index.ts";
import { Parameters } from "../../meter-model/parameters.ts";

/**
 * The instant that a scenario counts from for a meter: the one kept in its state, or `otherwise`, which is kept from then on.
 * It is part of the state so that the two are always stored together.
 */
export function scenarioStart(state: MeterState, name: string, otherwise: Instant): Instant {
  const parameters = new Parameters(state.parameters);
  const key = `scenario:${name}`;
  const kept = Number(new TextDecoder().decode(parameters.get(key) ?? new Uint8Array()) || Number.NaN);
  if (Number.isSafeInteger(kept)) return kept;
  parameters.set(key, new TextEncoder().encode(String(otherwise)));
  return otherwise;
}
