import type { ByteReader } from "../../bytes/byte-reader.ts";
import { fromHex, toHex } from "../../bytes/hex.ts";
import { der, derObjectIdentifier, derTags, readDer, readObjectIdentifier, readWholeDer } from "./certificate-der.ts";
import { type SystemTitle, systemTitleLength } from "./system-title.ts";

/** id-at-commonName, 2.5.4.3. */
const commonNameType = "550403";

/** id-on-hardwareModuleName, 1.3.6.1.5.5.7.8.4 (RFC 4108 5). */
const hardwareModuleName = "2B06010505070804";

/** A Name of a common name alone, in DER. */
export function nameOf(commonName: string): Uint8Array {
  const attribute = der(
    derTags.sequence,
    derObjectIdentifier(commonNameType),
    der(derTags.utf8String, new TextEncoder().encode(commonName)),
  );
  return der(derTags.sequence, der(derTags.set, attribute));
}

/** The Name of a device: its system title in hex as common name (Green Book 9.2.6.4). */
export function nameOfDevice(systemTitle: SystemTitle): Uint8Array {
  return nameOf(toHex(systemTitle));
}

/** The common names in a Name, in order. @throws DecodeError */
export function commonNames(name: Uint8Array): readonly string[] {
  const names: string[] = [];
  const { content } = readWholeDer(name, "name", derTags.sequence);
  while (content.remaining > 0) {
    const { content: relative } = readDer(content, "relative name", derTags.set);
    while (relative.remaining > 0) {
      const { content: attribute } = readDer(relative, "attribute of a name", derTags.sequence);
      const type = readObjectIdentifier(attribute, "type in a name");
      const { tag, content: value } = readDer(attribute, "value in a name");
      attribute.expectEnd("attribute of a name");
      if (type === commonNameType && isText(tag)) names.push(new TextDecoder().decode(value.rest()));
    }
  }
  return names;
}

function isText(tag: number): boolean {
  return tag === derTags.utf8String || tag === derTags.printableString;
}

/**
 * The system title that a certificate is for: its only common name, or where the subject is empty the serial number of the
 * hardware module in subjectAltName (Green Book 9.2.6.4). Undefined where it names no device.
 * @throws DecodeError
 */
export function systemTitleIn(subject: Uint8Array, subjectAltName: Uint8Array): SystemTitle | undefined {
  const names = commonNames(subject);
  const [name = ""] = names;
  if (names.length === 1 && /^[0-9A-Fa-f]{16}$/.test(name)) return fromHex(name);
  if (names.length > 0 || subjectAltName.length === 0) return undefined;
  const titles: Uint8Array[] = [];
  const { content } = readWholeDer(subjectAltName, "subjectAltName", derTags.sequence);
  while (content.remaining > 0) {
    const { tag, content: general } = readDer(content, "general name");
    const serial = tag === derTags.context0 ? hardwareSerial(general) : undefined;
    if (serial?.length === systemTitleLength) titles.push(serial);
  }
  return titles.length === 1 ? titles[0]?.slice() : undefined;
}

function hardwareSerial(otherName: ByteReader): Uint8Array | undefined {
  if (readObjectIdentifier(otherName, "other name") !== hardwareModuleName) return undefined;
  const { content: explicit } = readDer(otherName, "other name", derTags.context0);
  const { content } = readDer(explicit, "hardware module name", derTags.sequence);
  readObjectIdentifier(content, "hardware type");
  return readDer(content, "hardware serial number", derTags.octetString).content.rest();
}
