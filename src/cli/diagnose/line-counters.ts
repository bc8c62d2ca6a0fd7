import type { TraceRecord } from "../../transport/trace.ts";

/** Octets kept to see whether the line only gives back what was sent. */
const remembered = 4096;

/** What went over a line, counted as it goes. */
export class LineCounters {
  octetsSent = 0;
  octetsReceived = 0;
  apdusSent = 0;
  apdusReceived = 0;
  /** Octets that the link dropped, by the reason. */
  readonly discarded = new Map<string, number>();
  #sent: number[] = [];
  #received: number[] = [];

  /** Takes note of a record of the trace. */
  note({ layer, direction, bytes, note = "unknown" }: TraceRecord): void {
    if (layer === "link") this.discarded.set(note, (this.discarded.get(note) ?? 0) + bytes.length);
    else if (layer === "apdu") {
      if (direction === "sent") this.apdusSent += 1;
      else this.apdusReceived += 1;
    } else if (direction === "sent") {
      this.octetsSent += bytes.length;
      this.#sent = [...this.#sent, ...bytes].slice(0, remembered);
    } else {
      this.octetsReceived += bytes.length;
      this.#received = [...this.#received, ...bytes].slice(0, remembered);
    }
  }

  /** Whether everything that came is what was sent. */
  get echoOnly(): boolean {
    const { length } = this.#received;
    return length > 0 && this.octetsReceived <= this.octetsSent && this.#received.every((octet, index) => octet === this.#sent[index]);
  }

  /** Octets that were dropped because a check sum did not fit. */
  get badCheckSums(): number {
    return (this.discarded.get("hcs") ?? 0) + (this.discarded.get("fcs") ?? 0);
  }
}
