import type { Entity, StateField } from "./entity.ts";
import { namedField } from "./named-field.ts";
import { dimensionless, isMoney, published, quantityOf } from "./quantities.ts";
import type { ReadingIdentity } from "./reading.ts";
import {
  alarmBits,
  creditStatus,
  creditStatuses,
  flagsFrom,
  friendlyStatus,
  paymentModes,
  rateNumber,
  relayReason,
  relayStates,
  wordFrom,
} from "./state-words.ts";
import { isoMoment } from "./text.ts";

/** A canonical key: where its value is read and how it is published. */
interface Row {
  readonly logicalName: string;
  readonly attribute: number;
  readonly key: string;
  /** True when a reading in this unit is meant; another unit falls back to the object's own name. */
  readonly accepts: (unit: string | undefined) => boolean;
  readonly field: (unit: string | undefined) => StateField;
}

type EntityTraits = Partial<Omit<Entity, "name">>;

/** "1.0.1.8.0.255" -> "1-0:1.8.0", with the attribute where it is not the value. */
function uniqueSuffix(logicalName: string, attribute: number): string {
  const [a, b, c, d, e, f] = logicalName.split(".");
  return `${a}-${b}:${c}.${d}.${e}${f === "255" ? "" : `*${f}`}${attribute === 2 ? "" : `_${attribute}`}`;
}

function row(
  source: { readonly logicalName: string; readonly attribute?: number; readonly key: string; readonly name: string },
  convert: StateField["convert"],
  traits: EntityTraits,
): Row {
  const { logicalName, attribute = 2, key, name } = source;
  const entity = { component: key, uniqueSuffix: uniqueSuffix(logicalName, attribute), platform: "sensor", ...traits, name } as const;
  const field = { key, convert, entity, counter: false, momentary: false };
  return { logicalName, attribute, key, accepts: () => true, field: () => field };
}

function quantityRow(
  kind: "counter" | "momentary" | "level",
  unit: string | undefined,
  logicalName: string,
  key: string,
  name: string,
  traits: EntityTraits = {},
): Row {
  const quantity = quantityOf(unit);
  const base = row({ logicalName, key, name }, (value) => published(value, quantity), {
    ...(quantity.deviceClass === undefined ? {} : { deviceClass: quantity.deviceClass }),
    stateClass: kind === "counter" ? "total_increasing" : "measurement",
    precision: quantity.precision,
    ...traits,
  });
  const described = base.field(unit);
  const entity = quantity.unit === "" ? described.entity : { ...described.entity, unit: quantity.unit };
  const field = { ...described, entity, counter: kind === "counter", momentary: kind === "momentary" };
  return { ...base, accepts: (offered) => offered === unit, field: () => field };
}

const counter = quantityRow.bind(undefined, "counter");
const momentary = quantityRow.bind(undefined, "momentary");

function creditRows(logicalName: string, attribute: number): Row[] {
  const traits = { component: "credit", uniqueSuffix: "credit" };
  const energy = quantityRow("level", "Wh", logicalName, "credit_balance_kwh", "Credit", { ...traits, deviceClass: "energy_storage" });
  return [
    { ...energy, attribute },
    {
      logicalName,
      attribute,
      key: "credit_balance",
      accepts: isMoney,
      field: (unit) => moneyField("credit_balance", "Credit", traits, unit),
    },
  ];
}

function moneyField(
  key: string,
  name: string,
  traits: { readonly component: string; readonly uniqueSuffix: string },
  unit: string | undefined,
): StateField {
  const quantity = quantityOf(unit);
  const { deviceClass } = quantity;
  const entity: Entity = {
    ...traits,
    platform: "sensor",
    name,
    ...(deviceClass === undefined ? {} : { deviceClass, unit: quantity.unit }),
    stateClass: "total",
    precision: quantity.precision,
  };
  return { key, convert: (value) => published(value, quantity), entity, counter: false, momentary: false };
}

const moment = (value: unknown) => (typeof value === "string" ? isoMoment(value) : undefined);
const count = (value: unknown) => published(value, dimensionless);
const diagnostic = { category: "diagnostic", enabledByDefault: false } as const;

/** The one table of canonical keys. A row is all there is to a key: source, conversion and what Home Assistant is told. */
const rows: readonly Row[] = [
  counter("Wh", "1.0.1.8.0.255", "active_energy_import_total", "Energy import", { component: "energy_import" }),
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((rate) =>
    counter("Wh", `1.0.1.8.${rate}.255`, `active_energy_import_t${rate}`, `Energy import tariff ${rate}`, {
      component: `energy_import_t${rate}`,
    }),
  ),
  counter("Wh", "1.0.2.8.0.255", "active_energy_export_total", "Energy export", { component: "energy_export" }),
  counter("varh", "1.0.3.8.0.255", "reactive_energy_import_total", "Reactive energy import"),
  counter("varh", "1.0.4.8.0.255", "reactive_energy_export_total", "Reactive energy export"),
  counter("VAh", "1.0.9.8.0.255", "apparent_energy_import_total", "Apparent energy import"),
  counter("VAh", "1.0.10.8.0.255", "apparent_energy_export_total", "Apparent energy export"),
  counter("Wh", "0.0.96.66.0.255", "significant_reverse_energy_total", "Significant reverse energy"),
  counter("m³", "7.0.3.0.0.255", "gas_volume_total", "Gas", { deviceClass: "gas" }),
  counter("m³", "8.0.1.0.0.255", "water_volume_total", "Water", { deviceClass: "water" }),
  momentary("W", "1.0.1.7.0.255", "active_power_import", "Power import", { component: "power_import" }),
  momentary("W", "1.0.2.7.0.255", "active_power_export", "Power export", { component: "power_export" }),
  ...[21, 41, 61].map((c, index) =>
    momentary("W", `1.0.${c}.7.0.255`, `active_power_import_l${index + 1}`, `Power import L${index + 1}`, {
      component: `power_import_l${index + 1}`,
    }),
  ),
  momentary("var", "1.0.3.7.0.255", "reactive_power_import", "Reactive power import"),
  momentary("var", "1.0.4.7.0.255", "reactive_power_export", "Reactive power export"),
  momentary("VA", "1.0.9.7.0.255", "apparent_power_import", "Apparent power import"),
  ...[32, 52, 72].map((c, index) => momentary("V", `1.0.${c}.7.0.255`, `voltage_l${index + 1}`, `Voltage L${index + 1}`)),
  ...[31, 51, 71].map((c, index) => momentary("A", `1.0.${c}.7.0.255`, `current_l${index + 1}`, `Current L${index + 1}`)),
  momentary("A", "1.0.91.7.0.255", "current_neutral", "Current neutral"),
  momentary(undefined, "1.0.13.7.0.255", "power_factor", "Power factor", { deviceClass: "power_factor" }),
  momentary("Hz", "1.0.14.7.0.255", "frequency", "Frequency"),
  quantityRow("level", "W", "1.0.1.6.0.255", "demand_import_max", "Maximum demand"),
  row({ logicalName: "1.0.1.6.0.255", attribute: 5, key: "demand_import_max_time", name: "Maximum demand time" }, moment, {
    deviceClass: "timestamp",
    ...diagnostic,
  }),
  // The Account itself and the register that mirrors it: a meter gives one of them or both.
  ...creditRows("0.0.19.0.0.255", 5),
  ...creditRows("0.0.96.60.0.255", 2),
  row({ logicalName: "0.0.96.60.15.255", key: "credit_days_left", name: "Credit days left" }, count, {
    deviceClass: "duration",
    stateClass: "measurement",
    unit: "d",
    precision: 0,
  }),
  // The Account says nothing of friendly times; the credit with which they are lived through does.
  ...(
    [
      ["0.0.19.0.0.255", 4, creditStatus],
      ["0.0.19.10.2.255", 8, friendlyStatus],
    ] as const
  ).map(([logicalName, attribute, convert]) =>
    row({ logicalName, attribute, key: "credit_status", name: "Credit status" }, convert, {
      uniqueSuffix: "credit_status",
      deviceClass: "enum",
      options: creditStatuses,
    }),
  ),
  row({ logicalName: "0.0.96.61.0.255", key: "payment_mode", name: "Payment mode" }, wordFrom(paymentModes), {
    deviceClass: "enum",
    options: paymentModes.slice(1),
    category: "diagnostic",
  }),
  row({ logicalName: "0.0.96.14.0.255", key: "tariff", name: "Tariff" }, rateNumber, {}),
  row({ logicalName: "0.0.96.61.12.255", key: "step", name: "Tariff step" }, count, {}),
  row({ logicalName: "0.0.96.3.10.255", attribute: 3, key: "relay_state", name: "Relay" }, wordFrom(relayStates), {
    component: "relay",
    uniqueSuffix: "relay",
    platform: "binary_sensor",
    deviceClass: "power",
    payloadOn: "connected",
    payloadOff: "disconnected",
    // "ready" waits for the customer's key: the supply is still off.
    expression: "'disconnected' if value_json.relay_state == 'ready' else value_json.relay_state | default(None)",
  }),
  row({ logicalName: "0.0.96.65.3.255", key: "relay_reason", name: "Relay reason" }, relayReason, { category: "diagnostic" }),
  ...alarmBits.map(([logicalName, names]) =>
    row({ logicalName, key: "alarms", name: "Alarms" }, flagsFrom(names), {
      uniqueSuffix: "alarms",
      category: "diagnostic",
      expression: "(value_json.alarms | default([]) | join(', '))[:255]",
    }),
  ),
  row({ logicalName: "0.0.1.0.0.255", key: "meter_time", name: "Meter time" }, moment, {
    uniqueSuffix: "clock",
    deviceClass: "timestamp",
    ...diagnostic,
  }),
];

/** Keys of the state that come from the snapshot itself. */
const metaKeys = ["meter_time", "clock_drift_s", "read_time", "quality", "source", "seq", "currency"] as const;

const reserved: ReadonlySet<string> = new Set([...rows.map(({ key }) => key), ...metaKeys]);

const rowsBySource = new Map<string, Row[]>();
for (const entry of rows) {
  const source = sourceOf(entry);
  rowsBySource.set(source, [...(rowsBySource.get(source) ?? []), entry]);
}

/** Every attribute that a canonical key can come from: what a gateway asks a meter for. */
export const stateSources: readonly Pick<ReadingIdentity, "logicalName" | "attribute">[] = rows.map(({ logicalName, attribute }) => ({
  logicalName,
  attribute,
}));

/** One text per attribute of a meter: "1.0.1.8.0.255#2". */
export function sourceOf({ logicalName, attribute }: Pick<ReadingIdentity, "logicalName" | "attribute">): string {
  return `${logicalName}#${attribute}`;
}

/** The key, conversion and description for a reading: by the table, or by the object's own name where the table has no row. */
export function fieldOf(identity: ReadingIdentity): StateField {
  const row = rowsBySource.get(sourceOf(identity))?.find(({ accepts }) => accepts(identity.unit));
  return row?.field(identity.unit) ?? namedField(identity, reserved);
}

/** What the meter's clock is published as, also when it comes with the snapshot and not as a reading. */
export const meterTimeField: StateField = fieldOf({ logicalName: "0.0.1.0.0.255", attribute: 2, name: "Clock" });

/** What the clock's drift is published as; it is computed, not read. */
export const clockDriftField: StateField = quantityRow("level", "s", "0.0.1.0.0.255", "clock_drift_s", "Clock drift", {
  component: "clock_drift",
  uniqueSuffix: "clock_drift",
  ...diagnostic,
}).field("s");

/** True where several objects contribute to one list. */
export function isJoined(key: string): boolean {
  return key === "alarms";
}
