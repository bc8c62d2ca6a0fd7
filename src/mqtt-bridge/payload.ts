import type { StateValue } from "./entity.ts";
import type { NumberedMessage, OutboxMessage } from "./outbox.ts";
import type { AvailabilityState, DeviceDescription, MeterEvent, MeterSnapshot, ProfileChunk, PushRecord, ReadingValue } from "./reading.ts";
import { isoUtc, plainText } from "./text.ts";

/** Facts about the service in `bridge/info`; nothing here may be a secret. */
export interface BridgeInfo {
  readonly version: string;
  /** What the configuration amounts to, in words or numbers. */
  readonly configSummary?: Readonly<Record<string, string | number | boolean>>;
  /** Hash of the configuration's schema, for tools that edit it. */
  readonly configSchemaHash?: string;
  readonly restartRequired?: boolean;
}

/** JSON text of an object whose undefined members are left out. */
function json(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(members);
}

/** `<meter>/state`: the last good values, then where they come from. A key is present only when its value is known. */
export function statePayload(values: ReadonlyMap<string, StateValue>, snapshot: MeterSnapshot, sequence: number): string {
  const { readTime, quality, source } = snapshot;
  return json({ ...Object.fromEntries(values), read_time: isoUtc(readTime), quality, source, seq: sequence });
}

/** `bridge/state`, also the last will. */
export function bridgeStatePayload(state: AvailabilityState): string {
  return json({ state });
}

/** `<meter>/availability`; `since` is in milliseconds since the epoch. */
export function availabilityPayload(state: AvailabilityState, reason: string | undefined, since: number): string {
  return json({ state, reason: reason === undefined ? undefined : plainText(reason, 64), since: isoUtc(since) });
}

/** `bridge/info`. */
export function infoPayload({ version, configSummary, configSchemaHash, restartRequired = false }: BridgeInfo): string {
  return json({ version, config: clean(configSummary), config_schema: configSchemaHash, restart_required: restartRequired });
}

/** `bridge/devices`: one row for every meter that was announced. */
export function devicesPayload(devices: readonly DeviceDescription[]): string {
  return JSON.stringify(
    devices.map(({ meterId, name, manufacturer, model, firmware, serialNumber, transport, profile }) =>
      clean({ id: meterId, name, manufacturer, model, firmware, serial: serialNumber, transport, profile }),
    ),
  );
}

/** What goes to `<meter>/event`; the number comes with the sending. */
export function eventMessage({ meterId, type, time, meterTime, data, historical }: MeterEvent): OutboxMessage {
  const known = clean({ type, time: isoUtc(time), meter_time: meterTime, ...(historical === true ? { historical } : {}) });
  return { meterId, leaf: "event", body: { ...known, data: clean(data) } };
}

/** `bridge/event`. */
export function bridgeEventPayload(type: string, data: Readonly<Record<string, ReadingValue | undefined>>): string {
  return json({ type: plainText(type), data: clean(data) });
}

/** What goes to `<meter>/push`; the number comes with the sending. */
export function pushMessage({ meterId, receivedTime, readings, ciphered, rawHex }: PushRecord): OutboxMessage {
  const rows = readings.map(({ logicalName, attribute, name, value, unit }) => clean({ logicalName, attribute, name, value, unit }));
  const known = { ...(ciphered === undefined ? {} : { ciphered }), ...(rawHex === undefined ? {} : { raw: rawHex }) };
  return { meterId, leaf: "push", body: { received_time: isoUtc(receivedTime), readings: rows, ...known } };
}

/** The payload of a message that waited: `seq` is the same however often it comes. */
export function outboxPayload({ body, number }: NumberedMessage): string {
  return json({ ...body, seq: number });
}

/** `<meter>/profile/<obis>`; unknown cells are null, for rows have places and not names. */
export function profilePayload({ columns, rows, from, to, final, historical }: ProfileChunk, sequence: number): string {
  return json({
    columns: columns.map((column) => plainText(column)),
    from: plainText(from),
    to: plainText(to),
    rows: rows.map((row) => row.map((cell) => (cell === undefined ? null : cleanValue(cell)))),
    seq: sequence,
    final,
    historical: historical === true ? true : undefined,
  });
}

/** The members that are known, texts made fit for publishing. */
function clean(members: Readonly<Record<string, ReadingValue | undefined>> | undefined): Record<string, unknown> | undefined {
  if (members === undefined) return undefined;
  const known = Object.entries(members).filter(([key, value]) => value !== undefined && key !== "__proto__");
  return Object.fromEntries(known.map(([key, value]) => [plainText(key, 64), cleanValue(value as ReadingValue)]));
}

/** Whole numbers beyond 2^53 become text, and so does what JSON has no number for. */
function cleanValue(value: ReadingValue): unknown {
  if (typeof value === "string") return plainText(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : plainText(value.toString());
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "boolean" ? value : value.map((item) => plainText(item));
}
