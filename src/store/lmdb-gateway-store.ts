import { StoreError } from "../errors.ts";
import type { Checkpoint, CheckpointKey, GatewayStore } from "../gateway/gateway-store.ts";
import type { BirthSequenceStore, NumberedMessage, OutboxMessage, OutboxStore } from "../mqtt-bridge/index.ts";
import { LmdbFolder, type StoreFormat, type StoreKey } from "./lmdb-folder.ts";

/**
 * What a gateway's folder contains: checkpoints under "checkpoint", meter and profile; the device of a meter under "device";
 * messages under "outbox" and their numbers, the next number under "outbox-next"; the answers to commands under "answer",
 * with the time they may be forgotten; the number of the last Sparkplug birth under "birth".
 */
const gatewayFormat: StoreFormat = { kind: "gateway-state", version: 1, migrations: new Map() };

/** Messages kept for a broker that is away: events of two hundred meters for a week. The oldest give way first. */
const mostMessages = 100_000;

interface StoredAnswer {
  readonly until: number;
  readonly answer: unknown;
}

/** Keeps what a gateway must not forget in an LMDB folder; what has resolved is on the disk. */
export class LmdbGatewayStore implements GatewayStore {
  readonly #folder: LmdbFolder;
  readonly outbox: OutboxStore;
  readonly birthSequence: BirthSequenceStore = {
    read: () => this.#folder.database.get(birthKey) as number | undefined,
    write: (value) => this.#transact(() => this.#folder.database.putSync(birthKey, value)).then(() => {}),
  };
  readonly #limit: number;
  #next: number;
  #size: number;

  /** Opens or creates the folder at `path`; throws `StoreError` as `LmdbFolder` does. */
  constructor(path: string, { limit = mostMessages }: { readonly limit?: number } = {}) {
    this.#folder = new LmdbFolder(path, gatewayFormat);
    this.#limit = limit;
    this.#next = (this.#folder.database.get(nextKey) as number | undefined) ?? 1;
    this.#size = this.#count();
    const store = this;
    this.outbox = {
      get size() {
        return store.#size;
      },
      append: (messages) => this.#transact(() => this.#append(messages)),
      after: (number, count) => this.#after(number, count),
      remove: (numbers) =>
        this.#transact(() => {
          for (const number of numbers) this.#removeMessage(number);
        }),
    };
  }

  checkpoint(key: CheckpointKey): Checkpoint | undefined {
    return this.#folder.database.get(checkpointKey(key)) as Checkpoint | undefined;
  }

  async advance(key: CheckpointKey, checkpoint: Checkpoint, messages: readonly OutboxMessage[] = []): Promise<void> {
    await this.#transact(() => {
      this.#folder.database.putSync(checkpointKey(key), checkpoint);
      if (messages.length > 0) this.#append(messages);
    });
  }

  device(meterId: string): string | undefined {
    return this.#folder.database.get(["device", meterId]) as string | undefined;
  }

  async setDevice(meterId: string, device: string): Promise<void> {
    await this.#transact(() => {
      const { database } = this.#folder;
      const range = { start: ["checkpoint", meterId], end: ["checkpoint", meterId, last] };
      for (const key of [...database.getKeys(range)]) database.removeSync(key);
      database.putSync(["device", meterId], device);
    });
  }

  answer(command: string, now: number): unknown {
    const stored = this.#folder.database.get(["answer", command]) as StoredAnswer | undefined;
    return stored === undefined || stored.until < now ? undefined : stored.answer;
  }

  async keepAnswer(command: string, answer: unknown, now: number, until: number): Promise<void> {
    await this.#transact(() => {
      const { database } = this.#folder;
      for (const { key, value } of [...database.getRange({ start: ["answer"], end: ["answer", last] })]) {
        if ((value as StoredAnswer).until < now) database.removeSync(key);
      }
      database.putSync(["answer", command], { until, answer } satisfies StoredAnswer);
    });
  }

  /** A copy of everything in a folder, consistent while the gateway runs; a new folder, or an empty one. */
  backUp(path: string): Promise<void> {
    return this.#folder.backUp(path);
  }

  close(): Promise<void> {
    return this.#folder.close();
  }

  #append(messages: readonly OutboxMessage[]): number {
    const { database } = this.#folder;
    for (const message of messages) {
      database.putSync(outboxKey(this.#next), message);
      this.#next += 1;
    }
    this.#size += messages.length;
    database.putSync(nextKey, this.#next);
    const surplus = Math.max(0, this.#size - this.#limit);
    for (const { number } of this.#after(0, surplus)) this.#removeMessage(number);
    return surplus;
  }

  #removeMessage(number: number): void {
    if (this.#folder.database.removeSync(outboxKey(number))) this.#size -= 1;
  }

  #after(number: number, count: number): readonly NumberedMessage[] {
    if (count <= 0) return [];
    const range = this.#folder.database.getRange({ start: outboxKey(number + 1), end: outboxKey(Number.MAX_SAFE_INTEGER), limit: count });
    return [...range].map(({ key, value }) => ({ ...(value as OutboxMessage), number: key[1] as number }));
  }

  /** One transaction for everything that is asked for in the same instant, durable when it resolves. */
  async #transact<T>(change: () => T): Promise<T> {
    const { database } = this.#folder;
    try {
      const result = await database.transaction(change);
      await database.flushed;
      return result;
    } catch (cause) {
      this.#size = this.#count();
      throw failed("the state of the gateway could not be stored", cause);
    }
  }

  #count(): number {
    return this.#folder.database.getKeysCount({ start: outboxKey(0), end: outboxKey(Number.MAX_SAFE_INTEGER) });
  }
}

/** Behind every text that is part of a key here. */
const last = "\uffff";

const birthKey: StoreKey = ["birth"];
const nextKey: StoreKey = ["outbox-next"];

function outboxKey(number: number): StoreKey {
  return ["outbox", number];
}

function checkpointKey({ meterId, profile }: CheckpointKey): StoreKey {
  return ["checkpoint", meterId, profile];
}

function failed(what: string, cause: unknown): StoreError {
  return new StoreError("store-failed", what, { hint: "check the disk, its free space and the permissions of the folder", cause });
}
