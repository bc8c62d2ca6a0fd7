import { createSecretKey } from "node:crypto";
import { equalSecrets } from "./compare.ts";
import { keyObjectOf } from "./key-object.ts";
import { Opaque } from "./opaque.ts";

/** A secret of any length (LLS password, HLS secret) that does not print, serialise or compare in variable time. */
export class SecretBytes extends Opaque {
  /** Octets. */
  readonly length: number;

  protected constructor(bytes: Uint8Array) {
    super(createSecretKey(bytes));
    this.length = bytes.length;
  }

  /** A secret of these octets, which are copied. */
  static from(bytes: Uint8Array): SecretBytes {
    return new SecretBytes(bytes);
  }

  /** Whether both hold the same octets, in time that depends on neither. */
  equals(other: SecretBytes): boolean {
    return equalSecrets(this.exposeSecret(), other.exposeSecret());
  }

  /** A copy of the octets, for the few who must send or store them; everyone else hands the object on. */
  exposeSecret(): Uint8Array {
    return keyObjectOf(this).export();
  }

  /** Without the length, which says something of a password. */
  override toString(): string {
    return "SecretBytes";
  }
}
