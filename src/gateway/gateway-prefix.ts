/** An APDU with the prefix for a meter behind a gateway (Green Book 9.4.6.14): the meter's place, and what is for it. */
export interface PrefixedApdu {
  readonly networkId: number;
  readonly address: Uint8Array;
  /** A view. */
  readonly apdu: Uint8Array;
}

const request = 0xe6;
const response = 0xe7;
/** Tag, network and length. */
const fixedLength = 3;

/** Takes the prefix of a request off; undefined for an APDU without one, or with one that is cut short. */
export function takePrefix(bytes: Uint8Array): PrefixedApdu | undefined {
  const [tag, networkId = 0, length = 0] = bytes;
  if (tag !== request || bytes.length <= fixedLength + length) return undefined;
  return { networkId, address: bytes.slice(fixedLength, fixedLength + length), apdu: bytes.subarray(fixedLength + length) };
}

/** Puts the prefix of a response before an APDU: the same place, which is now where it comes from. */
export function addPrefix({ networkId, address }: Omit<PrefixedApdu, "apdu">, apdu: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(fixedLength + address.length + apdu.length);
  bytes.set([response, networkId, address.length]);
  bytes.set(address, fixedLength);
  bytes.set(apdu, fixedLength + address.length);
  return bytes;
}
