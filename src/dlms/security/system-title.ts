import { fromHex, toHex } from "../../bytes/hex.ts";
import { DecodeError } from "../../errors.ts";

/** Eight octets that name a device for ciphering: three letters of the manufacturer, then its number. */
export type SystemTitle = Uint8Array;

/** Octets of a system title. */
export const systemTitleLength = 8;

const manufacturerLength = 3;

/**
 * A system title of these octets, as a copy.
 * @throws DecodeError `bad-length` unless there are eight
 */
export function systemTitleOf(octets: Uint8Array): SystemTitle {
  checkSystemTitle(octets);
  return Uint8Array.from(octets);
}

/** @throws DecodeError `bad-length` unless there are eight octets */
export function checkSystemTitle(octets: Uint8Array): void {
  if (octets.length !== systemTitleLength) {
    throw new DecodeError("bad-length", "system title", 0, `system title: ${systemTitleLength} octets, not ${octets.length}`);
  }
}

/** Whether both are the same title; titles are no secrets. */
export function sameSystemTitle(a: SystemTitle, b: SystemTitle): boolean {
  return Buffer.compare(a, b) === 0;
}

/**
 * A system title from text: sixteen hex digits, or three letters and ten hex digits ("MMM0000BC614E").
 * @throws DecodeError as `fromHex`, and `bad-length` for anything else
 */
export function parseSystemTitle(text: string): SystemTitle {
  const lettered = /^([A-Z]{3})[ -]?([0-9A-Fa-f]{10})$/.exec(text.trim());
  if (lettered === null) return systemTitleOf(fromHex(text));
  const [, letters = "", number = ""] = lettered;
  return Uint8Array.of(...Array.from(letters, (letter) => letter.charCodeAt(0)), ...fromHex(number));
}

/** The FLAG letters of the manufacturer, or undefined where the title does not begin with three capital letters. */
export function manufacturerOf(title: SystemTitle): string | undefined {
  const letters = String.fromCharCode(...title.subarray(0, manufacturerLength));
  return /^[A-Z]{3}$/.test(letters) ? letters : undefined;
}

/** The title as people write it: letters and hex digits where it has letters, hex digits otherwise. */
export function formatSystemTitle(title: SystemTitle): string {
  const manufacturer = manufacturerOf(title);
  return manufacturer === undefined ? toHex(title) : manufacturer + toHex(title.subarray(manufacturerLength));
}
