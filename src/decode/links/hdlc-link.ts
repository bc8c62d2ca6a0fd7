import { toHex } from "../../bytes/hex.ts";
import { DecodeError } from "../../errors.ts";
import type { ControlField } from "../../hdlc/control-field.ts";
import {
  type FrameFault,
  flag,
  frameLengthAt,
  type HdlcFrame,
  isFormatType3,
  minFrameLength,
  readBody,
  readHeader,
} from "../../hdlc/frame.ts";
import { decodeParameters } from "../../hdlc/parameters.ts";
import { meaningOf } from "../annotate/meaning.ts";
import type { Json, LinkItem } from "../explanation.ts";
import type { Found, Link, LinkField, Payload } from "./found.ts";

const sequenceModulus = 8;
const checkLength = 2;

/** HDLC frames of format type 3; the length field delimits them, and one flag may close a frame and open the next. */
export const hdlcLink: Link = { at: frameAt, faultAt };

function frameAt(input: Uint8Array, offset: number, following: boolean): Found | undefined {
  const opened = input[offset] === flag;
  if (!opened && !following) return undefined;
  const start = opened ? offset + 1 : offset;
  // Flags fill the time between frames; the last one opens the next.
  if (opened && (input[start] === flag || start === input.length))
    return { end: start, sound: false, fields: [{ field: "flag", end: start }] };
  if (!isFormatType3(input[start] ?? 0) || input.length - start < minFrameLength) return undefined;
  const length = frameLengthAt(input, start);
  const end = start + length;
  if (length < minFrameLength || input[end] !== flag) return undefined;
  const header = readHeader(input, start, end);
  if (typeof header !== "object") return damaged(input, offset, end + 1, header ?? "format");
  const frame = readBody(input, start, length, header);
  if (frame === undefined) return damaged(input, offset, end + 1, "fcs");
  const payload = payloadOf(frame, input);
  const fields = fieldsOf(start, end, frame, payload);
  return {
    end: end + 1,
    sound: true,
    item: describe(frame),
    fields: opened ? [{ field: "flag", end: start }, ...fields] : fields,
    ...(payload !== undefined && { payload }),
  };
}

function damaged(input: Uint8Array, offset: number, end: number, error: FrameFault): Found {
  const item: LinkItem = { kind: "hdlc", ok: false, error, bytes: toHex(input.subarray(offset, end)) };
  return { end, sound: false, item, fields: [{ field: "damaged frame", meaning: `wrong ${error}`, end }] };
}

function faultAt(input: Uint8Array, offset: number): string | undefined {
  const start = input[offset] === flag ? offset + 1 : offset;
  if (start === offset || !isFormatType3(input[start] ?? 0)) return undefined;
  if (input.length - start < 2) return "truncated frame";
  const length = frameLengthAt(input, start);
  if (length < minFrameLength) return "format";
  const header = readHeader(input, start, input.length);
  if (typeof header === "string") return header;
  return start + length >= input.length ? "truncated frame" : "no flag where the frame should end";
}

/** What I and UI frames carry goes up; the information of SNRM, UA and FRMR belongs to the link. */
function payloadOf({ control, information, source, destination, segmented }: HdlcFrame, input: Uint8Array): Payload | undefined {
  if (information.length === 0 || (control.kind !== "i" && control.kind !== "ui")) return undefined;
  const start = information.byteOffset - input.byteOffset;
  return {
    start,
    end: start + information.length,
    channel: `${addressText(source)}>${addressText(destination)}`,
    more: segmented,
    ...(control.kind === "i" && { numbered: { number: control.sendSequence, modulus: sequenceModulus } }),
    llc: true,
  };
}

function fieldsOf(start: number, end: number, frame: HdlcFrame, payload: Payload | undefined): readonly LinkField[] {
  const { destination, source, control, information, segmented } = frame;
  const destinationEnd = start + 2 + destination.length;
  const sourceEnd = destinationEnd + source.length;
  const controlEnd = sourceEnd + 1;
  const informationEnd = end - checkLength;
  const fields: LinkField[] = [
    { field: "format", meaning: `type 3, ${end - start} octets${segmented ? ", more segments follow" : ""}`, end: start + 2 },
    { field: "destination", meaning: addressText(destination), end: destinationEnd },
    { field: "source", meaning: addressText(source), end: sourceEnd },
    { field: "control", meaning: controlText(control), end: controlEnd },
  ];
  if (information.length > 0) fields.push({ field: "HCS", meaning: "right", end: controlEnd + checkLength });
  if (payload !== undefined) fields.push({ field: "information", end: payload.end });
  else if (information.length > 0)
    fields.push({ field: "information", meaning: informationText(control, information), end: informationEnd });
  fields.push({ field: "FCS", meaning: "right", end }, { field: "flag", end: end + 1 });
  return fields;
}

function informationText({ kind }: ControlField, information: Uint8Array): string | undefined {
  if (kind !== "snrm" && kind !== "ua") return undefined;
  try {
    return meaningOf(decodeParameters(information));
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

function controlText({ kind, pollFinal, ...rest }: ControlField): string {
  const numbers = Object.entries(rest).map(
    ([name, value]) => `${name === "sendSequence" ? "N(S)" : name === "receiveSequence" ? "N(R)" : name} ${value}`,
  );
  return [kind.toUpperCase(), ...numbers, ...(pollFinal ? ["P/F"] : [])].join(", ");
}

function describe(frame: HdlcFrame): LinkItem {
  const { control } = frame;
  const numbers: Record<string, Json> = {};
  if ("sendSequence" in control) numbers["sendSequence"] = control.sendSequence;
  if ("receiveSequence" in control) numbers["receiveSequence"] = control.receiveSequence;
  return {
    kind: "hdlc",
    ok: true,
    frame: control.kind,
    destination: addressText(frame.destination),
    source: addressText(frame.source),
    ...numbers,
    pollFinal: control.pollFinal,
    segmented: frame.segmented,
    information: frame.information.length,
  };
}

function addressText({ logical, physical }: HdlcFrame["source"]): string {
  return physical === undefined ? String(logical) : `${logical}/${physical}`;
}
