import { DecodeError } from "../errors.ts";
import { KeyMaterial } from "./key-material.ts";

/** The key a meter deciphers its tokens with, the most significant octet first: 8 octets for EA07, 16 for EA11. */
export class DecoderKey extends KeyMaterial {
  /**
   * A key of these octets, which are copied.
   * @throws DecodeError `bad-length` for any length but 8 and 16
   */
  static from(octets: Uint8Array): DecoderKey {
    if (octets.length !== 8 && octets.length !== 16) {
      throw new DecodeError("bad-length", "decoder key", 0, `decoder key: 8 or 16 octets, not ${octets.length}`, { layer: "security" });
    }
    return new DecoderKey(octets);
  }

  override toString(): string {
    return `DecoderKey(${this.length})`;
  }
}
