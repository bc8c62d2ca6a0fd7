import type { StateField, StateValue } from "./entity.ts";
import { MonotonicGuard } from "./monotonic-guard.ts";
import { published, quantityOf } from "./quantities.ts";
import type { MeterSnapshot, Reading, ReadingIdentity } from "./reading.ts";
import { clockDriftField, fieldOf, isJoined, meterTimeField, sourceOf } from "./state-keys.ts";
import { plainText, snakeCase } from "./text.ts";

/** A register that was accepted although it went down. */
export interface RegisterReset {
  readonly key: string;
  /** In the published unit. */
  readonly previous: number;
  readonly value: number;
}

/** What a snapshot changed besides the values. */
export interface FoldResult {
  /** True when a key turned up that was not known before. */
  readonly newKeys: boolean;
  readonly resets: readonly RegisterReset[];
  /** Keys whose value was held back by the monotonic guard. */
  readonly heldBack: readonly string[];
}

interface Held {
  readonly value: StateValue;
  readonly readTime: number;
  readonly currency?: string;
}

interface Known {
  readonly unit: string | undefined;
  readonly field: StateField;
}

/** More keys than any meter has; a peer that invents names must not fill the memory. */
const mostKeys = 1000;

/** The last good values of one meter, and which keys it is known to have. */
export class MeterState {
  readonly #guard = new MonotonicGuard();
  /** Attribute -> its key; once given, a key stays with its attribute. */
  readonly #fields = new Map<string, Known>();
  readonly #held = new Map<string, Held>();
  #fieldsSet = 0;
  #newestRead = Number.NEGATIVE_INFINITY;

  /** How many values the guard has dropped. */
  get dropped(): number {
    return this.#guard.dropped;
  }

  /** True once anything was read. */
  get hasValues(): boolean {
    return this.#held.size > 0;
  }

  /** The fields known so far, one per key; the clock's are always among them. */
  get fields(): StateField[] {
    const fields = [...[...this.#fields.values()].map(({ field }) => field), meterTimeField, clockDriftField];
    return [...new Map(fields.map((field) => [field.key, field])).values()];
  }

  /** Makes exactly these readings the known ones. */
  describe(identities: readonly ReadingIdentity[]): void {
    const wanted = new Set(identities.map(sourceOf));
    for (const source of [...this.#fields.keys()].filter((known) => !wanted.has(known) && !snapshotFields.has(known))) {
      this.#fields.delete(source);
      this.#held.delete(source);
    }
    for (const identity of identities) this.#fieldFor(identity);
  }

  /** The meter was replaced by another: its registers start anew. */
  replaced(): void {
    this.#guard.clear();
    this.#held.clear();
  }

  /** Takes a snapshot in; undefined when it is a row of the past that must not overwrite what is newer. */
  fold(snapshot: MeterSnapshot): FoldResult | undefined {
    if (snapshot.source === "profile" && snapshot.readTime < this.#newestRead) return undefined;
    this.#newestRead = snapshot.readTime;
    const before = this.#fieldsSet;
    const verdicts = snapshot.readings.map((reading) => this.#take(reading, snapshot.readTime));
    this.#hold("clock", meterTimeField, snapshot.meterTime, snapshot.readTime);
    this.#hold("drift", clockDriftField, snapshot.clockDriftSeconds, snapshot.readTime);
    return {
      newKeys: this.#fieldsSet > before,
      resets: verdicts.flatMap((verdict) => (typeof verdict === "object" ? [verdict] : [])),
      heldBack: verdicts.flatMap((verdict) => (typeof verdict === "string" ? [verdict] : [])),
    };
  }

  /** Key -> value, in the order the keys turned up; momentary values older than `expiry` seconds are left out. */
  values(expiry: number | undefined): ReadonlyMap<string, StateValue> {
    const oldest = expiry === undefined ? Number.NEGATIVE_INFINITY : this.#newestRead - expiry * 1000;
    const values = new Map<string, StateValue>();
    for (const [source, { value, readTime, currency }] of this.#held) {
      const field = this.#fields.get(source)?.field;
      if (field === undefined || (field.momentary && readTime < oldest)) continue;
      const present = isJoined(field.key) ? values.get(field.key) : undefined;
      values.set(field.key, Array.isArray(present) && Array.isArray(value) ? [...present, ...value] : value);
      if (currency !== undefined) values.set("currency", currency);
    }
    return values;
  }

  #take(reading: Reading, readTime: number): RegisterReset | string | undefined {
    const source = sourceOf(reading);
    const field = this.#fieldFor(reading);
    const value = field?.convert(reading.value);
    if (field === undefined || value === undefined) return undefined;
    if (value === null) {
      this.#held.delete(source);
      return undefined;
    }
    let reset: RegisterReset | undefined;
    if (field.counter && typeof value === "number") {
      const verdict = this.#guard.judge(source, Number(reading.value));
      if (!verdict.accepted) return field.key;
      if ("reset" in verdict) reset = { key: field.key, previous: published(verdict.reset.previous, quantityOf(reading.unit)) ?? 0, value };
    }
    const currency = field.entity.deviceClass === "monetary" ? field.entity.unit : undefined;
    this.#keep(source, currency === undefined ? { value, readTime } : { value, readTime, currency });
    return reset;
  }

  /** Puts the value last: of two objects with one key, the one that was read later is right. */
  #keep(source: string, held: Held): void {
    this.#held.delete(source);
    this.#held.set(source, held);
  }

  #hold(source: string, field: StateField, raw: unknown, readTime: number): void {
    const value = field.convert(raw) ?? undefined;
    if (value === undefined) return;
    // Not a new key: the clock's fields are always among the known ones.
    this.#fields.set(source, { unit: undefined, field });
    this.#keep(source, { value, readTime });
  }

  #fieldFor(identity: ReadingIdentity): StateField | undefined {
    const source = sourceOf(identity);
    const known = this.#fields.get(source);
    // An object that changes its unit is another quantity: credit turns from energy into money with the meter's mode.
    if (known !== undefined && known.unit === identity.unit) return known.field;
    if (known === undefined && this.#fields.size >= mostKeys) return undefined;
    const field = this.#distinct(fieldOf(identity), identity);
    this.#setField(source, { unit: identity.unit, field });
    return field;
  }

  #setField(source: string, known: Known): void {
    this.#fields.set(source, known);
    this.#fieldsSet += 1;
  }

  /** Two objects of the same name: the second one is told apart by its logical name. */
  #distinct(field: StateField, { logicalName, attribute }: ReadingIdentity): StateField {
    const source = sourceOf({ logicalName, attribute });
    const clash = [...this.#fields].some(
      ([other, present]) =>
        other !== source && present.field.key === field.key && present.field.entity.uniqueSuffix !== field.entity.uniqueSuffix,
    );
    if (!clash) return field;
    const key = `${field.key}_${snakeCase(logicalName)}`;
    return { ...field, key, entity: { ...field.entity, component: key, name: plainText(`${field.entity.name} ${logicalName}`, 100) } };
  }
}

/** Fields that come with the snapshot and not from a reading. */
const snapshotFields: ReadonlySet<string> = new Set(["clock", "drift"]);
