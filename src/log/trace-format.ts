import { toHex } from "../bytes/hex.ts";
import type { TraceRecord } from "../transport/trace.ts";

/** `hex`: what passes the line, and what was discarded of it; `apdu`: whole APDUs. */
export const traceModes = ["hex", "apdu"] as const;
export type TraceMode = (typeof traceModes)[number];

export interface TraceFormat {
  readonly mode: TraceMode;
  /** The time on the session's clock that counts as zero, in milliseconds. */
  readonly start: number;
  /** An APDU in words, for the mode `apdu`. */
  readonly summarize?: (apdu: Uint8Array) => string;
}

const arrows = { sent: "->", received: "<-" } as const;
const modeOfLayer = { line: "hex", link: "hex", apdu: "apdu" } as const satisfies Record<TraceRecord["layer"], TraceMode>;

/** The record as one line for `--trace`, or undefined where the mode does not show its layer. */
export function formatTrace(record: TraceRecord, { mode, start, summarize }: TraceFormat): string | undefined {
  if (modeOfLayer[record.layer] !== mode) return undefined;
  const time = ((record.at - start) / 1000).toFixed(3).padStart(9);
  const words = [
    ...(record.layer === "link" ? [`discarded${record.note === undefined ? "" : ` (${record.note})`}`] : []),
    ...(record.layer === "apdu" && summarize !== undefined ? [summarize(record.bytes)] : []),
  ].map((text) => `${text}:`);
  return [time, arrows[record.direction], ...words, toHex(record.bytes, " ")].join(" ");
}
