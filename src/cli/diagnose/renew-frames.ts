import { ByteWriter } from "../../bytes/byte-writer.ts";
import type { Annotation } from "../../decode/explanation.ts";
import { addressAt, addressLengthAt, type HdlcAddress, isAllStation, isCalling, isNoStation, writeAddress } from "../../hdlc/address.ts";
import { fcs16 } from "../../hdlc/fcs.ts";
import { frameLengthAt } from "../../hdlc/frame.ts";

/** Physical addresses count up from here: below it are those that IEC 62056-46 6.4.2.3 reserves. */
const firstPhysical = 16;
const checkLength = 2;

/**
 * Makes HDLC frames sound again whose octets were changed: physical addresses, which meters derive from their serial
 * numbers, are counted anew, and both check sums fit again.
 * @param annotations of the octets before they were changed, which tell where frames begin
 */
export function renewFrames(octets: Uint8Array, annotations: readonly Annotation[]): void {
  const physical = new Map<number, number>();
  for (const { field, depth, offset } of annotations) {
    if (field === "format" && depth === 0) renewFrame(octets, offset, physical);
  }
}

function renewFrame(octets: Uint8Array, start: number, physical: Map<number, number>): void {
  const end = start + frameLengthAt(octets, start);
  const sourceAt = renewAddress(octets, start + 2, physical);
  const controlAt = renewAddress(octets, sourceAt, physical);
  const headerEnd = controlAt + 1;
  if (end - headerEnd > checkLength) writeCheck(octets, start, headerEnd);
  writeCheck(octets, start, end - checkLength);
}

/** Returns where the address ends. */
function renewAddress(octets: Uint8Array, at: number, physical: Map<number, number>): number {
  const length = addressLengthAt(octets, at, octets.length) as HdlcAddress["length"];
  const address = addressAt(octets, at, length);
  if (address.physical === undefined || isNoStation(address) || isAllStation(address.physical, address) || isCalling(address)) {
    return at + length;
  }
  const fresh = physical.get(address.physical) ?? firstPhysical + physical.size;
  physical.set(address.physical, fresh);
  const writer = new ByteWriter(length);
  writeAddress(writer, { ...address, physical: fresh });
  octets.set(writer.finish(), at);
  return at + length;
}

/** The low octet goes first (IEC 62056-46 6.4). */
function writeCheck(octets: Uint8Array, start: number, at: number): void {
  const check = fcs16(octets.subarray(start, at));
  octets[at] = check & 0xff;
  octets[at + 1] = check >> 8;
}
