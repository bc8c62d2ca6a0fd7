import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { MemoryBirthSequenceStore, MemoryOutboxStore, type OutboxMessage } from "../mqtt-bridge/index.ts";
import type { Checkpoint, CheckpointKey, GatewayStore } from "./gateway-store.ts";

/** A store for a gateway that keeps nothing: the demonstration, and tests. */
export class MemoryGatewayStore implements GatewayStore {
  readonly outbox = new MemoryOutboxStore();
  readonly birthSequence = new MemoryBirthSequenceStore();
  readonly #checkpoints = new Map<string, Map<LogicalName, Checkpoint>>();
  readonly #devices = new Map<string, string>();
  readonly #answers = new Map<string, { readonly until: number; readonly answer: unknown }>();

  checkpoint({ meterId, profile }: CheckpointKey): Checkpoint | undefined {
    return this.#checkpoints.get(meterId)?.get(profile);
  }

  async advance({ meterId, profile }: CheckpointKey, checkpoint: Checkpoint, messages: readonly OutboxMessage[] = []): Promise<void> {
    const ofMeter = this.#checkpoints.get(meterId) ?? new Map<LogicalName, Checkpoint>();
    this.#checkpoints.set(meterId, ofMeter.set(profile, checkpoint));
    await this.outbox.append(messages);
  }

  device(meterId: string): string | undefined {
    return this.#devices.get(meterId);
  }

  setDevice(meterId: string, device: string): Promise<void> {
    this.#checkpoints.delete(meterId);
    this.#devices.set(meterId, device);
    return Promise.resolve();
  }

  answer(command: string, now: number): unknown {
    const stored = this.#answers.get(command);
    return stored === undefined || stored.until < now ? undefined : stored.answer;
  }

  keepAnswer(command: string, answer: unknown, now: number, until: number): Promise<void> {
    for (const [key, stored] of this.#answers) if (stored.until < now) this.#answers.delete(key);
    this.#answers.set(command, { until, answer });
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
