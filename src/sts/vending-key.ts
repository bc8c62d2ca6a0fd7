import { DecodeError } from "../errors.ts";
import { KeyMaterial } from "./key-material.ts";

/** The key of a supply group, from which decoder keys are derived: 8 octets of odd parity (DES) for DKGA02, 20 for DKGA04. */
export class VendingKey extends KeyMaterial {
  /**
   * A key of these octets, which are copied.
   * @throws DecodeError `bad-length` for any length but 8 and 20; `check-failed` for 8 octets that are not all of odd parity,
   * because implementations disagree whether such a key is corrected before or after it was used
   */
  static from(octets: Uint8Array): VendingKey {
    if (octets.length !== 8 && octets.length !== 20) {
      throw new DecodeError("bad-length", "vending key", 0, `vending key: 8 or 20 octets, not ${octets.length}`, { layer: "security" });
    }
    const even = octets.length === 8 ? octets.findIndex((octet) => !hasOddParity(octet)) : -1;
    if (even >= 0) {
      throw new DecodeError("check-failed", "vending key", even, `vending key: octet ${even} is not of odd parity`, { layer: "security" });
    }
    return new VendingKey(octets);
  }

  override toString(): string {
    return `VendingKey(${this.length})`;
  }
}

function hasOddParity(octet: number): boolean {
  octet ^= octet >> 4;
  octet ^= octet >> 2;
  octet ^= octet >> 1;
  return (octet & 1) === 1;
}
