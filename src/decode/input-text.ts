import { fromHex } from "../bytes/hex.ts";
import { DecodeError } from "../errors.ts";

/** Octets that somebody pasted or stored, and what of the text was no part of them. */
export interface Input {
  readonly bytes: Uint8Array;
  readonly ignored: readonly string[];
}

/** Whatever a tool writes before octets that passed a line: "TX:", "-> ", "Received". */
const direction = /(?:^|[\s\]>])(?:tx|rx|send|sent|recv|received|->|<-|=>|<=|>>|<<)(?:\s*:|\s)\s*(.*)$/i;
const timeStamp = /^\s*\[?(?:\d{4}-\d{2}-\d{2}[T ]|\d{2}[./]\d{2}[./]\d{4} )?\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?Z?(?:\]|\]?:?\s)\s*(?=\S)/;
const octet = "(?:0[xX])?[0-9a-fA-F]{2}";
const octetsInFront = new RegExp(`^\\s*${octet}(?:[\\s,:;-]*${octet})+(?![0-9a-zA-Z])`);

/**
 * Octets from a file or from standard input: as they are, or as text of hex digits. Text of IEC 62056-21 is octets.
 * @throws DecodeError for text that is neither
 */
export function readInput(content: Uint8Array): Input {
  if (!isText(content) || isTelegram(content)) return { bytes: content, ignored: [] };
  return readHexText(new TextDecoder().decode(content));
}

/**
 * Octets from text: hex digits with anything usual between them, or lines of a trace with time stamps and directions.
 * @throws DecodeError where there are no octets in it
 */
export function readHexText(text: string): Input {
  const lines = text.split(/\r?\n/);
  if (!lines.some((line) => direction.test(line) || timeStamp.test(line))) {
    try {
      return { bytes: fromHex(text), ignored: [] };
    } catch (error) {
      const found = error instanceof DecodeError ? readLines(lines) : undefined;
      if (found === undefined || found.bytes.length === 0) throw error;
      return found;
    }
  }
  const found = readLines(lines);
  return found.bytes.length === 0 ? { bytes: fromHex(text), ignored: [] } : found;
}

function readLines(lines: readonly string[]): Input {
  const parts: Uint8Array[] = [];
  const ignored: string[] = [];
  for (const line of lines) {
    const [content, before] = withoutPrefix(line);
    const octets = octetsInFront.exec(content)?.[0] ?? "";
    const behind = content.slice(octets.length);
    for (const rest of [before, behind]) if (rest.trim() !== "") ignored.push(rest.trim());
    if (octets !== "") parts.push(fromHex(octets.replaceAll(";", " ")));
  }
  return { bytes: Buffer.concat(parts), ignored };
}

/** What follows the direction, or the time stamp where a line has no direction; and what stood before it. */
function withoutPrefix(line: string): readonly [content: string, before: string] {
  const directed = direction.exec(line)?.[1];
  const content = directed ?? line.replace(timeStamp, "");
  // Our own trace has words between the direction and the octets: "-> discarded (noise): 7E".
  const words = /^[^:]*[g-zG-Z(][^:]*:\s*(?=[0-9a-fA-F]{2})/.exec(content)?.[0] ?? "";
  const from = line.length - content.length + words.length;
  return [line.slice(from), line.slice(0, from)];
}

function isText(content: Uint8Array): boolean {
  return content.every((character) => (character >= 0x20 && character < 0x7f) || (character >= 0x09 && character <= 0x0d));
}

/** A readout begins with an identification, and no hex digit is a slash. */
function isTelegram(content: Uint8Array): boolean {
  return content[0] === "/".charCodeAt(0);
}
