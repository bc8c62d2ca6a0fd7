/** One piece of a DLMS APDU in a long frame; `octets` is a view. */
export interface MbusSegment {
  /** Segments of one APDU count from 0, modulo 16. */
  readonly sequence: number;
  /** No segment of the APDU follows. */
  readonly final: boolean;
  readonly sourceSap: number;
  readonly destinationSap: number;
  readonly octets: Uint8Array;
}

/** CI 00 to 1F: bits 0 to 3 the sequence number, bit 4 FIN (EN 13757-3, transport layer of DLMS). */
const highestSegmentInformation = 0x1f;
const finBit = 0x10;
const sequenceMask = 0x0f;

/** Sequence numbers there are. */
export const sequenceModulus = sequenceMask + 1;

/** The segment that the data behind a CI field carries; undefined where it is no DLMS or has no SAPs. */
export function segmentOf(controlInformation: number, data: Uint8Array): MbusSegment | undefined {
  const [sourceSap, destinationSap] = data;
  if (controlInformation > highestSegmentInformation || sourceSap === undefined || destinationSap === undefined) return undefined;
  return {
    sequence: controlInformation & sequenceMask,
    final: (controlInformation & finBit) !== 0,
    sourceSap,
    destinationSap,
    octets: data.subarray(2),
  };
}
