import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { BirthSequenceStore, OutboxMessage, OutboxStore } from "../mqtt-bridge/index.ts";

/** How far the rows of a profile have gone: up to a row, which the meter's own stamp and the rows beside it tell. */
export interface Checkpoint {
  /** Stamp of the row that was taken last, ms UTC; NaN before there was one. */
  readonly at: number;
  /** Its deviation, minutes from local time to UTC. */
  readonly deviation: number;
  /** The latest rows: those of one instant, or of a clock that was set back, cannot be told by their stamps. */
  readonly rows: readonly string[];
  /** When the meter was looked at last, ms UTC of this machine. */
  readonly seen: number;
}

/** Which rows: of which profile of which device. */
export interface CheckpointKey {
  /** The meter's id in the configuration. */
  readonly meterId: string;
  readonly profile: LogicalName;
}

/** What the gateway must not forget. Every promise resolves when it is on the disk, and rejects with `StoreError`. */
export interface GatewayStore {
  checkpoint(key: CheckpointKey): Checkpoint | undefined;
  /** Stores a checkpoint and, in the same instant, what has to go out because of it. */
  advance(key: CheckpointKey, checkpoint: Checkpoint, messages?: readonly OutboxMessage[]): Promise<void>;
  /** The device that was found under a meter's id: its logical device name. */
  device(meterId: string): string | undefined;
  /** Another device is in the place of the known one: its checkpoints begin anew. */
  setDevice(meterId: string, device: string): Promise<void>;
  /** Events and pushes that wait for the broker. */
  readonly outbox: OutboxStore;
  /** What a command, known by its verb and transaction, was answered, unless that may be forgotten by `now`, ms UTC. */
  answer(command: string, now: number): unknown;
  /** Keeps what a command was answered until a time, ms UTC: fit for JSON. */
  keepAnswer(command: string, answer: unknown, now: number, until: number): Promise<void>;
  /** The number of the last birth of the Sparkplug edge node. */
  readonly birthSequence: BirthSequenceStore;
  close(): Promise<void>;
}
