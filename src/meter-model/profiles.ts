import { CaptureBuffer } from "./capture-buffer.ts";
import type { DemandQuantity } from "./demand.ts";
import type { EnergyName } from "./energy.ts";
import type { Measurement } from "./measurement.ts";

/** What a column is selected from: the registers as they stand when the row is captured. */
export interface CaptureSource {
  /** Wh, varh, VAh */
  energy(name: EnergyName): number;
  /** W */
  lastAverageDemand(quantity: DemandQuantity): number;
  readonly measurement: Measurement;
}

/** Everything a profile can capture, with its unit. */
export const captureColumns = {
  /** Wh */
  activeImport: (source: CaptureSource) => source.energy("activeImport"),
  /** Wh */
  activeExport: (source: CaptureSource) => source.energy("activeExport"),
  /** W */
  lastAverageImport: (source: CaptureSource) => source.lastAverageDemand("activeImport"),
  /** mV */
  voltage: (source: CaptureSource) => source.measurement.voltage,
  /** mA */
  current: (source: CaptureSource) => source.measurement.current,
} as const;

export type CaptureColumn = keyof typeof captureColumns;

export interface ProfileDefinition {
  /** Seconds; what the meter starts with. Divides the day; 0 captures by command only. */
  readonly period: number;
  /** Rows kept. */
  readonly capacity: number;
  readonly columns: readonly CaptureColumn[];
}

/** The profiles of the meter; another one is another row here. */
export const profileDefinitions = {
  load: { period: 900, capacity: 8928, columns: ["activeImport", "activeExport", "lastAverageImport", "voltage", "current"] },
  hourly: { period: 3600, capacity: 48, columns: ["activeImport", "activeExport"] },
} as const satisfies Readonly<Record<string, ProfileDefinition>>;

export type ProfileName = keyof typeof profileDefinitions;

export const profileNames = Object.keys(profileDefinitions) as readonly ProfileName[];

/** Bits of a row's status (AMR profile status of IDIS and DSMR). */
export const RowStatus = {
  criticalError: 0x01,
  clockInvalid: 0x02,
  dataNotValid: 0x04,
  daylightSaving: 0x08,
  clockAdjusted: 0x20,
  powerDown: 0x80,
} as const;

/** The part of the meter's state that is one profile. */
export interface ProfileState {
  /** Seconds; 0: by command only. */
  period: number;
  /** Bits of `RowStatus` collected for the running interval. */
  pendingStatus: number;
  rows: CaptureBuffer;
}

/** An empty profile. */
export function newProfile(definition: ProfileDefinition): ProfileState {
  return { period: definition.period, pendingStatus: 0, rows: new CaptureBuffer(definition.columns, definition.capacity) };
}
