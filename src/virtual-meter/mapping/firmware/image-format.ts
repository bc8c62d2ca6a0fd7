import { ByteReader } from "../../../bytes/byte-reader.ts";
import { ByteWriter } from "../../../bytes/byte-writer.ts";
import { equalSecrets } from "../../../dlms/security/compare.ts";
import { sha256 } from "../../../dlms/security/digest.ts";
import { DecodeError } from "../../../errors.ts";
import { type FirmwarePart, type FirmwareVersion, firmwareParts } from "../../../meter-model/index.ts";
import { ascii } from "../data-object.ts";

/** What an image of the virtual meter begins with. */
const magic = ascii("DGWF");
const formatVersion = 1;
/** Octets of the digest that it ends with. */
const digestLength = 32;

/**
 * An image of the virtual meter's firmware: magic, format version, number of the part, length and text of the version, what
 * would be the program, and the SHA-256 of all that.
 */
export function makeImage(part: FirmwarePart, version: string, program: Uint8Array): Uint8Array {
  const writer = new ByteWriter(program.length + 64);
  const name = ascii(version);
  writer.bytes(magic);
  writer.u8(formatVersion);
  writer.u8(firmwareParts.indexOf(part));
  writer.u8(name.length);
  writer.bytes(name);
  writer.bytes(program);
  writer.bytes(sha256(writer.view().subarray(0, writer.length)));
  return writer.finish();
}

/** The digest that an image says it has. */
export function digestOf(image: Uint8Array): Uint8Array {
  return image.subarray(Math.max(0, image.length - digestLength));
}

/** What an image is; undefined for one that is damaged, or no image. */
export function parseImage(image: Uint8Array): FirmwareVersion | undefined {
  try {
    const content = image.subarray(0, Math.max(0, image.length - digestLength));
    if (!equalSecrets(sha256(content), digestOf(image))) return undefined;
    const reader = new ByteReader(content);
    if (!equalSecrets(reader.bytes(magic.length, "magic"), magic) || reader.u8("format version") !== formatVersion) return undefined;
    const part = firmwareParts[reader.u8("part")];
    const name = reader.bytes(reader.u8("length of the version"), "version");
    return part === undefined || name.length === 0 ? undefined : { part, version: String.fromCharCode(...name) };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
