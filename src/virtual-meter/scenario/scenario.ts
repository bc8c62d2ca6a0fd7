import type { ContactName } from "../../meter-model/guard/tamper-catalogue.ts";

/** When something happens: once, so many ms after the start of the scenario, or at a time (ms) of every day by the local clock. */
export type ScenarioTime = { readonly kind: "once"; readonly after: number } | { readonly kind: "daily"; readonly timeOfDay: number };

/** What somebody draws: a power (mW) at any voltage, or a current (mA), with its power factor (above 0, up to 1). */
export interface LoadDraw {
  readonly quantity: "power" | "current";
  readonly amount: number;
  readonly powerFactor: number;
  /** Whether the current is ahead of the voltage, as with capacitors. */
  readonly leading: boolean;
}

/** How the terminals differ from what the load without the scenario would make of them. */
export interface SupplyChange {
  readonly outage?: true | undefined;
  /** mV */
  readonly voltage?: number | undefined;
  /** mHz */
  readonly frequency?: number | undefined;
  /** In place of the household. */
  readonly load?: LoadDraw | undefined;
  /** Besides the household. */
  readonly extra?: LoadDraw | undefined;
  /** mW that are generated behind the meter. */
  readonly generation?: number | undefined;
  /** mW that the sun generates at its height, in the middle of the event. */
  readonly solar?: number | undefined;
  /** The current flows through the meter the wrong way round. */
  readonly reversed?: true | undefined;
  /** Percent of the phase current that returns through the neutral. */
  readonly neutral?: number | undefined;
  /** Percent of the load that is led past the phase terminals. */
  readonly bypass?: number | undefined;
}

/** What somebody does to the meter at an instant; `error` in ms is how far the clock is ahead of the truth once it is set. */
export type ScenarioAct =
  | { readonly type: "replace-battery" }
  | { readonly type: "set-clock"; readonly error: number }
  | { readonly type: "press-reconnect" };

/** Something that happens to the meter. */
export interface ScenarioEvent {
  readonly when: ScenarioTime;
  /** ms for which supply, contacts and relay are as they are here; 0 for acts alone, Infinity for ever. */
  readonly duration: number;
  readonly supply: SupplyChange;
  /** Covers that are open, fields that are there. */
  readonly contacts: readonly ContactName[];
  readonly relayStuck: boolean;
  /** Done when the event begins. */
  readonly acts: readonly ScenarioAct[];
}

/** What happens to a meter, and when. */
export interface Scenario {
  /** By which a stored meter knows the scenario again. */
  readonly name: string;
  /** Times are counted from the first instant that the meter lives with the scenario, its simulated past included, or that it is served. */
  readonly start: "beginning" | "serving";
  /** Microseconds that the clock gains per second; undefined for a clock like any other. */
  readonly driftPpm?: number | undefined;
  /** ms for which a battery keeps the clock in all; undefined for a battery like any other. */
  readonly batteryReserve?: number | undefined;
  readonly events: readonly ScenarioEvent[];
}
