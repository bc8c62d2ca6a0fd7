import { DecodeError } from "../errors.ts";

const digits = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0").toUpperCase());

/** Upper-case hex, two digits an octet, joined by `separator`. */
export function toHex(bytes: Uint8Array, separator = ""): string {
  let text = "";
  for (let index = 0; index < bytes.length; index++) {
    if (index > 0) text += separator;
    text += digits[bytes[index] as number];
  }
  return text;
}

/**
 * Hex to octets. White space, `0x` prefixes, commas, colons and hyphens between octets are accepted, since people paste
 * hex from many tools.
 * @throws DecodeError `bad-length` for an odd number of digits, `bad-tag` for any other character.
 */
export function fromHex(text: string): Uint8Array {
  const compact = text.replace(/0[xX]|[\s,:-]/g, "");
  const bad = compact.search(/[^0-9a-fA-F]/);
  if (bad >= 0) throw new DecodeError("bad-tag", "hex", bad, `hex: unexpected character ${JSON.stringify(compact[bad])}`);
  if (compact.length % 2 !== 0) throw new DecodeError("bad-length", "hex", compact.length, `hex: odd number of digits (${compact.length})`);
  const bytes = new Uint8Array(compact.length / 2);
  for (let index = 0; index < bytes.length; index++) bytes[index] = Number.parseInt(compact.substr(index * 2, 2), 16);
  return bytes;
}
