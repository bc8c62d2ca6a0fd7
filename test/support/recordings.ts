import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fromHex } from "../../src/bytes/hex.ts";
import { FrameDecoder, removeLlc } from "../../src/hdlc/index.ts";
import { maxWpduPayload, WpduDecoder } from "../../src/wrapper/index.ts";

type Side = "client" | "server";

interface Transcript<Chunk> {
  readonly name: string;
  /** The stacks, with their versions. */
  readonly client: string;
  readonly server: string;
  readonly link: "hdlc" | "wrapper";
  /** "none", "low", or something with challenges. */
  readonly authentication: string;
  readonly clientSap: number;
  readonly serverSap: number;
  /** What was written, in the order it was. */
  readonly chunks: readonly ({ readonly from: Side } & Chunk)[];
}

/** One transcript of two other stacks. */
export type Recording = Transcript<{ readonly bytes: Uint8Array }>;

/** What a client asked, and what it was told; nothing where the transcript ends before. */
export interface Exchange {
  readonly request: Uint8Array;
  readonly answer: Uint8Array | undefined;
}

const ownFolder = new URL("../recordings/", import.meta.url);
const folderBeside = process.env["DLMS_RECORDINGS"] ?? new URL("../../../shared/data/recordings/", import.meta.url);

/** The secret of every server of the transcripts with low level security; what ends in `wrong-password` has another. */
export const recordedPassword = new TextEncoder().encode("Gurux");

/** Every transcript of test/recordings. */
export function recordings(): readonly Recording[] {
  return recordingsIn(ownFolder);
}

/** The transcripts that lie beside the repository or where DLMS_RECORDINGS says; none where there are none. */
export function recordingsBeside(): readonly Recording[] {
  return existsSync(folderBeside) ? recordingsIn(folderBeside) : [];
}

/** All of them, each once, in the order of their names; `also` keeps those that are wanted. */
export function allRecordings(also: (recording: Recording) => boolean = () => true): readonly Recording[] {
  const byName = new Map([...recordings(), ...recordingsBeside()].map((recording) => [recording.name, recording]));
  return [...byName.values()].filter(also).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Nothing in it is ciphered, and no challenge has to be answered. */
export function isPlain({ authentication }: Recording): boolean {
  return authentication === "none" || authentication === "low";
}

/** Its client knows the secret, and its server the client. */
export function isWelcome({ name }: Recording): boolean {
  return !/_(?:wrong-password|unknown-client)$/.test(name);
}

/** What one side wrote, or both in the order they did. */
export function written(recording: Recording, side?: Side): Uint8Array {
  return Buffer.concat(recording.chunks.filter(({ from }) => side === undefined || from === side).map(({ bytes }) => bytes));
}

/** The APDUs of a transcript; its client waited for every answer. */
export function exchanges(recording: Recording): readonly Exchange[] {
  const apdusOf = recording.link === "wrapper" ? apdusInWpdus : apdusInFrames;
  const answers = apdusOf(written(recording, "server"));
  return apdusOf(written(recording, "client")).map((request, index) => ({ request, answer: answers[index] }));
}

function apdusInWpdus(bytes: Uint8Array): readonly Uint8Array[] {
  return new WpduDecoder(maxWpduPayload).receive(bytes).map(({ apdu }) => apdu);
}

/** No frame of a transcript was lost, so the segments only have to be joined. */
function apdusInFrames(bytes: Uint8Array): readonly Uint8Array[] {
  const apdus: Uint8Array[] = [];
  let segments: Uint8Array[] = [];
  const decoder = new FrameDecoder();
  decoder.append(bytes);
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
    if (event.type !== "frame" || event.frame.control.kind !== "i") continue;
    segments.push(event.frame.information);
    if (event.frame.segmented) continue;
    apdus.push(removeLlc(Buffer.concat(segments)));
    segments = [];
  }
  return apdus;
}

/** What each side wrote before the other did again. */
export function turns(recording: Recording): readonly { readonly from: Side; readonly bytes: Uint8Array }[] {
  const joined: { from: Side; bytes: Uint8Array }[] = [];
  for (const { from, bytes } of recording.chunks) {
    const last = joined.at(-1);
    if (last?.from === from) last.bytes = Buffer.concat([last.bytes, bytes]);
    else joined.push({ from, bytes });
  }
  return joined;
}

function recordingsIn(folder: URL | string): readonly Recording[] {
  const base = typeof folder === "string" ? `${folder}/` : folder;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map(
      (name) =>
        JSON.parse(readFileSync(typeof base === "string" ? base + name : new URL(name, base), "utf8")) as Transcript<{ hex: string }>,
    )
    .map(({ chunks, ...rest }) => ({ ...rest, chunks: chunks.map(({ from, hex }) => ({ from, bytes: fromHex(hex) })) }));
}
