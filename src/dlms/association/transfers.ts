/** Transfers under way, by invoke id: a few at a time, of which the oldest gives way. */
export class Transfers<Transfer> {
  readonly #limit: number;
  readonly #byInvokeId = new Map<number, Transfer>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(invokeId: number): Transfer | undefined {
    return this.#byInvokeId.get(invokeId);
  }

  start(invokeId: number, transfer: Transfer): void {
    this.#byInvokeId.delete(invokeId);
    this.#byInvokeId.set(invokeId, transfer);
    if (this.#byInvokeId.size <= this.#limit) return;
    const [oldest] = this.#byInvokeId.keys();
    this.#byInvokeId.delete(oldest as number);
  }

  end(invokeId: number): void {
    this.#byInvokeId.delete(invokeId);
  }
}
