import { DecodeError } from "../../errors.ts";
import { SecretBytes } from "./secret-bytes.ts";

/** A symmetric key of 16 octets (suites 0 and 1) or 32 (suite 2), as the Green Book sizes them. */
export class SecretKey extends SecretBytes {
  /**
   * A key of these octets, which are copied.
   * @throws DecodeError `bad-length` for any length but 16 and 32
   */
  static override from(bytes: Uint8Array): SecretKey {
    if (bytes.length !== 16 && bytes.length !== 32) {
      throw new DecodeError("bad-length", "key", 0, `key: 16 or 32 octets, not ${bytes.length}`);
    }
    return new SecretKey(bytes);
  }

  override toString(): string {
    return `SecretKey(${this.length})`;
  }
}
