import { DecodeError } from "../../../src/errors.ts";
import { decodeFrame, encodeFrame, FrameDecoder, fcs16, type HdlcFrame } from "../../../src/hdlc/index.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import { passedOn } from "./harness.ts";

/** Lets a faulty device say something by itself. */
export type Say = (octets: Uint8Array) => void;

/** What reaches the sound device of octets written to it; undefined for nothing. */
export type RequestFault = (octets: Uint8Array, say: Say) => Uint8Array | undefined;

/** A fault of a device, put on the line before it; one for each connection, so that it may remember. */
export interface LineFault {
  readonly request?: RequestFault;
  /** What the tester gets of octets that the sound device has written; undefined for nothing. */
  readonly answer?: (octets: Uint8Array) => Uint8Array | undefined;
}

/** The device with the fault, which is made for this connection. */
export function faultyLine(fault: () => LineFault): (device: Transport) => Transport {
  return (device) => {
    const { request, answer } = fault();
    let listener: ((chunk: Uint8Array) => void) | undefined;
    return {
      ...passedOn(device),
      onData: (receive) => {
        listener = receive;
        device.onData((chunk) => {
          const said = answer === undefined ? chunk : answer(chunk);
          if (said !== undefined) receive(said);
        });
      },
      write: (octets) => {
        // Before the clock moves on.
        const say: Say = (said) => queueMicrotask(() => listener?.(said));
        const heard = request === undefined ? octets : request(octets, say);
        return heard === undefined || device.write(heard);
      },
    };
  };
}

/** Nothing is lost, added or damaged, but every chunk is cut into pieces of so many octets, both ways. */
export function cutLine(length: number): (device: Transport) => Transport {
  const pieces = (chunk: Uint8Array): readonly Uint8Array[] =>
    Array.from({ length: Math.ceil(chunk.length / length) }, (_, index) => chunk.slice(index * length, (index + 1) * length));
  return (device) => ({
    ...passedOn(device),
    onData: (receive) => device.onData((chunk) => pieces(chunk).forEach(receive)),
    write: (octets) => pieces(octets).every((piece) => device.write(piece)),
  });
}

/** The frames of octets; undefined where there is anything but sound frames. */
export function framesOf(octets: Uint8Array): readonly HdlcFrame[] | undefined {
  const decoder = new FrameDecoder();
  decoder.append(octets);
  const frames: HdlcFrame[] = [];
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
    if (event.type !== "frame") return undefined;
    frames.push(event.frame);
  }
  return decoder.pending || frames.length === 0 ? undefined : frames;
}

export function encoded(frames: readonly HdlcFrame[]): Uint8Array | undefined {
  return frames.length === 0 ? undefined : Uint8Array.from(frames.flatMap((frame) => [...encodeFrame(frame)]));
}

/** Does something with each sound frame; undefined takes it off the line. Other octets pass. */
export function eachFrame<More extends readonly unknown[]>(
  change: (frame: HdlcFrame, ...more: More) => HdlcFrame | undefined,
): (octets: Uint8Array, ...more: More) => Uint8Array | undefined {
  return (octets, ...more) => {
    const frames = framesOf(octets);
    return frames === undefined ? octets : encoded(frames.flatMap((frame) => change(frame, ...more) ?? []));
  };
}

/** Does something with octets that are not exactly one sound frame. */
export function noFrame(change: (octets: Uint8Array, say: Say) => Uint8Array | undefined): RequestFault {
  return (octets, say) => (isFrame(octets) ? octets : change(octets, say));
}

export function isFrame(octets: Uint8Array): boolean {
  try {
    decodeFrame(octets);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** Octets between flags with the check sequences that are right for them; the addresses have one octet each. */
export function rechecked(octets: Uint8Array, { header = false } = {}): Uint8Array {
  const content = octets.slice(1, -3);
  const headerLength = 5;
  if (header && content.length > headerLength) content.set(check(content.subarray(0, headerLength)), headerLength);
  return Uint8Array.of(0x7e, ...content, ...check(content), 0x7e);
}

function check(octets: Uint8Array): readonly [number, number] {
  const value = fcs16(octets);
  return [value & 0xff, value >> 8];
}

/** The frame that goes back: from whom was called, to who called. */
export function back(frame: HdlcFrame, control: HdlcFrame["control"], information = new Uint8Array()): Uint8Array {
  return encodeFrame({ segmented: false, destination: frame.source, source: frame.destination, control, information });
}

/** A frame from the device to its client, as they are called in these tests. */
export function fromDevice(control: HdlcFrame["control"], information = new Uint8Array()): Uint8Array {
  return encodeFrame({ segmented: false, destination: { logical: 2, length: 1 }, source: { logical: 1, length: 1 }, control, information });
}

/** The ids of so many subtests of a case, from the first. */
export function all(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `S${index + 1}`);
}

export const ua = { kind: "ua", pollFinal: true } as const;
