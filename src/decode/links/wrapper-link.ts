import { tagMeaning } from "../../dlms/xdlms/tags.ts";
import { headerAt, type WrapperHeader, wrapperHeaderLength, wrapperVersion } from "../../wrapper/index.ts";
import type { Found, Link } from "./found.ts";

/** Wrapper PDUs (IEC 62056-47). */
export const wrapperLink: Link = { at: pduAt, faultAt };

const versionLength = 2;

function pduAt(input: Uint8Array, offset: number): Found | undefined {
  const header = versionedHeader(input, offset);
  if (header === undefined || header.length === 0) return undefined;
  const { version, sourceWPort, destinationWPort, length } = header;
  const start = offset + wrapperHeaderLength;
  const end = start + length;
  if (end > input.length) return undefined;
  return {
    end,
    sound: tagMeaning(input[start] as number) !== undefined && (end === input.length || versionedHeader(input, end) !== undefined),
    item: { kind: "wrapper", ok: true, version, sourceWPort, destinationWPort, length },
    fields: [
      { field: "version", meaning: String(version), end: offset + versionLength },
      { field: "sourceWPort", meaning: String(sourceWPort), end: offset + versionLength * 2 },
      { field: "destinationWPort", meaning: String(destinationWPort), end: offset + versionLength * 3 },
      { field: "length", meaning: `${length} octets`, end: start },
      { field: "APDU", end },
    ],
    payload: { start, end, channel: `${sourceWPort}>${destinationWPort}`, more: false, llc: false },
  };
}

function faultAt(input: Uint8Array, offset: number): string | undefined {
  const [first, second] = input.subarray(offset, offset + versionLength);
  if (first !== 0 || (second !== undefined && second !== wrapperVersion)) return undefined;
  const header = versionedHeader(input, offset);
  if (header === undefined) return "truncated header";
  if (header.length === 0) return "no APDU";
  return `${offset + wrapperHeaderLength + header.length - input.length} octets of the APDU are missing`;
}

function versionedHeader(input: Uint8Array, offset: number): WrapperHeader | undefined {
  if (input.length - offset < wrapperHeaderLength) return undefined;
  const header = headerAt(input, offset);
  return header.version === wrapperVersion ? header : undefined;
}
