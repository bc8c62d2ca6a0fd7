/** LLC header of an SDU from client to server (IEC 62056-46 6.3.2). */
export const llcCommand: Uint8Array = Uint8Array.of(0xe6, 0xe6, 0x00);

/** LLC header of an SDU from server to client. */
export const llcResponse: Uint8Array = Uint8Array.of(0xe6, 0xe7, 0x00);

/** Octets of either header. */
export const llcLength = 3;

/** An SDU ready for segmentation: a copy of `apdu` behind its LLC header. */
export function addLlc(header: Uint8Array, apdu: Uint8Array): Uint8Array {
  const sdu = new Uint8Array(llcLength + apdu.length);
  sdu.set(header);
  sdu.set(apdu, llcLength);
  return sdu;
}

/**
 * The APDU of an SDU, as a view. Meters leave the header out, and some send it twice; the destination LSAP of a
 * broadcast may be FF.
 */
export function removeLlc(sdu: Uint8Array): Uint8Array {
  let start = 0;
  while (isLlc(sdu, start)) start += llcLength;
  return start === 0 ? sdu : sdu.subarray(start);
}

function isLlc(sdu: Uint8Array, at: number): boolean {
  const [destination, source, quality] = [sdu[at], sdu[at + 1], sdu[at + 2]];
  return (destination === 0xe6 || destination === 0xff) && (source === 0xe6 || source === 0xe7) && quality === 0x00;
}
