/**
 * A bit string as COSEM means it: bit 0 is the leftmost, the most significant bit of the first octet (Green Book, A-XDR
 * BIT STRING; the conformance block counts the same way).
 */
export interface BitString {
  /** Number of bits. */
  readonly length: number;
  /** ceil(length / 8) octets; unused low bits of the last one are zero when we write, ignored when we read. */
  readonly bytes: Uint8Array;
}

/** True when bit `index` exists and is set. */
export function bitAt(bits: BitString, index: number): boolean {
  return index < bits.length && ((bits.bytes[index >> 3] as number) & (0x80 >> (index & 7))) !== 0;
}

/** A bit string of `length` bits with the given ones set. */
export function bitString(length: number, set: Iterable<number> = []): BitString {
  const bytes = new Uint8Array((length + 7) >> 3);
  for (const index of set) if (index < length) bytes[index >> 3] = (bytes[index >> 3] as number) | (0x80 >> (index & 7));
  return { length, bytes };
}

/** Names of the set bits, given the names by position; bits without a name are left out. */
export function bitsToNames<Name extends string>(bits: BitString, names: readonly (Name | undefined)[]): ReadonlySet<Name> {
  const found = new Set<Name>();
  names.forEach((name, index) => {
    if (name !== undefined && bitAt(bits, index)) found.add(name);
  });
  return found;
}
