import { toHex } from "../../bytes/hex.ts";
import {
  ackOctet,
  bodyLength,
  checkSum,
  functionOf,
  longHeaderLength,
  longStart,
  longTrailerLength,
  shortFrameLength,
  shortStart,
  stopOctet,
} from "../../mbus/frame.ts";
import { segmentOf, sequenceModulus } from "../../mbus/segment.ts";
import type { Found, Link, LinkField } from "./found.ts";

/** Frames of the wired M-Bus (EN 13757-2), and the segments of DLMS that meters put into them. */
export const mbusLink: Link = { at: frameAt, faultAt };

/** C, A and CI. */
const fixedFields = 3;
const sapFields = 2;

function frameAt(input: Uint8Array, offset: number, following: boolean): Found | undefined {
  switch (input[offset]) {
    case ackOctet:
      if (!following) return undefined;
      return { end: offset + 1, sound: false, item: { kind: "mbus", ok: true, frame: "ack" }, fields: [{ field: "ack", end: offset + 1 }] };
    case shortStart:
      return shortFrameAt(input, offset);
    case longStart:
      return longFrameAt(input, offset);
    default:
      return undefined;
  }
}

function shortFrameAt(input: Uint8Array, offset: number): Found | undefined {
  const end = offset + shortFrameLength;
  const [, control = 0, address = 0, sum, stop] = input.subarray(offset, end);
  if (stop !== stopOctet || sum !== ((control + address) & 0xff)) return undefined;
  return {
    end,
    // Two octets that happen to be right are no proof.
    sound: false,
    item: { kind: "mbus", ok: true, frame: "short", control, address },
    fields: [
      { field: "start", end: offset + 1 },
      { field: "C", meaning: functionOf(control), end: offset + 2 },
      { field: "A", meaning: String(address), end: offset + 3 },
      { field: "check sum", meaning: "right", end: offset + 4 },
      { field: "stop", end },
    ],
  };
}

function longFrameAt(input: Uint8Array, offset: number): Found | undefined {
  const [, length = 0, repeated, start] = input.subarray(offset, offset + longHeaderLength);
  if (repeated !== length || start !== longStart) return undefined;
  const bodyStart = offset + longHeaderLength;
  const bodyEnd = bodyStart + bodyLength(length);
  const end = bodyEnd + longTrailerLength;
  if (input[end - 1] !== stopOctet || end > input.length) return undefined;
  const body = input.subarray(bodyStart, bodyEnd);
  const sum = checkSum(body);
  if (sum !== input[bodyEnd]) {
    const error = "wrong check sum";
    const bytes = toHex(input.subarray(offset, end));
    return {
      end,
      sound: false,
      item: { kind: "mbus", ok: false, error, bytes },
      fields: [{ field: "damaged frame", meaning: error, end }],
    };
  }
  const [control, address, controlInformation] = body as unknown as readonly [number, number, number];
  const data = body.subarray(fixedFields);
  const segment = segmentOf(controlInformation, data);
  const dataStart = bodyStart + fixedFields;
  const fields: LinkField[] = [
    { field: "start, L, L, start", meaning: `${body.length} octets`, end: bodyStart },
    { field: "C", meaning: functionOf(control), end: bodyStart + 1 },
    { field: "A", meaning: String(address), end: bodyStart + 2 },
    {
      field: "CI",
      meaning: segment === undefined ? "no DLMS" : `segment ${segment.sequence}${segment.final ? ", last" : ""}`,
      end: dataStart,
    },
  ];
  const name = functionOf(control);
  const item = {
    kind: "mbus",
    ok: true,
    frame: "long",
    ...(name !== undefined && { function: name }),
    control,
    address,
    controlInformation,
  } as const;
  const trailer: LinkField[] = [
    { field: "check sum", meaning: "right", end: bodyEnd + 1 },
    { field: "stop", end },
  ];
  const warnings = body.length === length ? [] : [`M-Bus length ${length} taken for ${body.length}`];
  if (segment === undefined) {
    warnings.push(`M-Bus frame with CI ${toHex(Uint8Array.of(controlInformation))} carries no DLMS`);
    return {
      end,
      sound: true,
      item: { ...item, information: data.length },
      fields: [...fields, { field: "data", end: bodyEnd }, ...trailer],
      warnings,
    };
  }
  const { octets, ...place } = segment;
  return {
    end,
    sound: true,
    item: { ...item, ...place, information: octets.length },
    fields: [
      ...fields,
      { field: "source SAP", meaning: String(place.sourceSap), end: dataStart + 1 },
      { field: "destination SAP", meaning: String(place.destinationSap), end: dataStart + sapFields },
      { field: "segment", end: bodyEnd },
      ...trailer,
    ],
    payload: {
      start: dataStart + sapFields,
      end: bodyEnd,
      channel: `${address}: ${place.sourceSap} > ${place.destinationSap}`,
      more: !place.final,
      numbered: { number: place.sequence, modulus: sequenceModulus, first: 0 },
      llc: true,
    },
    warnings,
  };
}

function faultAt(input: Uint8Array, offset: number): string | undefined {
  const [start, length = 0, repeated, again] = input.subarray(offset, offset + longHeaderLength);
  if (start !== longStart || repeated !== length || (again !== undefined && again !== longStart)) return undefined;
  const end = offset + longHeaderLength + bodyLength(length) + longTrailerLength;
  return end > input.length ? "truncated frame" : "no stop octet where the length says";
}
