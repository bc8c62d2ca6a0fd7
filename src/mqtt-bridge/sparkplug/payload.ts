import protobuf from "protobufjs/light.js";
import { DecodeError } from "../../errors.ts";

/** Data types of metrics that an edge node of meters needs, as Sparkplug numbers them (6.4.16). */
export const dataTypes = { int64: 4, double: 10, boolean: 11, string: 12, dateTime: 13 } as const;

/** A number of `dataTypes`, or of any other type a host may send. */
export type DataType = number;

/** A metric's value: bigint for Int64 and DateTime (ms UTC), number for Double, null for what is not known. */
export type MetricValue = bigint | number | boolean | string | null;

/** One metric of a payload; absent members are not on the wire. */
export interface SparkplugMetric {
  readonly name?: string;
  readonly alias?: number;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly datatype?: DataType;
  readonly historical?: true;
  readonly value: MetricValue;
  /** Symbol of the unit, sent as the property `engUnit`. */
  readonly unit?: string;
}

/** A Sparkplug B payload (6.4.5). */
export interface SparkplugPayload {
  /** Milliseconds since the epoch at which the message was sent. */
  readonly timestamp?: number;
  /** 0 to 255; absent in NDEATH and in commands. */
  readonly seq?: number;
  readonly metrics: readonly SparkplugMetric[];
}

/** No command is longer; what is gets refused unread. */
const longestPayload = 65_536;

const field = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ type, id, rule: "repeated" });

/** Zero and false are values, not absences: the declaration is proto2 (`payloads-nbirth-seq` needs a 0 on the wire). */
const explicit = { edition: "proto2" };

/** The part of the published declaration (6.4.1) that is used here; other fields are stepped over. */
const messages = {
  Payload: { ...explicit, fields: { timestamp: field("uint64", 1), metrics: repeated("Metric", 2), seq: field("uint64", 3) } },
  Metric: {
    ...explicit,
    fields: {
      name: field("string", 1),
      alias: field("uint64", 2),
      timestamp: field("uint64", 3),
      datatype: field("uint32", 4),
      isHistorical: field("bool", 5),
      isNull: field("bool", 7),
      properties: field("PropertySet", 9),
      intValue: field("uint32", 10),
      longValue: field("uint64", 11),
      floatValue: field("float", 12),
      doubleValue: field("double", 13),
      booleanValue: field("bool", 14),
      stringValue: field("string", 15),
    },
  },
  PropertySet: { ...explicit, fields: { keys: repeated("string", 1), values: repeated("PropertyValue", 2) } },
  PropertyValue: { ...explicit, fields: { type: field("uint32", 1), stringValue: field("string", 8) } },
};

const payloadType = protobuf.Root.fromJSON({ nested: messages }).lookupType("Payload");

/** The octets of a payload. */
export function encodePayload({ timestamp, seq, metrics }: SparkplugPayload): Uint8Array {
  const members = {
    ...(timestamp === undefined ? {} : { timestamp: uint64(timestamp) }),
    ...(seq === undefined ? {} : { seq: uint64(seq) }),
    metrics: metrics.map(metricMembers),
  };
  return payloadType.encode(payloadType.fromObject(members)).finish();
}

/**
 * What a payload says.
 * @throws DecodeError `limit` when it is too long, `bad-tag` when it is no Sparkplug payload
 */
export function decodePayload(octets: Uint8Array): SparkplugPayload {
  if (octets.length > longestPayload) throw new DecodeError("limit", "Sparkplug payload", longestPayload);
  const { timestamp, seq, metrics } = members(octets);
  return {
    ...(timestamp === undefined ? {} : { timestamp: Number(timestamp) }),
    ...(seq === undefined ? {} : { seq: Number(seq) }),
    metrics: (metrics ?? []).map(metricOf),
  };
}

interface WireMetric {
  readonly name?: string;
  readonly alias?: bigint;
  readonly timestamp?: bigint;
  readonly datatype?: number;
  readonly isHistorical?: boolean;
  readonly isNull?: boolean;
  readonly properties?: { readonly keys?: readonly string[]; readonly values?: readonly { readonly stringValue?: string }[] };
  readonly intValue?: number;
  readonly longValue?: bigint;
  readonly floatValue?: number;
  readonly doubleValue?: number;
  readonly booleanValue?: boolean;
  readonly stringValue?: string;
}

interface WirePayload {
  readonly timestamp?: bigint;
  readonly seq?: bigint;
  readonly metrics?: readonly WireMetric[];
}

function members(octets: Uint8Array): WirePayload {
  try {
    return payloadType.toObject(payloadType.decode(octets), { longs: BigInt }) as WirePayload;
  } catch (cause) {
    throw new DecodeError("bad-tag", "Sparkplug payload", 0, undefined, { layer: "mqtt", cause });
  }
}

function metricMembers({ name, alias, timestamp, datatype, historical, value, unit }: SparkplugMetric): object {
  return {
    ...(name === undefined ? {} : { name }),
    ...(alias === undefined ? {} : { alias: uint64(alias) }),
    ...(timestamp === undefined ? {} : { timestamp: uint64(timestamp) }),
    ...(datatype === undefined ? {} : { datatype }),
    ...(historical === undefined ? {} : { isHistorical: true }),
    ...(unit === undefined ? {} : { properties: { keys: ["engUnit"], values: [{ type: dataTypes.string, stringValue: unit }] } }),
    ...valueMember(value),
  };
}

function valueMember(value: MetricValue): object {
  switch (typeof value) {
    case "bigint":
      return { longValue: BigInt.asUintN(64, value) };
    case "number":
      return { doubleValue: value };
    case "boolean":
      return { booleanValue: value };
    case "string":
      return { stringValue: value };
    default:
      return { isNull: true };
  }
}

function metricOf(wire: WireMetric): SparkplugMetric {
  const { name, alias, timestamp, datatype, isHistorical, properties } = wire;
  const unit = properties?.values?.[properties.keys?.indexOf("engUnit") ?? -1]?.stringValue;
  return {
    ...(name === undefined ? {} : { name }),
    ...(alias === undefined ? {} : { alias: Number(alias) }),
    ...(timestamp === undefined ? {} : { timestamp: Number(timestamp) }),
    ...(datatype === undefined ? {} : { datatype }),
    ...(isHistorical === true ? { historical: true as const } : {}),
    value: wire.isNull === true ? null : readValue(wire),
    ...(unit === undefined ? {} : { unit }),
  };
}

function readValue({ intValue, longValue, floatValue, doubleValue, booleanValue, stringValue, datatype }: WireMetric): MetricValue {
  // Int64 travels as its two's complement (6.4.16).
  if (longValue !== undefined) return datatype === dataTypes.int64 ? BigInt.asIntN(64, longValue) : longValue;
  return booleanValue ?? stringValue ?? doubleValue ?? floatValue ?? intValue ?? null;
}

/** Times before 1970 and fractions of milliseconds have no place in a uint64. */
function uint64(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.max(0, Math.trunc(value))) : 0n;
}
