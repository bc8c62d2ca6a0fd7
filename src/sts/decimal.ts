import { DecodeError } from "../errors.ts";

/** More digits than any amount of a token has. */
const mostDigits = 40;
const pattern = new RegExp(`^(-?)([0-9]{1,${mostDigits}})(?:\\.([0-9]{1,${mostDigits}}))?$`);

/**
 * How many units of 10^-places a decimal number such as `25.6` has, rounded up.
 * @throws DecodeError `bad-tag` for anything but digits with a point and a sign, and for more than 40 digits
 */
export function unitsOf(decimal: string, places: number): bigint {
  const parts = pattern.exec(decimal);
  if (parts === null) {
    throw new DecodeError("bad-tag", "number", 0, "number: expected a decimal number such as 25.6", { layer: "meter" });
  }
  const [, sign, whole = "", fraction = ""] = parts;
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
  if (sign === "-") return -kept;
  return /[1-9]/.test(fraction.slice(places)) ? kept + 1n : kept;
}

/** Units of 10^-places as a decimal number without trailing zeros behind the point. */
export function decimalOf(units: bigint | number, places: number): string {
  const text = String(units);
  const sign = text.startsWith("-") ? "-" : "";
  const digits = text.slice(sign.length).padStart(places + 1, "0");
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  const whole = digits.slice(0, digits.length - places);
  return `${sign}${whole}${places === 0 || fraction === "" ? "" : `.${fraction}`}`;
}
