import { KeyMaterial } from "./key-material.ts";

/** 32 bits of a new decoder key, as one section of a key change carries them. */
export class KeyPart extends KeyMaterial {
  /** The part with this value, of which the lowest 32 bits count. */
  static of(value: number): KeyPart {
    return new KeyPart(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
  }

  override toString(): string {
    return "KeyPart";
  }
}
