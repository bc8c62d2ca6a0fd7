import { DecodeError } from "../errors.ts";
import { hasLuhnDigit, luhnDigit } from "./luhn.ts";

/** The number that names a meter everywhere in an STS system (IEC 62055-41, MeterPAN), and its parts; all are decimal digits. */
export interface MeterPan {
  /** All 18 digits. */
  readonly digits: string;
  /** Issuer identification number: `600727`, or `0000` for decoder reference numbers of 13 digits. */
  readonly issuer: string;
  /** Decoder reference number, what stands on the meter: manufacturer, serial number, check digit. */
  readonly decoderReferenceNumber: string;
  /** Two digits, or four with the issuer `0000`. */
  readonly manufacturerCode: string;
  /** Eight digits. */
  readonly serialNumber: string;
}

const panLength = 18;
const serialLength = 8;
const longIssuer = "0000";
const shortIssuer = "600727";

/**
 * The parts of a meter PAN of 18 digits.
 * @throws DecodeError `bad-tag` for other characters, `bad-length` for other lengths, `check-failed` for a wrong check digit
 */
export function parseMeterPan(text: string): MeterPan {
  const digits = checkedDigits("meter PAN", text, [panLength]);
  const issuer = digits.slice(0, digits.startsWith(longIssuer) ? longIssuer.length : shortIssuer.length);
  const decoderReferenceNumber = checkedDigits("decoder reference number", digits.slice(issuer.length, -1), [11, 13]);
  return {
    digits,
    issuer,
    decoderReferenceNumber,
    manufacturerCode: decoderReferenceNumber.slice(0, -serialLength - 1),
    serialNumber: decoderReferenceNumber.slice(-serialLength - 1, -1),
  };
}

/**
 * The meter PAN of a decoder reference number of 11 or 13 digits.
 * @throws DecodeError as {@link parseMeterPan}, `out-of-range` for an issuer that does not go with the length
 */
export function meterPanOf(decoderReferenceNumber: string, issuer?: string): MeterPan {
  checkedDigits("decoder reference number", decoderReferenceNumber, [11, 13]);
  const long = decoderReferenceNumber.length === 13;
  issuer ??= long ? longIssuer : shortIssuer;
  if (!/^[0-9]+$/.test(issuer) || issuer.length !== (long ? 4 : 6) || issuer.startsWith(longIssuer) !== long) {
    throw refused("out-of-range", "issuer identification number", `${longIssuer} goes with 13 digits, six others with 11`);
  }
  const body = issuer + decoderReferenceNumber;
  return parseMeterPan(body + luhnDigit(body));
}

/**
 * The meter that people mean by 18 digits (its PAN), or by 11 or 13 (its decoder reference number).
 * @throws DecodeError as {@link parseMeterPan}
 */
export function parseMeterNumber(text: string): MeterPan {
  return text.length === panLength ? parseMeterPan(text) : meterPanOf(text);
}

function checkedDigits(what: string, digits: string, lengths: readonly number[]): string {
  if (!lengths.includes(digits.length)) throw refused("bad-length", what, `${lengths.join(" or ")} digits, not ${digits.length}`);
  if (!/^[0-9]+$/.test(digits)) throw refused("bad-tag", what, "decimal digits only");
  if (!hasLuhnDigit(digits)) throw refused("check-failed", what, "the last digit is not the check digit of the others");
  return digits;
}

function refused(code: "bad-length" | "bad-tag" | "check-failed" | "out-of-range", what: string, message: string): DecodeError {
  return new DecodeError(code, what, 0, `${what}: ${message}`, { layer: "meter" });
}
