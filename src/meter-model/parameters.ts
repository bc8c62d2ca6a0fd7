/** Names of parameters are those of attributes: "0.0.25.0.0.255:2". */
export type ParameterName = string;

/** Parameters of the meter that nothing in it depends on, such as addresses and names: octets, as whoever keeps them codes them. */
export type ParameterState = Record<ParameterName, Uint8Array>;

/** Longest value kept: none of the setups has a longer one. */
const longest = 4096;

/** A place for settings that the meter keeps and shows without acting on them. */
export class Parameters {
  readonly #state: ParameterState;

  constructor(state: ParameterState) {
    this.#state = state;
  }

  /** A copy of the octets; undefined where nothing was ever set. */
  get(name: ParameterName): Uint8Array | undefined {
    return Object.hasOwn(this.#state, name) ? this.#state[name]?.slice() : undefined;
  }

  /** False, and nothing changed, for more octets than are kept. */
  set(name: ParameterName, octets: Uint8Array): boolean {
    if (octets.length > longest) return false;
    this.#state[name] = octets.slice();
    return true;
  }
}
