import { toHex } from "../bytes/hex.ts";
import type { AttributeAddress, AttributeOutcome, DlmsClient } from "../client/dlms-client.ts";
import type { DeviceView, ObjectReader } from "../client/object-reader.ts";
import { describeProfiles, rowsAddress } from "../client/profile-reader.ts";
import { isClockTime } from "../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { nameOf } from "../cosem-objects/names.ts";
import { type PlainValue, plainValue } from "../cosem-objects/plain-value.ts";
import type { ProfileDescription } from "../cosem-objects/profile-table.ts";
import { encodeData } from "../dlms/axdr/data.ts";
import { type CosemDateTime, dateTimeToInstant, decodeDateTime, formatDateTime, instantToDateTime } from "../dlms/axdr/date-time.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import type { Checkpoint } from "./gateway-store.ts";

/** A row of an event log that was not there before. */
export interface LoggedEvent {
  readonly log: LogicalName;
  /** As the meter codes it; NaN in a log without codes. */
  readonly code: number;
  /** The meter's own stamp, ISO 8601 with its offset; absent where the row has none. */
  readonly meterTime?: string;
  /** The same, ms UTC; NaN where the row has none. */
  readonly at: number;
  /** What else the row has, by the names of the captured objects. */
  readonly details: Readonly<Record<string, PlainValue>>;
}

/** What came to one log, and the checkpoint behind it: to be stored together with what becomes of the events. */
export interface FollowedLog {
  readonly log: LogicalName;
  readonly events: readonly LoggedEvent[];
  readonly checkpoint: Checkpoint;
}

/** What was seen of each log before; it outlives associations. */
export type KnownLogs = (log: LogicalName) => Checkpoint | undefined;

interface Row {
  readonly event: LoggedEvent;
  readonly at: number;
  readonly deviation: number;
  readonly octets: string;
}

const eventLog = /^\d+\.\d+\.99\.98\.\d+\.255$/;
/** Event codes are captured from 0-b:96.11.e (Blue Book 6.2.41). */
const eventCode = /^\d+\.\d+\.96\.11\.\d+\.255$/;
/** Longer than any log reaches ahead of the clock, and how far back a clock may be set without notice; ms. */
const ahead = 10 * 366 * 86_400_000;
const overlap = 3_600_000;
/** Rows of a log that is seen for the first time: more than share a second. */
const firstRows = 20;
/** Rows that are known again; logs of meters keep a hundred or two. */
const rememberedRows = 250;
const nothing: Pick<Checkpoint, "at" | "deviation"> = { at: Number.NaN, deviation: 0 };

/** Follows the event logs of a meter: what was logged since the last look, read by the time of what was seen last. */
export class EventFollower {
  readonly #client: Pick<DlmsClient, "get" | "getMany">;
  readonly #known: KnownLogs;
  readonly #logs: readonly ProfileDescription[];

  private constructor(client: Pick<DlmsClient, "get" | "getMany">, logs: readonly ProfileDescription[], known: KnownLogs) {
    this.#client = client;
    this.#logs = logs;
    this.#known = known;
  }

  /** Learns the columns of every event log with a clock. */
  static async open(
    client: Pick<DlmsClient, "get" | "getMany" | "getManyRaw">,
    reader: Pick<ObjectReader, "scalersOf">,
    { objects }: Pick<DeviceView, "objects">,
    known: KnownLogs,
  ): Promise<EventFollower> {
    const names = objects.filter(({ classId, logicalName }) => classId === ProfileGeneric.classId && eventLog.test(logicalName));
    const logs = await describeProfiles(
      client,
      reader,
      names.map(({ logicalName }) => logicalName),
    );
    return new EventFollower(
      client,
      logs.filter(({ captureObjects }) => captureObjects.some(isClockTime)),
      known,
    );
  }

  /**
   * Rows that came since, log by log; of a log that is seen for the first time none. A log that is refused is left out.
   * @param clock the meter's clock, ms UTC: behind the newest row it was set back, and the log is read as a whole
   * @param now this machine's clock, ms UTC, for the checkpoints
   */
  async follow(clock?: number, now = 0): Promise<readonly FollowedLog[]> {
    const addresses: AttributeAddress[] = [];
    for (const log of this.#logs) addresses.push(await this.#addressOf(log, clock));
    const outcomes = addresses.length === 0 ? [] : await this.#client.getMany(addresses);
    return this.#logs.flatMap((log, index) => this.#take(log, outcomes[index], now));
  }

  #addressOf(log: ProfileDescription, clock = Number.POSITIVE_INFINITY): Promise<AttributeAddress> {
    const seen = this.#known(log.logicalName);
    if (seen === undefined) return rowsAddress(this.#client, log, { kind: "last", count: firstRows });
    if (Number.isNaN(seen.at) || clock < seen.at) return rowsAddress(this.#client, log, { kind: "all" });
    const [from, to] = [seen.at - overlap, seen.at + ahead].map((at) => instantToDateTime(at, seen.deviation));
    return rowsAddress(this.#client, log, { kind: "range", from: from as CosemDateTime, to: to as CosemDateTime });
  }

  #take(log: ProfileDescription, outcome: AttributeOutcome | undefined, now: number): readonly FollowedLog[] {
    if (outcome?.value?.type !== "array") return [];
    const { logicalName } = log;
    const known = this.#known(logicalName);
    const rows = outcome.value.value.flatMap((row) => rowOf(log, row) ?? []);
    const fresh = known === undefined ? rows : unseen(rows, known.rows);
    if (known !== undefined && fresh.length === 0) return [];
    const { at, deviation } = rows.at(-1) ?? known ?? nothing;
    const remembered = [...(known?.rows ?? []), ...fresh.map(({ octets }) => octets)].slice(-rememberedRows);
    const events = known === undefined ? [] : fresh.map(({ event }) => event);
    return [{ log: logicalName, events, checkpoint: { at, deviation, rows: remembered, seen: now } }];
  }
}

/** Equal rows are as many events as there are of them. */
function unseen(rows: readonly Row[], known: readonly string[]): readonly Row[] {
  const left = new Map<string, number>();
  for (const octets of known) left.set(octets, (left.get(octets) ?? 0) + 1);
  return rows.filter(({ octets }) => {
    const count = left.get(octets) ?? 0;
    left.set(octets, count - 1);
    return count <= 0;
  });
}

function rowOf({ logicalName, captureObjects, scalerUnits }: ProfileDescription, row: DlmsData): Row | undefined {
  if (row.type !== "structure" || row.value.length !== captureObjects.length) return undefined;
  const details: Record<string, PlainValue> = {};
  let [code, at, deviation] = [Number.NaN, Number.NaN, 0];
  let meterTime: string | undefined;
  row.value.forEach((cell, column) => {
    const object = captureObjects[column];
    if (object === undefined) return;
    if (isClockTime(object)) {
      if (cell.type !== "octet-string" || cell.value.length !== 12) return;
      const stamp = decodeDateTime(cell.value);
      at = dateTimeToInstant(stamp) ?? Number.NaN;
      deviation = stamp.deviation ?? 0;
      meterTime = formatDateTime(stamp);
    } else if (eventCode.test(object.logicalName)) code = Number(plainValue(cell));
    else details[nameOf(object.logicalName) ?? object.logicalName] = plainValue(cell, scalerUnits[column]?.scaler);
  });
  const event = { log: logicalName, code, at, details, ...(meterTime === undefined ? {} : { meterTime }) };
  return { event, at, deviation, octets: toHex(encodeData(row)) };
}
