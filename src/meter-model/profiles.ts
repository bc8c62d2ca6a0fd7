import { CaptureBuffer } from "./capture-buffer.ts";
import { type CaptureColumn, maximumColumns, withRates } from "./columns.ts";
import { chargeNames } from "./credit/charge.ts";
import type { DatePattern } from "./date-pattern.ts";
import type { Instant } from "./units.ts";

export interface ProfileDefinition {
  /** Seconds; what the meter starts with. Divides the day; 0 captures by command only, or as `dates` say. */
  readonly period: number;
  /** Captures at these local times instead, of which the period only tells; clients move them by a single action schedule. */
  readonly dates?: DatePattern;
  /** A freeze: rows of missed boundaries are caught up, the latest or none, and nothing is frozen by an invalid clock. */
  readonly catchUp?: "latest" | "none";
  /** Rows kept. */
  readonly capacity: number;
  readonly columns: readonly CaptureColumn[];
}

const dailyColumns = [...withRates("activeImport"), ...withRates("activeExport")];

const dailyCredit = ["available", "emergencyUsed", "owed", "spentYesterday", "balance"].map((name) => `credit.${name}`);

/** Registers of a closed billing period. */
const billingColumns = [
  "billingPeriods",
  ...withRates("activeImport"),
  ...withRates("activeExport"),
  ...withRates("reactiveImport"),
  ...withRates("reactiveExport"),
  ...withRates("apparentImport"),
  ...maximumColumns("activeImport", true),
  ...maximumColumns("activeExport", false),
  ...maximumColumns("reactiveImport", false),
  ...maximumColumns("reactiveExport", false),
  "demand.activeImport.cumulative",
  "reverseEnergy",
  "credit.available",
  "credit.total.token",
  "credit.total.consumption",
  "credit.total.refund",
  "credit.spentThisMonth",
  ...chargeNames.map((name) => `charge.${name}.paid`),
  ...(["debt1", "debt2", "paymentDebt"] as const).map((name) => `charge.${name}.remaining`),
  "errors",
];

/** The profiles of the meter; another one is another row here. They capture at the same instant in this order. */
export const profileDefinitions = {
  load: {
    period: 900,
    capacity: 8928,
    columns: ["activeImport", "activeExport", "demand.activeImport.last", "voltage", "current", "credit.available"],
  },
  hourly: { period: 3600, catchUp: "none", capacity: 48, columns: ["activeImport", "activeExport"] },
  daily: {
    period: 86_400,
    dates: { hour: 0, minute: 0, second: 0 },
    catchUp: "latest",
    capacity: 62,
    columns: [...dailyColumns, "reactiveImport", "reactiveExport", "apparentImport", "reverseEnergy", ...dailyCredit, "rate"],
  },
  monthly: { period: 0, dates: { day: 1, hour: 0, minute: 0, second: 0 }, catchUp: "latest", capacity: 13, columns: billingColumns },
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
  /** Seconds; 0: by command only, or by dates. */
  period: number;
  /** Bits of `RowStatus` collected for the running interval. */
  pendingStatus: number;
  /** The first boundary that an invalid clock passed without the freeze that is to be caught up. */
  missedSince: Instant | undefined;
  rows: CaptureBuffer;
}

/** An empty profile. */
export function newProfile(definition: ProfileDefinition): ProfileState {
  return {
    period: definition.period,
    pendingStatus: 0,
    missedSince: undefined,
    rows: new CaptureBuffer(definition.columns, definition.capacity),
  };
}
