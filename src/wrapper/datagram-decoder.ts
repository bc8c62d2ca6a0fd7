import { DecodeError } from "../errors.ts";
import { decodeWpdu, type Wpdu } from "./header.ts";

/** Finds the wrapper PDU of a datagram: exactly one, whose length is that of the datagram (IEC 62056-47). */
export class DatagramDecoder {
  readonly #maxApduLength: number;
  /** A datagram that makes no sense says nothing of the next one. */
  readonly fault: undefined = undefined;

  constructor(maxApduLength: number) {
    this.#maxApduLength = maxApduLength;
  }

  /** The PDU, whose `apdu` is a view; none when the datagram is not one, or holds more than is taken. */
  receive(datagram: Uint8Array): Wpdu[] {
    try {
      const wpdu = decodeWpdu(datagram);
      return wpdu.apdu.length > this.#maxApduLength ? [] : [wpdu];
    } catch (error) {
      if (error instanceof DecodeError) return [];
      throw error;
    }
  }
}
