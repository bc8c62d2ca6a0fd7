import { DecodeError } from "../../../src/errors.ts";
import { decodeWpdu, encodeWpdu, headerAt, type Wpdu, wrapperHeaderLength } from "../../../src/wrapper/index.ts";
import { all, type LineFault } from "./faulty-line.ts";

/** A device that is not sound, and the subtests that must find it. */
export interface WrapperMutant {
  readonly id: string;
  readonly what: string;
  readonly failed: readonly string[];
  /** The reason given for the first of them. */
  readonly because: string;
  /** Made for each device, and by it for each connection. */
  readonly fault: () => () => LineFault;
}

/** The wrapper PDU that octets are; undefined where they are less, more, or none. */
function wpduOf(octets: Uint8Array): Wpdu | undefined {
  try {
    return decodeWpdu(octets);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Octets with one field of the header changed. */
function withField(octets: Uint8Array, at: number, value: number): Uint8Array {
  const copy = octets.slice();
  new DataView(copy.buffer).setUint16(at, value);
  return copy;
}

function rewritten(change: (wpdu: Wpdu) => Wpdu | undefined): (octets: Uint8Array) => Uint8Array | undefined {
  return (octets) => {
    const wpdu = wpduOf(octets);
    if (wpdu === undefined) return octets;
    const changed = change(wpdu);
    return changed && encodeWpdu(changed);
  };
}

/** The port of the client in these tests, and the tags of two of its APDUs. */
const client = 2;
const aarq = 0x60;
const rlrq = 0x62;

const nothingKnown = Uint8Array.of(0xd8, 0x01, 0x01);

/** Serves nobody on the next connection after octets that it does not get over. */
function hangsAfter(isTooMuch: (octets: Uint8Array) => boolean): () => () => LineFault {
  return () => {
    let hangs = false;
    return () => {
      const dead = hangs;
      hangs = false;
      return {
        request: (octets) => {
          hangs ||= isTooMuch(octets);
          return dead ? undefined : octets;
        },
      };
    };
  };
}

/** From an APDU of one client on, another gets no answer. */
function dropped(begins: (wpdu: Wpdu) => boolean, lost: (wpdu: Wpdu) => boolean): () => () => LineFault {
  return () => () => {
    let dropping = false;
    return {
      request: rewritten((wpdu) => {
        dropping ||= begins(wpdu);
        return dropping && lost(wpdu) ? undefined : wpdu;
      }),
    };
  };
}

/** At least one for each case. */
export const wrapperMutants: readonly WrapperMutant[] = [
  {
    id: "X_WRAPPER_VERSION",
    what: "does not look at the version",
    failed: all(3),
    because: "a request with version 0 is answered",
    fault: () => () => ({ request: (octets) => withField(octets, 0, 1) }),
  },
  {
    id: "X_WRAPPER_VERSION",
    what: "serves nobody after a wrong version",
    failed: all(3),
    because: "after a request with version 0, a new connection is not served: the association is refused: silence",
    fault: hangsAfter((octets) => headerAt(octets, 0).version !== 1),
  },
  {
    id: "X_WRAPPER_LENGTH",
    what: "answers what is no PDU",
    failed: all(4),
    because: "a header with length 0 is answered",
    fault: () => () => ({
      request: (octets, say) => {
        if (wpduOf(octets) !== undefined) return octets;
        say(encodeWpdu({ sourceWPort: 1, destinationWPort: client, apdu: nothingKnown }));
        return undefined;
      },
    }),
  },
  {
    id: "X_WRAPPER_LENGTH",
    what: "does not look at the length",
    failed: ["S2", "S3", "S5"],
    because: "a request whose length is 1 more than follows is answered",
    fault: () => () => ({
      request: (octets) => (octets.length > wrapperHeaderLength ? withField(octets, 6, octets.length - wrapperHeaderLength) : octets),
    }),
  },
  {
    id: "X_WRAPPER_LENGTH",
    what: "serves nobody while the rest of a PDU is missing",
    failed: ["S2", "S3", "S4"],
    because: "after a request whose length is 1 more than follows, a new connection is not served: the association is refused: silence",
    fault: hangsAfter((octets) => headerAt(octets, 0).length + wrapperHeaderLength > octets.length),
  },
  {
    id: "X_WRAPPER_LENGTH",
    what: "serves nobody after a PDU that is too long for it",
    failed: ["S6"],
    because: "after 65000 octets that are no APDU, a new connection is not served: the association is refused: silence",
    fault: hangsAfter((octets) => octets.length > 60_000),
  },
  {
    id: "X_WRAPPER_SPLIT",
    what: "takes each segment for a PDU",
    failed: all(2),
    because: "an association that is asked for octet by octet is silence",
    fault: () => () => ({ request: (octets) => (wpduOf(octets) === undefined ? undefined : octets) }),
  },
  {
    id: "X_WRAPPER_TOGETHER",
    what: "takes one PDU of a segment",
    failed: all(2),
    because: "the second of two requests is answered by silence",
    fault: () => () => ({
      request: (octets) =>
        octets.length < wrapperHeaderLength ? octets : octets.subarray(0, wrapperHeaderLength + headerAt(octets, 0).length),
    }),
  },
  {
    id: "X_WRAPPER_SAP",
    what: "does not look at the port of the server",
    failed: ["S1", "S2", "S3"],
    because: "AARQ to a port that no declared logical device has is answered",
    fault: () => () => ({ request: rewritten((wpdu) => ({ ...wpdu, destinationWPort: 1 })) }),
  },
  {
    id: "X_WRAPPER_SAP",
    what: "takes nobody for the client",
    failed: ["S4"],
    because: "an association is opened by port 0, nobody",
    fault: () => () => {
      let nobody = false;
      return {
        request: rewritten((wpdu) => {
          nobody ||= wpdu.sourceWPort === 0;
          return { ...wpdu, sourceWPort: client };
        }),
        answer: rewritten((wpdu) => (nobody ? { ...wpdu, destinationWPort: 0 } : wpdu)),
      };
    },
  },
  {
    id: "X_WRAPPER_CHANNELS",
    what: "drops one client for another",
    failed: all(2),
    because: "after AARQ between other ports, the association does not serve any more: silence",
    fault: dropped(
      ({ sourceWPort, apdu }) => sourceWPort !== client && apdu[0] === aarq,
      ({ sourceWPort }) => sourceWPort === client,
    ),
  },
  {
    id: "X_WRAPPER_CHANNELS",
    what: "answers whoever called first",
    failed: all(2),
    because: "the answer goes from port 1 to 2 instead of from 1 to 16",
    fault: () => () => ({ answer: rewritten((wpdu) => ({ ...wpdu, destinationWPort: client })) }),
  },
  {
    id: "X_WRAPPER_CHANNELS",
    what: "releases every association with one",
    failed: ["S2"],
    because: "after the first association was released, the association does not serve any more: silence",
    fault: dropped(
      ({ apdu }) => apdu[0] === rlrq,
      () => true,
    ),
  },
];
