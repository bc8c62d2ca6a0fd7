import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { DecodeError } from "../errors.ts";

/** What a link may carry, seen from the end that holds the value (IEC 62056-46 6.4.4.4.3.2). Lengths in octets. */
export interface HdlcParameters {
  /** Information field, LLC header included, not the frame. */
  readonly maxInformationFieldLengthTransmit: number;
  readonly maxInformationFieldLengthReceive: number;
  /** I frames that may be under way without acknowledgement. */
  readonly windowSizeTransmit: number;
  readonly windowSizeReceive: number;
}

/** What holds when SNRM and UA do not say otherwise; every station is able to receive this. */
export const defaultHdlcParameters: HdlcParameters = {
  maxInformationFieldLengthTransmit: 128,
  maxInformationFieldLengthReceive: 128,
  windowSizeTransmit: 1,
  windowSizeReceive: 1,
};

/** The most the profile allows, for a fast line: spread it into the options of a connection. */
export const largestHdlcParameters: HdlcParameters = {
  maxInformationFieldLengthTransmit: 2030,
  maxInformationFieldLengthReceive: 2030,
  windowSizeTransmit: 7,
  windowSizeReceive: 7,
};

const lengthRange = { least: 32, most: 2030 };
const windowRange = { least: 1, most: 7 };

const definitions = [
  { identifier: 5, name: "maxInformationFieldLengthTransmit", range: lengthRange },
  { identifier: 6, name: "maxInformationFieldLengthReceive", range: lengthRange },
  { identifier: 7, name: "windowSizeTransmit", range: windowRange },
  { identifier: 8, name: "windowSizeReceive", range: windowRange },
] as const;

const formatIdentifier = 0x81;
const groupIdentifier = 0x80;

/**
 * Reads the information field of SNRM or UA. Missing values are defaults, unknown parameters and further groups are
 * passed over, values outside their range are brought to its nearest end; 1 to 4 octets are accepted for any value.
 * @throws DecodeError
 */
export function decodeParameters(information: Uint8Array): HdlcParameters {
  const found = { ...defaultHdlcParameters };
  if (information.length === 0) return found;
  const reader = new ByteReader(information);
  if (reader.u8("format identifier") !== formatIdentifier) throw reader.error("bad-tag", "HDLC format identifier", undefined, 0);
  if (reader.u8("group identifier") !== groupIdentifier) throw reader.error("bad-tag", "HDLC group identifier", undefined, 1);
  const group = reader.sub(reader.u8("group length"), "HDLC parameters");
  while (group.remaining > 0) {
    const identifier = group.u8("parameter identifier");
    const value = group.bytes(group.u8("parameter length"), "HDLC parameter");
    const definition = definitions.find((candidate) => candidate.identifier === identifier);
    if (definition === undefined || value.length === 0) continue;
    if (value.length > 4) throw group.error("bad-length", "HDLC parameter");
    const { least, most } = definition.range;
    found[definition.name] = Math.min(
      most,
      Math.max(
        least,
        value.reduce((sum, octet) => sum * 256 + octet, 0),
      ),
    );
  }
  return found;
}

/** What {@link decodeParameters} reads; undefined when it cannot be read. */
export function parametersOf(information: Uint8Array): HdlcParameters | undefined {
  try {
    return decodeParameters(information);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/**
 * The information field of SNRM or UA. All four values are always written: the field is optional, but there are
 * stations that fail without it. Lengths take one octet where they fit, windows four, as meters do.
 */
export function encodeParameters(parameters: HdlcParameters): Uint8Array {
  const writer = new ByteWriter(32);
  writer.u8(formatIdentifier);
  writer.u8(groupIdentifier);
  const length = writer.reserve(1);
  for (const { identifier, name, range } of definitions) {
    const value = parameters[name];
    writer.u8(identifier);
    if (range === windowRange) {
      writer.u8(4);
      writer.u32(value);
    } else if (value <= 0xff) {
      writer.u8(1);
      writer.u8(value);
    } else {
      writer.u8(2);
      writer.u16(value);
    }
  }
  writer.patchU8(length, writer.length - length - 1);
  return writer.finish();
}

/**
 * What one end may do, given what it is able or willing to do and what the other end said of itself: the one's transmit
 * meets the other's receive, and the smaller counts.
 */
export function negotiate(own: HdlcParameters, peer: HdlcParameters): HdlcParameters {
  return {
    maxInformationFieldLengthTransmit: Math.min(own.maxInformationFieldLengthTransmit, peer.maxInformationFieldLengthReceive),
    maxInformationFieldLengthReceive: Math.min(own.maxInformationFieldLengthReceive, peer.maxInformationFieldLengthTransmit),
    windowSizeTransmit: Math.min(own.windowSizeTransmit, peer.windowSizeReceive),
    windowSizeReceive: Math.min(own.windowSizeReceive, peer.windowSizeTransmit),
  };
}

/** The parameters of `options`, defaults for what is missing, everything within its range. */
export function resolveParameters(options: Partial<HdlcParameters>, fallback: HdlcParameters): HdlcParameters {
  const resolved = { ...fallback };
  for (const { name, range } of definitions) {
    const value = options[name];
    if (value !== undefined) resolved[name] = Math.min(range.most, Math.max(range.least, Math.trunc(value)));
  }
  return resolved;
}
