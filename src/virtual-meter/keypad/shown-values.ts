import { instantToDateTime } from "../../dlms/axdr/date-time.ts";
import type { DisplayItem } from "../../keypad/keypad-status.ts";
import type { KeypadItem } from "../../keypad/short-codes.ts";
import { type CaptureRows, eventLogNames, type Instant, type Meter, type ProfileName, relayCauses } from "../../meter-model/index.ts";
import type { MeterIdentity } from "../identity.ts";
import { meterDateTime, pastDateTime } from "../mapping/clock.ts";
import { creditAmount, decimal, energyOf, stampTexts } from "./format.ts";

/** Pages of an item; `index` counts from 1 where there are several. Nothing for what the meter does not have. */
type Show = (meter: Meter, index: number, identity: MeterIdentity) => readonly DisplayItem[] | undefined;

const page = (value: string | number, unit?: string, label?: string): DisplayItem => ({
  value: String(value),
  ...(unit !== undefined && { unit }),
  ...(label !== undefined && { label }),
});

/** What each short code shows. */
export const shownValues: Readonly<Record<KeypadItem, Show>> = {
  totalActiveImport: (meter) => [energyOf(meter.energy("activeImport"))],
  totalActiveExport: (meter) => [energyOf(meter.energy("activeExport"))],
  totalReactiveImport: (meter) => [energyOf(meter.energy("reactiveImport"), "kvarh")],
  totalReactiveExport: (meter) => [energyOf(meter.energy("reactiveExport"), "kvarh")],
  totalApparentImport: (meter) => [energyOf(meter.energy("apparentImport"), "kVAh")],
  totalApparentExport: (meter) => [energyOf(meter.energy("apparentExport"), "kVAh")],
  energyOfRate: (meter, rate) => [energyOf(meter.ratedEnergy("activeImport", rate))],
  activeImportOfMonth: (meter, back) => frozen(meter, "monthly", back),
  activeImportOfDay: (meter, back) => frozen(meter, "daily", back),
  remainingCredit: (meter) => [creditAmount(meter, meter.credit.available)],
  price: (meter) => [
    ...(meter.credit.unit === "currency" ? [{ ...creditAmount(meter, meter.credit.price), label: "Price of a kWh" }] : []),
    page(meter.steps.step, undefined, "Step"),
    page(meter.rate, undefined, "Rate"),
  ],
  daysLeft: ({ credit }) => [page(credit.daysLeft)],
  lowCreditThreshold: (meter) => [creditAmount(meter, meter.credit.terms.low1)],
  alarmDelay: ({ credit }) => [page(credit.buzzer.repeat, "min")],
  emergencyCredit: (meter) => [
    { ...creditAmount(meter, meter.credit.emergencyLeft), label: "Emergency left" },
    { ...creditAmount(meter, meter.credit.owed), label: "Owed" },
  ],
  friendlyTime: (meter) => {
    const { friendly, inFriendlyTime, friendlyChangeAt } = meter.credit;
    if (!friendly.enabled || friendlyChangeAt === undefined) return [page("OFF")];
    const { date, time } = stampTexts(pastDateTime(meter, friendlyChangeAt));
    return [page(inFriendlyTime ? "On" : "OFF"), page(time.slice(0, 5), undefined, `${inFriendlyTime ? "Until" : "From"} ${date}`)];
  },
  voltage: ({ measurement }) => [page(decimal(measurement.voltage, 1000, 1), "V")],
  current: ({ measurement }) => [page(decimal(measurement.current, 1000, 3), "A")],
  neutralCurrent: ({ measurement }) => [page(decimal(measurement.neutralCurrent, 1000, 3), "A")],
  activePower: ({ measurement }) => [page(decimal(measurement.activeNet, 1e6, 3), "kW")],
  reactivePower: ({ measurement }) => [page(decimal(measurement.reactiveNet, 1e6, 3), "kvar")],
  apparentPower: ({ measurement }) => [page(decimal(measurement.apparentImport + measurement.apparentExport, 1e6, 3), "kVA")],
  powerFactor: ({ measurement }) => [page(decimal(measurement.powerFactor, 1000, 2))],
  frequency: ({ measurement }) => [page(decimal(measurement.frequency, 1000, 2), "Hz")],
  maximumDemand: (meter) => {
    const { maximum, maximumAt } = meter.demand("activeImport");
    const value = page(decimal(maximum, 1000, 3), "kW");
    return maximumAt === undefined ? [value] : [value, moment(meter, maximumAt)];
  },
  runningDemand: (meter) => [page(decimal(meter.demand("activeImport").currentAverage, 1000, 3), "kW")],
  meterNumber: (_meter, _index, { decoderReferenceNumber }) => [page(decoderReferenceNumber)],
  supplyGroupCode: ({ tokens }) => tokens.key && [page(String(tokens.key.supplyGroupCode).padStart(6, "0"))],
  keyRevisionNumber: ({ tokens }) => tokens.key && [page(tokens.key.keyRevisionNumber)],
  tariffIndex: ({ tokens }) => tokens.key && [page(String(tokens.key.tariffIndex).padStart(2, "0"))],
  keyTypeAndExpiry: ({ tokens }) =>
    tokens.key && [page(tokens.key.keyType, undefined, "Key type"), page(tokens.key.keyExpiryNumber, undefined, "Key expiry")],
  paymentMode: ({ credit }) => [page(credit.mode === "prepaid" ? "PrE" : "POSt", credit.unit === "energy" ? "kWh" : credit.currency.name)],
  maximumPower: ({ limiters }) => [page(decimal(limiters.power.settings.thresholdNormal, 1e6, 3), "kW")],
  maximumCredit: (meter) => [creditAmount(meter, meter.credit.terms.maximumCredit)],
  encryptionAlgorithm: ({ tokens }) => tokens.config && [page(`EA${tokens.config.algorithm.code}`)],
  relayState: ({ relay }) => [page(relay.closed ? "On" : "OFF"), page(causeOf(relay.cause), undefined, "Reason")],
  tamperStatus: ({ tampers }) => [page(tampers.present, undefined, "Tamper now"), page(tampers.latched, undefined, "Tamper before")],
  lastEvent,
  powerCuts: ({ supply }) => [page(supply.failures)],
  firmwareVersion: (_meter, _index, { firmware }) => [page(firmware.application)],
  date: (meter) => [page(stampTexts(meterDateTime(meter)).date)],
  time: (meter) => [page(stampTexts(meterDateTime(meter)).time)],
  tokenCount: ({ tokens }) => [page(tokens.accepted)],
  refund: (meter) => [
    { ...creditAmount(meter, meter.credit.refunds.lastAmount), label: "Last refund" },
    page(meter.credit.refunds.count, undefined, "Refunds"),
  ],
  tokenHistory: (meter, back) => {
    const { credits } = meter.tokens;
    const row = credits.length - back;
    if (row < 0) return undefined;
    const cell = (column: string): number => credits.valueAt(row, credits.columns.indexOf(column));
    const digits = ["high", "low"].map((half) => String(cell(half)).padStart(10, "0")).join("");
    const { date, time } = stampTexts(stampOf(credits, row));
    return [creditAmount(meter, cell("amount")), page(digits.replaceAll(/(\d{4})(?=\d)/g, "$1 ")), page(time, undefined, date)];
  },
};

function moment(meter: Meter, at: Instant): DisplayItem {
  const { date, time } = stampTexts(pastDateTime(meter, at));
  return page(time, undefined, date);
}

/** What was used in a period, and the register as it was frozen at its end. */
function frozen(meter: Meter, name: ProfileName, back: number): readonly DisplayItem[] | undefined {
  const { rows, columns } = meter.profile(name);
  const column = columns.indexOf("activeImport");
  const row = rows.length - back;
  if (row < 0 || column < 0) return undefined;
  const reading = rows.valueAt(row, column);
  const used = row === 0 ? [] : [energyOf(reading - rows.valueAt(row - 1, column))];
  return [...used, { ...energyOf(reading), label: `Until ${stampTexts(stampOf(rows, row)).date}` }];
}

function stampOf(rows: CaptureRows, row: number) {
  return instantToDateTime(rows.stampAt(row), -rows.offsetMinutesAt(row));
}

const causes: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(relayCauses).map(([name, number]) => [number, name]));

/** "outOfCredit" as "out of credit". */
function causeOf(cause: number): string {
  return (causes[cause] ?? "").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).slice(0, 24);
}

/** The newest entry of all logs: log and code, then when. */
function lastEvent({ events }: Meter): readonly DisplayItem[] | undefined {
  const newest = eventLogNames
    .map((name, log) => ({ log, rows: events.rows(name) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ log, rows }) => ({ log, rows, at: rows.stampAt(rows.length - 1) }))
    .sort((a, b) => b.at - a.at)[0];
  if (newest === undefined) return undefined;
  const { log, rows } = newest;
  const { date, time } = stampTexts(stampOf(rows, rows.length - 1));
  return [page(`${log}-${rows.valueAt(rows.length - 1, 0)}`), page(time, undefined, date)];
}
