import type { Meter, MeterConfig } from "../../../../src/meter-model/index.ts";
import { paymentObjects } from "../../../../src/virtual-meter/mapping/payment/payment-objects.ts";
import { type Prepaid, prepaid, start } from "../../../meter-model/credit/support.ts";
import { kilowatt, scriptedLoad } from "../../../meter-model/support.ts";
import { idle } from "../../../meter-model/tokens/support.ts";
import { BareObjects } from "../bare-objects.ts";

export { start };

/** 2026-11-23T12:00Z, a Monday, and no time at all: date-times as octet-strings. */
export const startOctets = "090C07EA0B17010C000000000000";
export const never = "090CFFFFFFFFFFFFFFFFFF8000FF";

/** Values as their octets, tags included. */
export const doubleLong = (value: number): string => `05${hex(value, 8)}`;
export const doubleLongUnsigned = (value: number): string => `06${hex(value, 8)}`;
export const longUnsigned = (value: number): string => `12${hex(value, 4)}`;
/** A list whose elements are octets already; octets may have spaces. */
export const array = (...elements: readonly string[]): string => packed(`01${hex(elements.length, 2)}${elements.join("")}`);
export const structure = (...fields: readonly string[]): string => packed(`02${hex(fields.length, 2)}${fields.join("")}`);
/** A logical name as an octet-string: "0.0.19.10.0.255". */
export const name = (logicalName: string): string =>
  `0906${logicalName
    .split(".")
    .map((part) => hex(Number(part), 2))
    .join("")}`;
/** Octets of ASCII as an octet-string. */
export const text = (ascii: string): string => `09${hex(ascii.length, 2)}${Buffer.from(ascii).toString("hex").toUpperCase()}`;

function hex(value: number, digits: number): string {
  return (value < 0 ? value + 16 ** digits : value).toString(16).toUpperCase().padStart(digits, "0");
}

function packed(octets: string): string {
  return octets.replaceAll(" ", "");
}

/** A meter paid in advance that uses nothing, and its objects of payment without a server. */
export interface Till {
  readonly meter: Meter;
  readonly bare: BareObjects;
}

export function till(prepayment: Prepaid = {}, config: Partial<MeterConfig> = {}): Till {
  return tillOf(prepaid({ opening: 30_000, ...prepayment }, idle, config));
}

/** The objects of a meter that is there already. */
export function tillOf(meter: Meter): Till {
  return { meter, bare: new BareObjects(paymentObjects(meter)) };
}

/** The same meter as {@link till}, and its supply has gone. */
export function darkTill(prepayment: Prepaid = {}): Till {
  const load = scriptedLoad([
    [start - 1, kilowatt],
    [start + 1000, undefined],
  ]);
  const dark = tillOf(prepaid({ opening: 30_000, ...prepayment }, load));
  dark.meter.advance(start + 2000);
  return dark;
}
