import { ByteQueue } from "../bytes/byte-queue.ts";
import { DecodeError } from "../errors.ts";
import { headerAt, type Wpdu, wrapperHeaderLength, wrapperVersion } from "./header.ts";

/**
 * Finds wrapper PDUs in a stream cut anywhere. What lies wholly in a chunk is not copied. The stream carries no mark to
 * find again, so the first fault is the last: everything after it is ignored.
 */
export class WpduDecoder {
  readonly #maxApduLength: number;
  /** The beginning of one PDU whose end has not come. */
  readonly #partial = new ByteQueue();
  #fault: DecodeError | undefined;

  constructor(maxApduLength: number) {
    this.#maxApduLength = maxApduLength;
  }

  /** The stream makes no sense since then. */
  get fault(): DecodeError | undefined {
    return this.#fault;
  }

  /** The PDUs that end in this chunk; `apdu` is a view of it where possible. A fault stops at the PDUs before it. */
  receive(chunk: Uint8Array): Wpdu[] {
    const found: Wpdu[] = [];
    let offset = 0;
    while (offset < chunk.length && this.#fault === undefined) {
      offset = this.#partial.length === 0 ? this.#takeWhole(chunk, offset, found) : this.#takeRest(chunk, offset, found);
    }
    return found;
  }

  /** Takes a PDU that begins at `offset`, or keeps its beginning. Returns where the next one begins. */
  #takeWhole(chunk: Uint8Array, offset: number, found: Wpdu[]): number {
    const end = chunk.length - offset < wrapperHeaderLength ? Number.POSITIVE_INFINITY : this.#endOf(chunk, offset);
    if (this.#fault !== undefined) return chunk.length;
    if (end <= chunk.length) found.push(wpduAt(chunk.subarray(offset, end)));
    else this.#partial.append(chunk.subarray(offset));
    return Math.min(end, chunk.length);
  }

  /** Adds to the PDU begun, and no octet of the next one. */
  #takeRest(chunk: Uint8Array, offset: number, found: Wpdu[]): number {
    const header = this.#partial.length < wrapperHeaderLength;
    const wanted = header ? wrapperHeaderLength : this.#endOf(this.#partial.view(), 0);
    const end = Math.min(chunk.length, offset + wanted - this.#partial.length);
    this.#partial.append(chunk.subarray(offset, end));
    if (this.#partial.length < wanted) return end;
    if (header) this.#endOf(this.#partial.view(), 0);
    else {
      // A copy, because the beginning of a later PDU of this chunk may go into the same buffer.
      found.push(wpduAt(this.#partial.view().slice()));
      this.#partial.clear();
    }
    return end;
  }

  /** Where the PDU at `offset`, whose header is there, ends; notes a fault in the header. */
  #endOf(bytes: Uint8Array, offset: number): number {
    const { version, length } = headerAt(bytes, offset);
    if (version !== wrapperVersion) this.#fail("bad-tag", "wrapper version", `version ${version}`);
    else if (length === 0) this.#fail("bad-length", "wrapper length", "no APDU");
    else if (length > this.#maxApduLength)
      this.#fail("limit", "wrapper length", `${length} octets, at most ${this.#maxApduLength} are taken`);
    return offset + wrapperHeaderLength + length;
  }

  #fail(code: "bad-tag" | "bad-length" | "limit", what: string, message: string): void {
    this.#fault = new DecodeError(code, what, 0, `${what}: ${message}`, { layer: "wrapper" });
    this.#partial.clear();
  }
}

function wpduAt(bytes: Uint8Array): Wpdu {
  const { sourceWPort, destinationWPort } = headerAt(bytes, 0);
  return { sourceWPort, destinationWPort, apdu: bytes.subarray(wrapperHeaderLength) };
}
