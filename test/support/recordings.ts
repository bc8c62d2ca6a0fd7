import { readdirSync, readFileSync } from "node:fs";
import { fromHex } from "../../src/bytes/hex.ts";

/** One transcript of two other stacks. */
export interface Recording {
  readonly name: string;
  readonly link: "hdlc" | "wrapper";
  readonly chunks: readonly { readonly from: "client" | "server"; readonly bytes: Uint8Array }[];
}

interface RecordingFile {
  readonly name: string;
  readonly link: "hdlc" | "wrapper";
  readonly chunks: readonly { readonly from: "client" | "server"; readonly hex: string }[];
}

const folder = new URL("../recordings/", import.meta.url);

/** Every transcript of test/recordings. */
export function recordings(): readonly Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as RecordingFile)
    .map(({ name, link, chunks }) => ({ name, link, chunks: chunks.map(({ from, hex }) => ({ from, bytes: fromHex(hex) })) }));
}

/** What one side wrote, or both in the order they did. */
export function written(recording: Recording, side?: "client" | "server"): Uint8Array {
  return Buffer.concat(recording.chunks.filter(({ from }) => side === undefined || from === side).map(({ bytes }) => bytes));
}
