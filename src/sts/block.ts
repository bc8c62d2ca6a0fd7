/** 64 bits as two unsigned numbers of 32; bit 63 is the highest of `high`, bit 0 the lowest of `low`. */
export interface Block {
  readonly high: number;
  readonly low: number;
}

/** A cipher of 64-bit blocks under one key. */
export interface BlockCipher {
  encrypt(block: Block): Block;
  decrypt(block: Block): Block;
}

/** The block in eight octets from `start`, the most significant first. */
export function blockOf(octets: Uint8Array, start = 0): Block {
  const view = new DataView(octets.buffer, octets.byteOffset + start, 8);
  return { high: view.getUint32(0), low: view.getUint32(4) };
}

/** Eight octets, the most significant first. */
export function octetsOf(block: Block): Uint8Array {
  const octets = new Uint8Array(8);
  const view = new DataView(octets.buffer);
  view.setUint32(0, block.high);
  view.setUint32(4, block.low);
  return octets;
}
