import { timingSafeEqual } from "node:crypto";

/** What `util.inspect` looks for, named by symbol so that no module of Node has to be imported. */
const inspectCustom: unique symbol = Symbol.for("nodejs.util.inspect.custom") as typeof inspectCustom;

/** Base of the keys of a prepayment system: in logs, JSON and error messages a key is its own description and nothing else. */
export abstract class KeyMaterial {
  readonly #octets: Uint8Array;

  protected constructor(octets: Uint8Array) {
    this.#octets = new Uint8Array(octets);
  }

  /** Octets. */
  get length(): number {
    return this.#octets.length;
  }

  /** Whether both hold the same octets, in time that depends on their length alone. */
  equals(other: KeyMaterial): boolean {
    return this.length === other.length && timingSafeEqual(this.#octets, other.#octets);
  }

  /** A copy of the octets, for those who compute with them or store them; everyone else hands the object on. */
  exposeSecret(): Uint8Array {
    return this.#octets.slice();
  }

  /** A description without the material. */
  abstract toString(): string;

  toJSON(): string {
    return this.toString();
  }

  [inspectCustom](): string {
    return this.toString();
  }
}
