/** Drops what an optical probe hears of its own sending: octets that come back as they were sent, parity aside. */
export class ProbeEcho {
  #expected: number[] = [];
  #held: number[] = [];
  #present = false;

  /** True where what was sent last came back whole: this probe hears itself. */
  get present(): boolean {
    return this.#present;
  }

  /** Remembers what goes out; what was not heard of by then is not waited for. */
  sent(octets: Uint8Array): void {
    this.#expected = Array.from(octets, (octet) => octet & 0x7f);
    this.#held = [];
  }

  /** What is no echo. What might become one is held back until it is, or is not. */
  filter(octets: Uint8Array): Uint8Array {
    if (this.#expected.length === 0) return octets;
    const passed: number[] = [];
    for (const octet of octets) {
      if (this.#expected.length === 0) passed.push(octet);
      else if ((octet & 0x7f) === this.#expected[0]) {
        this.#expected.shift();
        this.#held.push(octet);
        if (this.#expected.length > 0) continue;
        this.#held = [];
        this.#present = true;
      } else {
        // No echo after all: the answer began like the question.
        passed.push(...this.#held, octet);
        this.#held = [];
        this.#expected = [];
        this.#present = false;
      }
    }
    return Uint8Array.from(passed);
  }

  /** What was held back, where nothing follows. */
  release(): Uint8Array {
    const held = Uint8Array.from(this.#held);
    this.#held = [];
    this.#expected = [];
    return held;
  }
}
