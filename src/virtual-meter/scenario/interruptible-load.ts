import type { Instant, LoadModel, LoadSegment } from "../../meter-model/index.ts";

/** A load that is without supply for a time, whatever it would be otherwise: for the time in which nobody let the meter live. */
export class InterruptibleLoad implements LoadModel {
  readonly #load: LoadModel;
  #from: Instant = 0;
  #until: Instant = 0;

  constructor(load: LoadModel) {
    this.#load = load;
  }

  /** There is no supply from `from` to before `until`; neither lies before an instant that was asked for. */
  interrupt(from: Instant, until: Instant): void {
    this.#from = from;
    this.#until = until;
  }

  at(instant: Instant): LoadSegment {
    const interrupted = instant >= this.#from && instant < this.#until;
    return interrupted ? { point: undefined, until: this.#until } : this.#load.at(instant);
  }
}
