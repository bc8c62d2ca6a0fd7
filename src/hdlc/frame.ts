import { ByteWriter } from "../bytes/byte-writer.ts";
import { DecodeError, LocalProtocolError } from "../errors.ts";
import { addressAt, addressLengthAt, type HdlcAddress, writeAddress } from "./address.ts";
import { type ControlField, decodeControl, encodeControl } from "./control-field.ts";
import { fcsGood, fcsInitial, fcsUpdate } from "./fcs.ts";

/** The octet that opens and closes a frame; it may also occur inside, since the length field delimits. */
export const flag = 0x7e;

/** Largest value of the length field: everything between the flags. */
export const maxFrameLength = 0x7ff;

/** Format, two one-octet addresses, control and FCS: the shortest frame there is. */
export const minFrameLength = 7;

/** Flags, format, two addresses, control, HCS and FCS at their longest. */
const maxOverhead = 17;

/** A frame of format type 3 (IEC 62056-46 6.4.1). */
export interface HdlcFrame {
  /** More segments of the same SDU follow. */
  readonly segmented: boolean;
  readonly destination: HdlcAddress;
  readonly source: HdlcAddress;
  readonly control: ControlField;
  /** A view of the octets that were decoded; empty when there is no information field. */
  readonly information: Uint8Array;
}

/** Why octets between flags are not a frame; also the `reason` of a discarded event. */
export type FrameFault = "format" | "address" | "hcs" | "fcs";

/** The part of a frame up to its HCS, already checked. */
export interface FrameHeader {
  readonly segmented: boolean;
  readonly destination: HdlcAddress;
  readonly source: HdlcAddress;
  readonly control: ControlField;
  /** Offset of the information field, or of the FCS where there is none, from the format field. */
  readonly length: number;
  /** Check register behind the header, to go on from. */
  readonly register: number;
}

/** Appends a frame with its flags. */
export function writeFrame(writer: ByteWriter, frame: HdlcFrame): void {
  // Room for all of it first: the buffer grows at most once, and not between the fields.
  writer.truncate(writer.reserve(frame.information.length + maxOverhead));
  writer.u8(flag);
  const start = writer.reserve(2);
  writeAddress(writer, frame.destination);
  writeAddress(writer, frame.source);
  writer.u8(encodeControl(frame.control));
  const headerEnd = writer.length;
  const { information } = frame;
  if (information.length > 0) {
    writer.reserve(2);
    writer.bytes(information);
  }
  const end = writer.reserve(2);
  const length = end + 2 - start;
  if (length > maxFrameLength) {
    writer.truncate(start - 1);
    throw new LocalProtocolError(`an information field of ${information.length} octets does not fit an HDLC frame`, { layer: "hdlc" });
  }
  writer.patchU16(start, 0xa000 | (frame.segmented ? 0x0800 : 0) | length);
  const bytes = writer.view();
  let register = fcsUpdate(fcsInitial, bytes, start, headerEnd);
  if (information.length > 0) {
    patchCheck(writer, headerEnd, register);
    register = fcsUpdate(register, bytes, headerEnd, end);
  }
  patchCheck(writer, end, register);
  writer.u8(flag);
}

/**
 * One frame with its flags.
 * @throws LocalProtocolError when the information field is too long for the length field.
 */
export function encodeFrame(frame: HdlcFrame): Uint8Array {
  const writer = new ByteWriter(frame.information.length + maxOverhead);
  writeFrame(writer, frame);
  return writer.finish();
}

/**
 * Exactly one frame with both flags; `information` is a view of `bytes`.
 * @throws DecodeError
 */
export function decodeFrame(bytes: Uint8Array): HdlcFrame {
  const fail = (code: "truncated" | "trailing-data" | "bad-tag" | "bad-length" | "check-failed", what: string, offset: number) =>
    new DecodeError(code, what, offset, undefined, { layer: "hdlc" });
  if (bytes.length > 0 && bytes[0] !== flag) throw fail("bad-tag", "HDLC opening flag", 0);
  if (bytes.length < 3) throw fail("truncated", "HDLC frame", bytes.length);
  if (!isFormatType3(bytes[1] as number)) throw fail("bad-tag", "HDLC frame format", 1);
  const length = frameLengthAt(bytes, 1);
  if (length < minFrameLength) throw fail("bad-length", "HDLC frame format", 1);
  if (bytes.length < length + 2) throw fail("truncated", "HDLC frame", bytes.length);
  if (bytes.length > length + 2) throw fail("trailing-data", "HDLC frame", length + 2);
  if (bytes[length + 1] !== flag) throw fail("bad-tag", "HDLC closing flag", length + 1);
  const header = readHeader(bytes, 1, length + 1);
  if (typeof header !== "object") {
    throw header === "hcs" ? fail("check-failed", "HDLC header check", 1) : fail("bad-length", `HDLC ${header ?? "format"}`, 1);
  }
  const frame = readBody(bytes, 1, length, header);
  if (frame === undefined) throw fail("check-failed", "HDLC frame check", length - 1);
  return frame;
}

/** True when the first octet of a frame format field says type 3. */
export function isFormatType3(octet: number): boolean {
  return (octet & 0xf0) === 0xa0;
}

/** The length field of the frame whose format field is at `start`. */
export function frameLengthAt(bytes: Uint8Array, start: number): number {
  return (((bytes[start] as number) & 0x07) << 8) | (bytes[start + 1] as number);
}

/**
 * Reads and checks the header of the frame whose format field is at `start`, looking no further than `end`: damage
 * shows here after a dozen octets, long before the length field has run out. Undefined when `end` comes too early.
 */
export function readHeader(bytes: Uint8Array, start: number, end: number): FrameHeader | FrameFault | undefined {
  const frameEnd = start + frameLengthAt(bytes, start);
  const limit = Math.min(end, frameEnd);
  const short = limit === frameEnd ? "format" : undefined;
  const destinationAt = start + 2;
  const destinationLength = addressLengthAt(bytes, destinationAt, limit);
  if (destinationLength === 0) return short;
  if (destinationLength === 3) return "address";
  const sourceAt = destinationAt + destinationLength;
  const sourceLength = addressLengthAt(bytes, sourceAt, limit);
  if (sourceLength === 0) return short;
  if (sourceLength === 3) return "address";
  const controlAt = sourceAt + sourceLength;
  const checkEnd = controlAt + 3;
  // Two octets behind the control field are the FCS; with an HCS comes at least one octet of information.
  const informationLength = frameEnd - checkEnd - 2;
  if (checkEnd > frameEnd || (informationLength !== -2 && informationLength < 1)) return "format";
  if (limit < checkEnd) return undefined;
  const headerEnd = informationLength > 0 ? checkEnd : controlAt + 1;
  const register = fcsUpdate(fcsInitial, bytes, start, headerEnd);
  if (informationLength > 0 && register !== fcsGood) return "hcs";
  return {
    segmented: ((bytes[start] as number) & 0x08) !== 0,
    destination: addressAt(bytes, destinationAt, destinationLength),
    source: addressAt(bytes, sourceAt, sourceLength),
    control: decodeControl(bytes[controlAt] as number),
    length: headerEnd - start,
    register,
  };
}

/** Completes a frame of `length` octets at `start` whose header has been read; undefined when the FCS is wrong. */
export function readBody(bytes: Uint8Array, start: number, length: number, header: FrameHeader): HdlcFrame | undefined {
  const from = start + header.length;
  const end = start + length;
  if (fcsUpdate(header.register, bytes, from, end) !== fcsGood) return undefined;
  const { segmented, destination, source, control } = header;
  return { segmented, destination, source, control, information: bytes.subarray(from, end - 2) };
}

function patchCheck(writer: ByteWriter, offset: number, register: number): void {
  const check = register ^ 0xffff;
  writer.patchU8(offset, check & 0xff);
  writer.patchU8(offset + 1, check >> 8);
}
