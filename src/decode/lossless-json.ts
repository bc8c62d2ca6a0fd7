import { ByteWriter } from "../bytes/byte-writer.ts";
import { toHex } from "../bytes/hex.ts";
import { decodeData, encodeData } from "../dlms/axdr/data.ts";
import { type CosemDateTime, decodeDateTime, writeDateTime } from "../dlms/axdr/date-time.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../dlms/xdlms/apdu.ts";
import { tagMeaning } from "../dlms/xdlms/tags.ts";
import { DecodeError } from "../errors.ts";
import { acseApdus, isAcse } from "./acse-apdus.ts";
import { dataFields, holdsBlocks } from "./apdu-json.ts";
import { dataFromLossless, listOf, losslessData, objectOf, octetsOf, refused } from "./data-json.ts";
import type { Json } from "./explanation.ts";

/**
 * An APDU as JSON that can be made into the same octets again. Its fields are those of the decoded APDU; what JSON has no
 * word for is an object with one key: `$octets`, `$data` (tagged data), `$set`, `$dateTime`, `$apdu`. Where the fields
 * alone would be encoded otherwise, as with lengths longer than need be, `octets` says how it was; that key counts
 * before all others.
 */
export interface LosslessApdu {
  readonly type: string;
  readonly octets?: string;
  readonly [field: string]: Json | undefined;
}

/** Fields that hold an APDU. */
const apduFields: ReadonlySet<string> = new Set(["userInformation", "apdu"]);

/**
 * One APDU as JSON; octets that are none are carried as they are.
 * @param plain what a ciphered APDU deciphers to, which is added for the reader: its octets stay what counts
 */
export function toLosslessJson(octets: Uint8Array, plain?: Uint8Array): LosslessApdu {
  const json = losslessJson(octets);
  return plain === undefined ? json : { ...json, octets: toHex(octets), plain: losslessJson(plain) as Json };
}

function losslessJson(octets: Uint8Array): LosslessApdu {
  const type = (octets[0] === undefined ? undefined : tagMeaning(octets[0])?.kind) ?? "unknown";
  const carried: LosslessApdu = { type, octets: toHex(octets) };
  try {
    const json = fieldsOf(isAcse(type) ? { type, ...acseApdus[type].decode(octets) } : decodeApdu(octets));
    return sameOctets(fromLosslessJson(json), octets) ? json : { ...json, octets: toHex(octets) };
  } catch (error) {
    if (error instanceof DecodeError) return carried;
    throw error;
  }
}

/**
 * The octets of an APDU given as JSON by {@link toLosslessJson}.
 * @throws DecodeError where the JSON is no such APDU
 */
export function fromLosslessJson(json: Json | LosslessApdu): Uint8Array {
  const { type, octets, ...fields } = objectOf(json as Json);
  if (octets !== undefined) return octetsOf(octets);
  if (typeof type !== "string") throw refused("an APDU needs a type");
  try {
    const members = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fromJson(value)]));
    if (isAcse(type)) return acseApdus[type].encode(members);
    const encoded = encodeApdu({ type, ...members } as unknown as Apdu);
    if (!agrees(decodeApdu(encoded), { type, ...members })) throw refused(`the fields are not those of ${type}`);
    return encoded;
  } catch (error) {
    // The encoders trust the compiler, and here nobody has checked the fields.
    if (error instanceof DecodeError) throw error;
    throw refused(`the fields are not those of ${JSON.stringify(type)}`);
  }
}

function fieldsOf({ type, ...fields }: { readonly type: string }): LosslessApdu {
  const blocks = holdsBlocks(type);
  return { type, ...(membersOf(fields, blocks) as Readonly<Record<string, Json>>) };
}

function membersOf(value: object, blocks: boolean): Json {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, jsonOf(key, member, blocks)]),
  );
}

function jsonOf(key: string, value: unknown, blocks: boolean): Json {
  if (value instanceof Uint8Array) return octetsJson(key, value, blocks);
  if (value instanceof Set) return { $set: [...(value as Set<string>)] };
  if (Array.isArray(value)) return value.map((item: unknown) => jsonOf(key, item, blocks));
  if (typeof value !== "object" || value === null) return value as Json;
  if ("dayOfMonth" in value) return { $dateTime: dateTimeHex(value as CosemDateTime) };
  return membersOf(value, blocks);
}

function octetsJson(key: string, value: Uint8Array, blocks: boolean): Json {
  if (apduFields.has(key)) return { $apdu: losslessJson(value) as Json };
  if (dataFields.has(key) && !blocks) {
    const data = dataOf(value);
    if (data !== undefined) return { $data: data };
  }
  return { $octets: toHex(value) };
}

/** Tagged data as JSON, where the same octets come of it: lengths may be longer than need be, TRUE may be any octet. */
function dataOf(octets: Uint8Array): Json | undefined {
  try {
    const json = losslessData(decodeData(octets));
    return sameOctets(encodeData(dataFromLossless(json)), octets) ? json : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

const wrappers: Readonly<Record<string, (value: Json) => unknown>> = {
  $octets: octetsOf,
  $data: (value) => encodeData(dataFromLossless(value)),
  $set: (value) => new Set(listOf(value)),
  $dateTime: (value) => decodeDateTime(octetsOf(value)),
  $apdu: (value) => fromLosslessJson(value),
};

function fromJson(json: Json): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((item) => fromJson(item as Json));
  const entries = Object.entries(json);
  const [key, value] = entries[0] ?? [];
  const wrapper = key === undefined || entries.length > 1 ? undefined : wrappers[key];
  if (wrapper !== undefined && value !== undefined) return wrapper(value);
  return Object.fromEntries(entries.map(([name, member]) => [name, fromJson(member)]));
}

function dateTimeHex(value: CosemDateTime): string {
  const writer = new ByteWriter(12);
  writeDateTime(writer, value);
  return toHex(writer.finish());
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Whether everything that was asked for is in what was made: a field that the encoder could not use comes out otherwise. */
function agrees(made: unknown, asked: unknown): boolean {
  if (asked instanceof Uint8Array) return made instanceof Uint8Array && sameOctets(made, asked);
  if (asked instanceof Set) return made instanceof Set && made.size === asked.size && [...asked].every((item) => made.has(item));
  if (typeof asked !== "object" || asked === null) return made === asked;
  if (typeof made !== "object" || made === null) return false;
  return Object.entries(asked).every(([key, value]) => agrees((made as Readonly<Record<string, unknown>>)[key], value));
}
