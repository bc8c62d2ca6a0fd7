import { ByteWriter } from "../bytes/byte-writer.ts";
import { encodeWpdu, maxDatagramPayload, maxWpduPayload, type Wpdu } from "./header.ts";

/** Wrapper PDUs on their way to the line: one after the other in a stream, each by itself as a datagram. */
export class WpduWriter {
  readonly #stream = new ByteWriter();
  readonly #datagrams: Uint8Array[] | undefined;

  constructor(datagrams: boolean) {
    this.#datagrams = datagrams ? [] : undefined;
  }

  /**
   * Queues a PDU.
   * @throws LocalProtocolError when the APDU is empty, or longer than the line carries in one piece.
   */
  write(wpdu: Wpdu): void {
    if (this.#datagrams === undefined) this.#stream.bytes(encodeWpdu(wpdu, maxWpduPayload));
    else this.#datagrams.push(encodeWpdu(wpdu, maxDatagramPayload));
  }

  /** What to put on the line next, once; undefined when there is nothing. */
  take(): Uint8Array | undefined {
    if (this.#datagrams !== undefined) return this.#datagrams.shift();
    return this.#stream.length === 0 ? undefined : this.#stream.finish();
  }
}
