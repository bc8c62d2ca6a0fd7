import { toHex } from "../bytes/hex.ts";
import { MbusApduDecoder, type MbusEvent } from "./apdu-decoder.ts";
import { bodyLength, functionOf, type MbusFrame } from "./frame.ts";
import type { MbusFault } from "./frame-decoder.ts";
import type { SegmentFault } from "./segment-joiner.ts";

/** A frame of the M-Bus, or octets that are none; a type alias, so that it fits types with an index signature. */
export type MbusFrameItem = {
  readonly kind: "mbus";
  readonly ok: boolean;
  /** What is wrong with the frame, or with its place among the segments. */
  readonly error?: string;
  readonly frame?: MbusFrame["type"];
  /** Name of the function in the C field: "SND_UD". */
  readonly function?: string;
  readonly control?: number;
  readonly address?: number;
  readonly controlInformation?: number;
  readonly sequence?: number;
  readonly final?: boolean;
  readonly sourceSap?: number;
  readonly destinationSap?: number;
  /** Octets behind CI, or behind the SAPs where there are any. */
  readonly information?: number;
  /** What was discarded, in hex. */
  readonly bytes?: string;
};

/** Frames of the M-Bus and the APDUs that their segments make up. */
export interface MbusDecoding {
  readonly frames: readonly MbusFrameItem[];
  readonly apdus: readonly Uint8Array[];
  /** Octets at the end that are no frame. */
  readonly remaining: number;
  readonly warnings: readonly string[];
}

const faults: Readonly<Record<MbusFault, string>> = {
  noise: "no frame",
  header: "no frame: the length is not repeated",
  stop: "no stop octet where the length says",
  "check-sum": "wrong check sum",
  silence: "truncated frame",
};

const segmentFaults: Readonly<Record<SegmentFault, string>> = {
  "no-beginning": "segment of an APDU whose beginning is missing",
  gap: "a segment before this one is missing",
  "no-end": "the APDU before this segment has no end",
  "too-long": "the segments make an APDU that is too long",
};

/** Everything there is in octets captured from a wired M-Bus; never throws. Ciphered APDUs come out as they are. */
export function decodeMbusFrames(bytes: Uint8Array): MbusDecoding {
  const decoder = new MbusApduDecoder();
  const frames: MbusFrameItem[] = [];
  const apdus: Uint8Array[] = [];
  const warnings = new Set<string>();
  let remaining = 0;
  decoder.append(bytes);
  decoder.silence();
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
    frames.push(itemOf(event));
    const recognised = event.type === "frame" || event.reason === "check-sum";
    remaining = recognised ? 0 : remaining + event.bytes.length;
    if (event.apdu !== undefined) apdus.push(event.apdu.slice());
    for (const warning of warningsOf(event)) warnings.add(warning);
  }
  for (const place of decoder.unfinished) warnings.add(`the segments of ${place} have no end`);
  return { frames, apdus, remaining, warnings: [...warnings] };
}

function itemOf(event: MbusEvent): MbusFrameItem {
  if (event.type === "discarded") return { kind: "mbus", ok: false, error: faults[event.reason], bytes: toHex(event.bytes) };
  const { frame, segment, fault } = event;
  const state = fault === undefined ? { ok: true } : { ok: false, error: segmentFaults[fault] };
  const item: MbusFrameItem = { kind: "mbus", ...state, frame: frame.type };
  if (frame.type === "ack") return item;
  const { control, address } = frame;
  const name = functionOf(control);
  const addressed = { ...item, ...(name === undefined ? {} : { function: name }), control, address };
  if (frame.type === "short") return addressed;
  const { controlInformation, data } = frame;
  if (segment === undefined) return { ...addressed, controlInformation, information: data.length };
  const { octets, ...place } = segment;
  return { ...addressed, controlInformation, ...place, information: octets.length };
}

const longLengthAt = 1;

function* warningsOf({ type, bytes, ...event }: MbusEvent): Iterable<string> {
  if (type !== "frame" || !("frame" in event) || event.frame.type !== "long") return;
  const length = bytes[longLengthAt] as number;
  if (bodyLength(length) !== length) yield `M-Bus length ${length} taken for ${bodyLength(length)}`;
  if (event.segment === undefined) yield `M-Bus frame with CI ${toHex(Uint8Array.of(event.frame.controlInformation))} carries no DLMS`;
}
