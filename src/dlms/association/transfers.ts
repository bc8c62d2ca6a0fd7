/** What transfers may hold: so many of them, and so many octets, of which each tells its own. */
export interface TransferLimits<Transfer> {
  readonly count: number;
  readonly octets: number;
  readonly octetsOf: (transfer: Transfer) => number;
}

/** Transfers under way, by invoke id: a few at a time, of which the oldest gives way. The one begun last is always kept. */
export class Transfers<Transfer> {
  readonly #limits: TransferLimits<Transfer>;
  readonly #byInvokeId = new Map<number, Transfer>();

  constructor(limits: TransferLimits<Transfer>) {
    this.#limits = limits;
  }

  get(invokeId: number): Transfer | undefined {
    return this.#byInvokeId.get(invokeId);
  }

  start(invokeId: number, transfer: Transfer): void {
    this.#byInvokeId.delete(invokeId);
    this.#byInvokeId.set(invokeId, transfer);
    for (const oldest of this.#byInvokeId.keys()) {
      if (oldest === invokeId || !this.#tooMuch()) return;
      this.#byInvokeId.delete(oldest);
    }
  }

  end(invokeId: number): void {
    this.#byInvokeId.delete(invokeId);
  }

  #tooMuch(): boolean {
    const { count, octets, octetsOf } = this.#limits;
    let held = 0;
    for (const transfer of this.#byInvokeId.values()) held += octetsOf(transfer);
    return this.#byInvokeId.size > count || held > octets;
  }
}
