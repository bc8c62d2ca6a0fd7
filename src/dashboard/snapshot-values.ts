import { expiryOf } from "../mqtt-bridge/home-assistant.ts";
import { MeterState } from "../mqtt-bridge/meter-state.ts";
import type { MeterSnapshot, ReadingIdentity } from "../mqtt-bridge/reading.ts";
import { fieldOf } from "../mqtt-bridge/state-keys.ts";
import { snakeCase } from "../mqtt-bridge/text.ts";
import type { LiveValue } from "./contract.ts";
import type { BoardReading } from "./live-board.ts";

/** Turns the snapshots of one meter into present values under the keys that subscribers over MQTT get, by the same rules. */
export class SnapshotValues {
  readonly #state = new MeterState();
  /** By key: what it is a value of. */
  readonly #identities = new Map<string, ReadingIdentity>();
  #serialNumber: string | undefined;

  /** Says what will be read, and of which device: the registers of another one start anew. */
  describe(serialNumber: string | undefined, known: readonly ReadingIdentity[] | undefined): void {
    if (this.#serialNumber !== undefined && serialNumber !== undefined && serialNumber !== this.#serialNumber) this.#state.replaced();
    this.#serialNumber = serialNumber;
    if (known !== undefined) this.#state.describe(known);
  }

  /** @param pollPeriod seconds, after some of which a momentary value is worth nothing */
  fold(snapshot: MeterSnapshot, pollPeriod: number | null): BoardReading | undefined {
    for (const reading of snapshot.readings) this.#name(reading);
    if (this.#state.fold(snapshot) === undefined) return undefined;
    const values = this.#state.values(expiryOf(pollPeriod ?? undefined));
    const currency = values.get("currency");
    const { readTime, quality, meterTime = null, clockDriftSeconds = null } = snapshot;
    return {
      values: this.#liveValues(values),
      currency: typeof currency === "string" ? currency : undefined,
      readTime,
      meterTime,
      driftSeconds: clockDriftSeconds,
      quality,
    };
  }

  /** A key is the field's, or where two objects want the same, has the logical name of the second one behind it. */
  #name(identity: ReadingIdentity): void {
    const { key } = fieldOf(identity);
    for (const name of [`${key}_${snakeCase(identity.logicalName)}`, key]) {
      if (!this.#identities.has(name)) this.#identities.set(name, identity);
    }
  }

  /** What is of the snapshot and of no object, such as the drift of the clock, stands elsewhere. */
  #liveValues(values: ReturnType<MeterState["values"]>): readonly LiveValue[] {
    const fields = new Map(this.#state.fields.map((field) => [field.key, field.entity]));
    return [...values].flatMap(([key, value]) => {
      const [identity, entity] = [this.#identities.get(key), fields.get(key)];
      if (identity === undefined || entity === undefined) return [];
      const { logicalName, attribute } = identity;
      return [{ key, logicalName, attribute, name: entity.name, value, unit: entity.unit ?? null }];
    });
  }
}
