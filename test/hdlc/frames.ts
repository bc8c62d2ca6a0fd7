import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { readAddress } from "../../src/hdlc/address.ts";
import { decodeControl, encodeControl } from "../../src/hdlc/control-field.ts";
import { decodeFrame, encodeFrame } from "../../src/hdlc/frame.ts";
import { FrameDecoder } from "../../src/hdlc/frame-decoder.ts";

export interface FrameOptions {
  readonly destination?: string;
  readonly source?: string;
  readonly information?: string;
  readonly segmented?: boolean;
}

/** A frame from client 16 to server 1/17, unless said otherwise; addresses and information in hex. */
export function frame(control: number, { destination = "0223", source = "21", information = "", segmented = false }: FrameOptions = {}) {
  return encodeFrame({
    segmented,
    destination: readAddress(new ByteReader(fromHex(destination))),
    source: readAddress(new ByteReader(fromHex(source))),
    control: decodeControl(control),
    information: fromHex(information),
  });
}

/** The same, from the server back to the client. */
export function answer(control: number, options: FrameOptions = {}) {
  return frame(control, { destination: "21", source: "0223", ...options });
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Frames on the wire in short: control octet in hex, "+" for the segmentation bit, information in hex. */
export function summary(bytes: Uint8Array | undefined): string[] {
  const decoder = new FrameDecoder();
  decoder.append(bytes ?? new Uint8Array(0));
  const lines: string[] = [];
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
    if (event.type === "discarded") lines.push(`? ${toHex(event.bytes)}`);
    else {
      const { control, segmented, information } = event.frame;
      const octet = toHex(Uint8Array.of(encodeControl(control)));
      lines.push([octet + (segmented ? "+" : ""), ...(information.length > 0 ? [toHex(information)] : [])].join(" "));
    }
  }
  return lines;
}

/** Destination and source of a single frame, in hex. */
export function addresses(bytes: Uint8Array): string {
  const { destination, source } = decodeFrame(bytes);
  return `${JSON.stringify(destination)}<${JSON.stringify(source)}`;
}
