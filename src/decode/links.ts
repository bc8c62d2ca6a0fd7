import { toHex } from "../bytes/hex.ts";
import { FrameDecoder, type HdlcFrame, removeLlc } from "../hdlc/index.ts";
import { headerAt, type WrapperHeader, wrapperHeaderLength, wrapperVersion } from "../wrapper/index.ts";
import type { Json, LinkItem } from "./explanation.ts";

/** The APDUs of an input and the link items they came in. */
export interface Unwrapped {
  readonly link: readonly LinkItem[];
  readonly apdus: readonly Uint8Array[];
  readonly warnings: readonly string[];
  readonly remaining: number;
}

const hdlcFlag = 0x7e;

/** Takes the link layer off: HDLC where a flag opens a frame, the wrapper where its version stands, else nothing. */
export function unwrap(bytes: Uint8Array): Unwrapped {
  if (bytes[0] === hdlcFlag) return unwrapHdlc(bytes);
  if (looksWrapped(bytes)) return unwrapWrapper(bytes);
  return { link: [], apdus: bytes.length === 0 ? [] : [bytes], warnings: [], remaining: 0 };
}

/** Segments of one direction are joined until the one that says it is the last. */
function unwrapHdlc(bytes: Uint8Array): Unwrapped {
  const decoder = new FrameDecoder();
  const link: LinkItem[] = [];
  const apdus: Uint8Array[] = [];
  const pending = new Map<string, Uint8Array[]>();
  let understood = 0;
  decoder.append(bytes);
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
    if (event.type === "discarded") {
      // A flag more between two frames is lawful, and silence at the end is told by what remains.
      if (event.bytes.length > 0) link.push({ kind: "hdlc", ok: false, error: event.reason, bytes: toHex(event.bytes) });
      continue;
    }
    const { frame } = event;
    understood = event.bytes.byteOffset - bytes.byteOffset + event.bytes.length + 1;
    link.push(describeFrame(frame));
    if (frame.information.length === 0 || (frame.control.kind !== "i" && frame.control.kind !== "ui")) continue;
    const key = `${addressText(frame.source)}>${addressText(frame.destination)}`;
    const segments = [...(pending.get(key) ?? []), frame.information.slice()];
    if (frame.segmented) pending.set(key, segments);
    else {
      pending.delete(key);
      apdus.push(removeLlc(join(segments)));
    }
  }
  const warnings = [...pending.keys()].map((key) => `the segments of ${key} have no end`);
  const remaining = decoder.pending ? Math.max(0, bytes.length - understood) : 0;
  if (remaining > 0)
    link.push({ kind: "hdlc", ok: false, error: "truncated frame", bytes: toHex(bytes.subarray(bytes.length - remaining)) });
  return { link, apdus, warnings, remaining };
}

function describeFrame(frame: HdlcFrame): LinkItem {
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

function looksWrapped(bytes: Uint8Array): boolean {
  return bytes.length >= wrapperHeaderLength && headerAt(bytes, 0).version === wrapperVersion && headerAt(bytes, 0).length > 0;
}

function unwrapWrapper(bytes: Uint8Array): Unwrapped {
  const link: LinkItem[] = [];
  const apdus: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes.length - offset < wrapperHeaderLength) {
      link.push({ kind: "wrapper", ok: false, error: "truncated header" });
      break;
    }
    const header = headerAt(bytes, offset);
    if (header.version !== wrapperVersion) {
      link.push({ kind: "wrapper", ok: false, error: `version ${header.version}` });
      break;
    }
    const end = offset + wrapperHeaderLength + header.length;
    if (end > bytes.length) {
      link.push(describeHeader(header, `${end - bytes.length} octets of the APDU are missing`));
      break;
    }
    link.push(describeHeader(header));
    apdus.push(bytes.subarray(offset + wrapperHeaderLength, end));
    offset = end;
  }
  return { link, apdus, warnings: [], remaining: bytes.length - offset };
}

function describeHeader({ version, sourceWPort, destinationWPort, length }: WrapperHeader, error?: string): LinkItem {
  return {
    kind: "wrapper",
    ok: error === undefined,
    ...(error === undefined ? {} : { error }),
    version,
    sourceWPort,
    destinationWPort,
    length,
  };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
