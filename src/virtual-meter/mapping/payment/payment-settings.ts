import { type BitString, bitAt, bitString } from "../../../bytes/bit-string.ts";
import { ByteReader } from "../../../bytes/byte-reader.ts";
import { Data } from "../../../cosem-objects/classes/data.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { type Accessor, bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { encodeData } from "../../../dlms/axdr/data.ts";
import { arrayOf, boolean, octetString, structure } from "../../../dlms/axdr/data-schemas.ts";
import { dateTimeLength, readDateTime, unspecifiedDateTime } from "../../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../../dlms/axdr/dlms-data.ts";
import type { Schema } from "../../../dlms/axdr/schema.ts";
import { DecodeError } from "../../../errors.ts";
import {
  type CommandOutcome,
  creditUnits,
  type FriendlyWindow,
  type Instant,
  type Meter,
  type PaymentMode,
} from "../../../meter-model/index.ts";
import { toMeterInstant } from "../clock.ts";
import { data } from "../data-object.ts";
import { settle } from "../outcome.ts";
import { dateTimeOctets } from "../past-time.ts";

/** As account_mode of the class account says it. */
const modeNumbers: Readonly<Record<PaymentMode, number>> = { postpaid: 1, prepaid: 2 };

const windowsData = arrayOf(structure({ start: octetString, end: octetString }));

/** How the customer pays, and what he is let off: parameters of the meter's own. */
export function paymentSettings(meter: Meter): readonly CosemObject[] {
  const { credit, ports } = meter;
  const { keypad } = ports;
  const failures = (changes: Parameters<typeof keypad.configure>[0]): CommandOutcome =>
    !meter.supplied ? "no-supply" : keypad.configure(changes) ? "accepted" : "out-of-range";
  return [
    data("0.0.96.61.0.255", () => ({ type: "enum", value: modeNumbers[credit.mode] })),
    setting("0.0.96.61.1.255", () => ({ type: "enum", value: modeNumbers[credit.nextMode] }), {
      enum: (value) => {
        const mode = (Object.keys(modeNumbers) as PaymentMode[]).find((name) => modeNumbers[name] === value);
        return mode === undefined ? "out-of-range" : credit.planMode(mode);
      },
    }),
    setting("0.0.96.61.2.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, credit.switchAt) }), {
      "octet-string": (octets) => {
        const at = instantOf(meter, octets);
        return at === "invalid" ? "out-of-range" : credit.planMode(credit.nextMode, at);
      },
    }),
    setting("0.0.96.61.3.255", () => ({ type: "enum", value: creditUnits.indexOf(credit.unit) }), {
      enum: (value) => {
        const unit = creditUnits[value];
        return unit === undefined ? "out-of-range" : credit.setUnit(unit);
      },
    }),
    setting("0.0.96.61.4.255", () => ({ type: "boolean", value: credit.friendly.enabled }), {
      boolean: (enabled) => credit.setFriendly({ enabled }),
    }),
    structured(
      "0.0.96.61.5.255",
      windowsData,
      () => ({ type: "array", value: credit.friendly.windows.map(windowData) }),
      (written) => {
        const windows = written.map(({ start, end }) => ({ start: secondsOf(start), end: secondsOf(end) }));
        return credit.setFriendly({ windows });
      },
    ),
    setting("0.0.96.61.6.255", () => ({ type: "bit-string", value: dayBits(credit.friendly.days) }), {
      "bit-string": (bits) => credit.setFriendly({ days: Array.from({ length: bits.length }, (_, day) => bitAt(bits, day)) }),
    }),
    setting("0.0.96.61.7.255", () => ({ type: "double-long", value: credit.terms.overdraft }), {
      "double-long": (overdraft) => credit.setTerms({ overdraft }),
    }),
    setting("0.0.96.61.14.255", () => ({ type: "unsigned", value: Math.min(0xff, keypad.settings.allowedFailures) }), {
      unsigned: (allowedFailures) => failures({ allowedFailures }),
    }),
    setting("0.0.96.61.15.255", () => ({ type: "long-unsigned", value: Math.min(0xffff, keypad.settings.initialLockout) }), {
      "long-unsigned": (initialLockout) =>
        failures({ initialLockout, longestLockout: Math.max(initialLockout, keypad.settings.longestLockout) }),
    }),
    data("0.0.96.61.16.255", () => ({ type: "long-unsigned", value: Math.min(0xffff, Math.ceil(keypad.remaining / 1000)) })),
    structured(
      "0.0.96.61.17.255",
      structure({ enabled: boolean, muteFrom: octetString, muteUntil: octetString }),
      () => {
        const { enabled, quiet } = credit.buzzer;
        return { type: "structure", value: [{ type: "boolean", value: enabled }, ...Object.values(quiet).map(timeData)] };
      },
      ({ enabled, muteFrom, muteUntil }) => credit.setBuzzer({ enabled, quiet: { start: secondsOf(muteFrom), end: secondsOf(muteUntil) } }),
    ),
    setting("0.0.96.61.18.255", () => ({ type: "boolean", value: credit.settings.negativeAtSwitch }), {
      boolean: (negativeAtSwitch) => credit.configure({ negativeAtSwitch }),
    }),
    setting("0.0.96.61.19.255", () => ({ type: "double-long", value: credit.terms.activationCredit }), {
      "double-long": (activationCredit) => credit.setTerms({ activationCredit }),
    }),
    setting("0.0.96.65.5.255", () => ({ type: "boolean", value: meter.relay.pressAfterCredit }), {
      boolean: (needed) => {
        if (!meter.supplied) return "no-supply";
        meter.relay.pressAfterCredit = needed;
        return "accepted";
      },
    }),
  ];
}

type Setters = { readonly [Type in DlmsData["type"]]?: (value: Extract<DlmsData, { type: Type }>["value"]) => CommandOutcome };

/** A Data object that takes a value of one type. */
function setting(logicalName: LogicalName, get: () => DlmsData, setters: Setters): CosemObject {
  return settable(logicalName, {
    get,
    set: (written) => {
      const set = setters[written.type] as ((value: unknown) => CommandOutcome) | undefined;
      return set === undefined ? refuse("type-unmatched") : settle(set(written.value));
    },
  });
}

/** A Data object that takes what a schema reads. */
function structured<T>(logicalName: LogicalName, schema: Schema<T>, get: () => DlmsData, set: (value: T) => CommandOutcome): CosemObject {
  return settable(logicalName, {
    get,
    set: (written) => {
      let value: T;
      try {
        value = schema.read(new ByteReader(encodeData(written)));
      } catch (error) {
        if (error instanceof DecodeError) return refuse("type-unmatched");
        throw error;
      }
      return settle(set(value));
    },
  });
}

function settable(logicalName: LogicalName, value: Accessor<DlmsData>): CosemObject {
  return bind(Data, { logicalName, attributes: { value } });
}

function dayBits(days: readonly boolean[]): BitString {
  return bitString(
    days.length,
    [...days.keys()].filter((day) => days[day] === true),
  );
}

/** Undefined for "never". */
function instantOf(meter: Meter, octets: Uint8Array): Instant | undefined | "invalid" {
  if (octets.length !== dateTimeLength) return "invalid";
  const time = readDateTime(new ByteReader(octets));
  if (time.year === unspecifiedDateTime.year && time.month === unspecifiedDateTime.month) return undefined;
  return toMeterInstant(meter, time) ?? "invalid";
}

function windowData({ start, end }: FriendlyWindow): DlmsData {
  return { type: "structure", value: [timeData(start), timeData(end)] };
}

/** Seconds since midnight as a time of four octets; 24:00 is said so. */
function timeData(seconds: number): DlmsData {
  return { type: "octet-string", value: Uint8Array.of(Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60, 0) };
}

/** Seconds since midnight; out of the day for what is no time. */
function secondsOf(octets: Uint8Array): number {
  const [hour = 0xff, minute = 0xff, second = 0xff] = octets;
  return octets.length === 4 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : Number.NaN;
}
