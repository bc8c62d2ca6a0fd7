import { ByteQueue } from "../bytes/byte-queue.ts";
import { frameLengthAt } from "./frame.ts";

/** Echoes that may still be outstanding, in octets; more than a window of the largest frames. */
const capacity = 16_384;

/** Recognises our own frames coming back, as optical heads and two-wire adapters return them, in the order sent. */
export class EchoFilter {
  readonly #sent = new ByteQueue();
  #echoing = false;

  /** The line has been seen to echo. */
  get echoing(): boolean {
    return this.#echoing;
  }

  /** Remembers whole frames with their flags, just handed to the line. */
  remember(frames: Uint8Array): void {
    if (this.#sent.length + frames.length > capacity) this.#sent.clear();
    if (frames.length <= capacity) this.#sent.append(frames);
  }

  /** Forgets what was sent: the peer has answered, so its echo is over. */
  forget(): void {
    this.#sent.clear();
  }

  /**
   * True when `bytes`, a frame without flags, is one of those sent; each counts once. Frames whose echo was damaged are
   * passed over.
   */
  isEcho(bytes: Uint8Array): boolean {
    for (let offset = 0; offset < this.#sent.length; ) {
      const sent = this.#sent.view(offset + 1);
      const length = frameLengthAt(sent, 0);
      if (sameOctets(sent.subarray(0, length), bytes)) {
        this.#sent.consume(offset + length + 2);
        this.#echoing = true;
        return true;
      }
      offset += length + 2;
    }
    return false;
  }
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}
