/**
 * The short codes of the keypad: one row for each item, with the codes of others for the same. No standard has such a list; these
 * are three digits, and the two digits of SPLN D3.009-1 where they are free.
 */

/** A row of the table that shows something. `from` is the code of the first of `count` items, whose index counts from 1. */
interface ShowRow {
  readonly kind: "show";
  readonly from: number;
  readonly count?: number;
  readonly item: string;
  /** At most 18 characters; # is the index. */
  readonly label: string;
  readonly aliases?: readonly string[];
}

/** What codes show. */
const showRows = [
  { kind: "show", from: 1, item: "totalActiveImport", label: "Import", aliases: ["38", "851"] },
  { kind: "show", from: 2, item: "totalActiveExport", label: "Export" },
  { kind: "show", from: 3, item: "totalReactiveImport", label: "Reactive import" },
  { kind: "show", from: 4, item: "totalReactiveExport", label: "Reactive export" },
  { kind: "show", from: 5, item: "totalApparentImport", label: "Apparent import" },
  { kind: "show", from: 6, item: "totalApparentExport", label: "Apparent export" },
  { kind: "show", from: 7, item: "remainingCredit", label: "Credit", aliases: ["37"] },
  { kind: "show", from: 8, item: "price", label: "Price, step, rate" },
  { kind: "show", from: 9, item: "daysLeft", label: "Days left", aliases: ["81"] },
  { kind: "show", from: 11, count: 8, item: "energyOfRate", label: "Import rate #" },
  { kind: "show", from: 20, item: "voltage", label: "Voltage", aliases: ["41", "807"] },
  { kind: "show", from: 21, item: "current", label: "Current", aliases: ["44", "808"] },
  { kind: "show", from: 22, item: "neutralCurrent", label: "Neutral current" },
  { kind: "show", from: 23, item: "activePower", label: "Power", aliases: ["47", "814"] },
  { kind: "show", from: 24, item: "reactivePower", label: "Reactive power" },
  { kind: "show", from: 25, item: "apparentPower", label: "Apparent power", aliases: ["40"] },
  { kind: "show", from: 26, item: "powerFactor", label: "Power factor", aliases: ["39"] },
  { kind: "show", from: 27, item: "frequency", label: "Frequency" },
  { kind: "show", from: 28, item: "lowCreditThreshold", label: "Low credit at", aliases: ["79"] },
  { kind: "show", from: 29, item: "alarmDelay", label: "Alarm every", aliases: ["78"] },
  { kind: "show", from: 30, item: "maximumDemand", label: "Maximum demand" },
  { kind: "show", from: 31, item: "runningDemand", label: "Demand" },
  { kind: "show", from: 41, item: "emergencyCredit", label: "Emergency credit" },
  { kind: "show", from: 42, item: "friendlyTime", label: "Friendly time" },
  { kind: "show", from: 50, item: "meterNumber", label: "Meter number", aliases: ["75", "804"] },
  { kind: "show", from: 51, item: "supplyGroupCode", label: "Supply group" },
  { kind: "show", from: 52, item: "keyRevisionNumber", label: "Key revision" },
  { kind: "show", from: 53, item: "tariffIndex", label: "Tariff index" },
  { kind: "show", from: 54, item: "keyTypeAndExpiry", label: "Key type, expiry" },
  { kind: "show", from: 55, item: "paymentMode", label: "Mode" },
  { kind: "show", from: 56, item: "maximumPower", label: "Power limit" },
  { kind: "show", from: 57, item: "maximumCredit", label: "Most credit" },
  { kind: "show", from: 58, item: "encryptionAlgorithm", label: "Algorithm" },
  { kind: "show", from: 60, item: "relayState", label: "Relay, reason" },
  { kind: "show", from: 61, item: "tamperStatus", label: "Tamper" },
  { kind: "show", from: 62, item: "lastEvent", label: "Last event" },
  { kind: "show", from: 63, item: "powerCuts", label: "Power cuts", aliases: ["69", "809"] },
  { kind: "show", from: 64, item: "firmwareVersion", label: "Firmware" },
  { kind: "show", from: 65, item: "date", label: "Date" },
  { kind: "show", from: 66, item: "time", label: "Time" },
  { kind: "show", from: 80, item: "tokenCount", label: "Tokens" },
  { kind: "show", from: 81, item: "refund", label: "Refund" },
  { kind: "show", from: 101, count: 13, item: "activeImportOfMonth", label: "Month -#" },
  { kind: "show", from: 201, count: 62, item: "activeImportOfDay", label: "Day -#" },
  { kind: "show", from: 301, count: 50, item: "tokenHistory", label: "Token -#", aliases: ["54", "59"] },
] as const satisfies readonly ShowRow[];

/** The name of what a code shows; values are the meter's. */
export type KeypadItem = (typeof showRows)[number]["item"];

/** What codes do. `confirm`: Enter twice. */
const actRows = [
  { kind: "act", from: 40, act: "selectEmergencyCredit", label: "Emergency credit", confirm: true },
  { kind: "act", from: 70, act: "closeRelay", label: "Switch on", confirm: false },
] as const;

/** The name of what a code makes the meter do. */
export type KeypadAct = (typeof actRows)[number]["act"];

/** Parameters that a customer may change: two digits behind a code of three. */
const setRows = [
  { kind: "set", from: 456, setting: "lowCreditThreshold", label: "Low credit at" },
  { kind: "set", from: 123, setting: "alarmDelay", label: "Alarm every, min" },
] as const;

/** The name of a parameter that a customer may change. */
export type KeypadSetting = (typeof setRows)[number]["setting"];

/** What the unit does by itself. 000 shows all segments and then what the meter says of its firmware. */
const unitRows = [
  { kind: "unit", from: 45, does: "mute", label: "Alarm muted", aliases: ["812"] },
  { kind: "unit", from: 0, does: "test", label: "Display test", aliases: [] },
] as const;

/** The whole table, in the order in which people look codes up. */
export const shortCodes = [...unitRows, ...showRows, ...actRows, ...setRows] as const;

/** What keyed digits mean. */
export type ShortCode =
  | { readonly kind: "show"; readonly code: string; readonly item: KeypadItem; readonly index: number; readonly label: string }
  | { readonly kind: "act"; readonly code: string; readonly act: KeypadAct; readonly label: string; readonly confirm: boolean }
  | { readonly kind: "set"; readonly code: string; readonly setting: KeypadSetting; readonly label: string }
  | { readonly kind: "unit"; readonly code: string; readonly does: (typeof unitRows)[number]["does"]; readonly label: string };

/** A code as it is keyed: three digits. */
function threeDigits(code: number): string {
  return String(code).padStart(3, "0");
}

function meaningsOf(row: (typeof shortCodes)[number]): readonly ShortCode[] {
  if (row.kind !== "show") return [{ ...row, code: threeDigits(row.from) }];
  const { kind, from, item, label } = row;
  if (!("count" in row)) return [{ kind, code: threeDigits(from), item, index: 0, label }];
  return Array.from({ length: row.count }, (_, index) => ({
    kind,
    code: threeDigits(from + index),
    item,
    index: index + 1,
    label: label.replace("#", String(index + 1)),
  }));
}

const byCode: ReadonlyMap<string, ShortCode> = new Map(
  shortCodes.flatMap((row) => {
    const meanings = meaningsOf(row);
    const [first] = meanings;
    const aliases: readonly string[] = "aliases" in row ? row.aliases : [];
    return [
      ...meanings.map((meaning) => [meaning.code, meaning] as const),
      ...aliases.flatMap((alias) => (first === undefined ? [] : [[alias, first] as const])),
    ];
  }),
);

/** What a code means, its own or one of its aliases; undefined for none. */
export function shortCodeOf(code: string): ShortCode | undefined {
  return byCode.get(code);
}

/** The items of tests and displays that tokens of class 1 ask for, by their numbers (IEC 62055-41, control field). */
export const itemsOfTests: Readonly<Record<number, KeypadItem>> = {
  1: "relayState",
  3: "totalActiveImport",
  4: "keyRevisionNumber",
  5: "tariffIndex",
  7: "maximumPower",
  8: "tamperStatus",
  9: "activePower",
  10: "firmwareVersion",
  13: "price",
  14: "encryptionAlgorithm",
  16: "supplyGroupCode",
  17: "keyTypeAndExpiry",
  18: "meterNumber",
};

/** The test of the display itself, which is the unit's to carry out. */
export const displayTest = 2;

/** The label of an item whose number is not asked for. */
export function labelOf(item: KeypadItem): string {
  return showRows.find((row) => row.item === item)?.label ?? item;
}
