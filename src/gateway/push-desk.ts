import { toHex } from "../bytes/hex.ts";
import type { NotificationSource } from "../client/notification-listener.ts";
import { explain } from "../decode/explain.ts";
import type { ApduItem, ExplainedReading } from "../decode/explanation.ts";
import { allItems } from "../decode/explanation.ts";
import type { DecipheringKeys } from "../decode/key-ring.ts";
import type { Notification } from "../dlms/association/events.ts";
import { encodeApdu } from "../dlms/xdlms/apdu.ts";
import { type DlmsError, RemoteProtocolError, SecurityError } from "../errors.ts";
import { type OutboxMessage, pushMessage, type Reading, type ReadingValue } from "../mqtt-bridge/index.ts";
import type { GatewayStore } from "./gateway-store.ts";
import type { MeterOutput } from "./meter-options.ts";

/** A meter that may push. */
export interface PushingMeter {
  readonly meterId: string;
  /** Host it is reached at, where it has one of its own. */
  readonly host: string | undefined;
  /** System title under which it ciphers, hex, where it is known. */
  readonly systemTitle: string | undefined;
  readonly keys: DecipheringKeys;
}

export interface PushDeskOptions {
  readonly meters: () => readonly PushingMeter[];
  readonly store: Pick<GatewayStore, "checkpoint" | "advance" | "device">;
  readonly output: Pick<MeterOutput, "publishSnapshot" | "outboxFilled" | "publishBridgeEvent" | "wallClock">;
  readonly onFailure: (meterId: string | undefined, error: unknown) => void;
  readonly onPush: (meterId: string) => void;
}

/** Under this name a meter's place in the store holds the invocation counter of its last push. */
const counterPlace = "0.0.25.9.0.255";
/** general-glo-ciphering and its relatives begin with the sender's system title (Green Book 9.5). */
const namedCiphering: ReadonlySet<number> = new Set([0xdb, 0xdc, 0xdd, 0xdf]);
const titleLength = 8;

interface Opened {
  readonly readings: readonly ExplainedReading[];
  /** Undefined in clear. */
  readonly counter: number | undefined;
}

/** What meters say by themselves: finds out whose it is, opens it, and hands it on once. */
export class PushDesk {
  readonly #options: PushDeskOptions;
  /** System titles that have been heard, by meter. */
  readonly #titles = new Map<string, string>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: PushDeskOptions) {
    this.#options = options;
  }

  /** A notification in clear. */
  receive(notification: Notification, source: NotificationSource): void {
    this.#queue(encodeApdu(notification), source);
  }

  /** Something else, which may be a ciphered one. */
  receiveOther(error: DlmsError, bytes: Uint8Array, source: NotificationSource): void {
    if (namedCiphering.has(bytes[0] ?? 0)) this.#queue(bytes, source);
    else this.#options.onFailure(undefined, error);
  }

  /** Resolves when everything received is in the outbox. */
  idle(): Promise<void> {
    return this.#last;
  }

  #queue(bytes: Uint8Array, source: NotificationSource): void {
    const copy = bytes.slice();
    this.#last = this.#last.then(() => this.#take(copy, source)).catch((error: unknown) => this.#options.onFailure(undefined, error));
  }

  async #take(bytes: Uint8Array, source: NotificationSource): Promise<void> {
    const { onFailure, onPush, output, store } = this.#options;
    const found = this.#find(bytes, source);
    if (found === undefined) {
      output.publishBridgeEvent("push_unmatched", { peer: source.peer });
      onFailure(undefined, new RemoteProtocolError(`a push from ${source.peer} belongs to no meter of the configuration`));
      return;
    }
    const { meterId, opened } = found;
    if (opened === undefined) {
      output.publishBridgeEvent("push_refused", { meter: meterId, reason: "decrypt" });
      onFailure(meterId, new SecurityError("deciphering-failed", "a push could not be opened with the keys of this meter"));
      return;
    }
    const key = { meterId, profile: counterPlace } as const;
    const seen = store.checkpoint(key);
    if (opened.counter !== undefined && seen !== undefined && opened.counter <= seen.at) {
      output.publishBridgeEvent("push_refused", { meter: meterId, reason: "replayed" });
      onFailure(meterId, new SecurityError("replayed", "a push came again, or one that is older than the last"));
      return;
    }
    const now = output.wallClock();
    const readings = opened.readings.flatMap((reading) => toReading(meterId, reading) ?? []);
    const message: OutboxMessage = pushMessage({ meterId, receivedTime: now, readings, ciphered: opened.counter !== undefined });
    await store.advance(key, { at: opened.counter ?? seen?.at ?? -1, deviation: 0, rows: [], seen: now }, [message]);
    output.outboxFilled();
    onPush(meterId);
    // A number without its scaler would be taken for a thousand times what it is.
    const certain = readings.filter(({ logicalName, unit }) => logicalName !== "" && unit !== undefined);
    if (certain.length > 0) output.publishSnapshot({ meterId, readings: certain, readTime: now, quality: "good", source: "push" });
  }

  /** By the title under which it is ciphered, by where it comes from, by the name of the device in it. */
  #find(bytes: Uint8Array, { peer }: NotificationSource): { readonly meterId: string; readonly opened: Opened | undefined } | undefined {
    const meters = this.#options.meters();
    const title = titleOf(bytes);
    const titled = title === undefined ? undefined : meters.find((meter) => this.#titleOf(meter) === title);
    if (titled !== undefined) return { meterId: titled.meterId, opened: open(bytes, titled.keys) };
    const host = hostOf(peer);
    const near = meters.filter((meter) => meter.host === host);
    const candidates = near.length > 0 ? near : meters;
    if (title !== undefined) {
      for (const { meterId, keys } of candidates) {
        const opened = open(bytes, keys);
        if (opened === undefined) continue;
        this.#titles.set(meterId, title);
        return { meterId, opened };
      }
      const [only, ...others] = near;
      return only === undefined || others.length > 0 ? undefined : { meterId: only.meterId, opened: undefined };
    }
    const opened = open(bytes, {});
    const names = new Set(opened?.readings.map(({ value }) => value));
    const own = candidates.find(({ meterId }) => {
      const device = this.#options.store.device(meterId);
      return device !== undefined && names.has(device);
    });
    const [only, ...others] = near;
    const meter = own ?? (others.length === 0 ? only : undefined);
    return meter && { meterId: meter.meterId, opened };
  }

  #titleOf({ meterId, systemTitle }: PushingMeter): string | undefined {
    return systemTitle ?? this.#titles.get(meterId);
  }
}

/** The system title before the ciphered octets, hex. */
function titleOf(bytes: Uint8Array): string | undefined {
  if (!namedCiphering.has(bytes[0] ?? 0) || bytes[1] !== titleLength || bytes.length < 2 + titleLength) return undefined;
  return toHex(bytes.subarray(2, 2 + titleLength));
}

/** Undefined where something in it stays closed. */
function open(bytes: Uint8Array, keys: DecipheringKeys): Opened | undefined {
  const { apdus, readings, remaining } = explain(bytes, { keys });
  const items = [...allItems(apdus)];
  if (remaining > 0 || items.some((item) => item["error"] !== undefined)) return undefined;
  return { readings, counter: counterOf(items) };
}

function counterOf(items: readonly ApduItem[]): number | undefined {
  for (const { invocationCounter } of items) if (typeof invocationCounter === "number") return invocationCounter;
  return undefined;
}

/** "tcp 10.0.0.5:4059" is 10.0.0.5; an address of IPv4 written as one of IPv6 is the former. */
function hostOf(peer: string): string {
  const [, host = ""] = /^\S+ (.*):\d+$/.exec(peer) ?? [];
  return host.replace(/^::ffff:/, "");
}

function toReading(meterId: string, { logicalName, attribute, position, name, value, unit }: ExplainedReading): Reading | undefined {
  if (value === null || Array.isArray(value)) return undefined;
  return {
    meterId,
    logicalName: logicalName ?? "",
    attribute: attribute ?? 2,
    name: name ?? logicalName ?? `position ${position ?? 0}`,
    value: value as ReadingValue,
    ...(unit === undefined ? {} : { unit }),
  };
}
