/** Octets in one number: as many as a column of rows, which holds floating point numbers, keeps exactly. */
const octetsPerNumber = 6;

/** Octets as numbers, `count` of them; undefined for more octets than they hold. */
export function packOctets(octets: Uint8Array, count: number): readonly number[] | undefined {
  if (octets.length > count * octetsPerNumber) return undefined;
  return Array.from({ length: count }, (_, index) =>
    octets
      .slice(index * octetsPerNumber, (index + 1) * octetsPerNumber)
      .reduce((number, octet, place) => number + octet * 0x100 ** place, 0),
  );
}

/** The octets that were packed, `length` of them. */
export function unpackOctets(numbers: readonly number[], length: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, index) => Math.floor((numbers[Math.floor(index / octetsPerNumber)] ?? 0) / 0x100 ** (index % octetsPerNumber)) % 0x100,
  );
}
