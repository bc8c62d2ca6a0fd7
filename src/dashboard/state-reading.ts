import type { ReadingIdentity } from "../mqtt-bridge/reading.ts";
import { fieldOf, stateSources } from "../mqtt-bridge/state-keys.ts";
import type { LiveMeter, LiveValue, PageValue } from "./contract.ts";
import type { BoardReading } from "./live-board.ts";

/** What a canonical key is of. */
interface KeyedObject extends Pick<ReadingIdentity, "logicalName" | "attribute"> {
  readonly name: string;
  readonly unit: string | null;
}

/** Members of the state that are of the snapshot and of no object (mqtt.md 2.1). */
const metaKeys: ReadonlySet<string> = new Set(["meter_time", "clock_drift_s", "read_time", "quality", "source", "seq", "currency"]);

/** Units in which some canonical key is read; a code of a currency stands for all of them. */
const units = [undefined, "Wh", "varh", "VAh", "W", "var", "VA", "V", "A", "Hz", "m³", "EUR"] as const;
const qualities: readonly LiveMeter["quality"][] = ["good", "doubtful", "stale"];
/** More keys than any meter has. */
const mostKeys = 1000;
const longestText = 1024;

/** By key: the table of canonical keys, read backwards; where several objects have one key, the first of the table. */
const objects: ReadonlyMap<string, KeyedObject> = new Map(
  stateSources.toReversed().flatMap(({ logicalName, attribute }) =>
    units.flatMap((unit) => {
      const { key, entity } = fieldOf({ logicalName, attribute, name: "", ...(unit === undefined ? {} : { unit }) });
      // A nameless object in a unit that the table does not know is called by the digits of its logical name.
      return /^\d/.test(key) ? [] : [[key, { logicalName, attribute, name: entity.name, unit: entity.unit ?? null }] as const];
    }),
  ),
);

/** The present values in a payload of `<meter>/state`; undefined where it is none. */
export function stateReading(state: Readonly<Record<string, unknown>>): BoardReading | undefined {
  const { read_time, meter_time, clock_drift_s, quality, currency } = state;
  const readTime = typeof read_time === "string" ? Date.parse(read_time) : Number.NaN;
  if (Number.isNaN(readTime)) return undefined;
  const money = typeof currency === "string" ? currency.slice(0, 8) : undefined;
  return {
    values: Object.entries(state)
      .slice(0, mostKeys)
      .flatMap(([key, value]) => liveValue(key, value, money) ?? []),
    currency: money,
    readTime,
    meterTime: typeof meter_time === "string" ? meter_time.slice(0, 40) : null,
    driftSeconds: typeof clock_drift_s === "number" ? clock_drift_s : null,
    quality: qualities.find((known) => known === quality) ?? "doubtful",
  };
}

function liveValue(key: string, raw: unknown, currency: string | undefined): LiveValue | undefined {
  const value = pageValue(raw);
  if (metaKeys.has(key) || value === undefined) return undefined;
  const known = objects.get(key);
  if (known === undefined) return { key, logicalName: "", attribute: 2, name: key.replaceAll("_", " "), value, unit: null };
  // Of money the table knows that it is some.
  return { key, ...known, value, ...(key === "credit_balance" ? { unit: currency ?? null } : {}) };
}

function pageValue(raw: unknown): PageValue | undefined {
  if (typeof raw === "number" || typeof raw === "boolean") return raw;
  if (typeof raw === "string") return raw.slice(0, longestText);
  return Array.isArray(raw) ? raw.slice(0, mostKeys).map((item) => String(item).slice(0, longestText)) : undefined;
}
