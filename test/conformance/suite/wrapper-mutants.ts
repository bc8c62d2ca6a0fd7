import { DecodeError } from "../../../src/errors.ts";
import { decodeWpdu, encodeWpdu, headerAt, type Wpdu, wrapperHeaderLength } from "../../../src/wrapper/index.ts";
import { all, type LineFault } from "./faulty-line.ts";

/** A device that is not sound, and the subtests that must find it. */
export interface WrapperMutant {
  readonly id: string;
  readonly what: string;
  readonly failed: readonly string[];
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
    fault: () => () => ({ request: (octets) => withField(octets, 0, 1) }),
  },
  {
    id: "X_WRAPPER_VERSION",
    what: "serves nobody after a wrong version",
    failed: all(3),
    fault: hangsAfter((octets) => headerAt(octets, 0).version !== 1),
  },
  {
    id: "X_WRAPPER_LENGTH",
    what: "answers what is no PDU",
    failed: all(4),
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
    fault: () => () => ({
      request: (octets) => (octets.length > wrapperHeaderLength ? withField(octets, 6, octets.length - wrapperHeaderLength) : octets),
    }),
  },
  {
    id: "X_WRAPPER_LENGTH",
    what: "serves nobody while the rest of a PDU is missing",
    failed: ["S2", "S3", "S4"],
    fault: hangsAfter((octets) => headerAt(octets, 0).length + wrapperHeaderLength > octets.length),
  },
  {
    id: "X_WRAPPER_LENGTH",
    what: "serves nobody after a PDU that is too long for it",
    failed: ["S6"],
    fault: hangsAfter((octets) => octets.length > 60_000),
  },
  {
    id: "X_WRAPPER_SPLIT",
    what: "takes each segment for a PDU",
    failed: all(2),
    fault: () => () => ({ request: (octets) => (wpduOf(octets) === undefined ? undefined : octets) }),
  },
  {
    id: "X_WRAPPER_TOGETHER",
    what: "takes one PDU of a segment",
    failed: all(2),
    fault: () => () => ({
      request: (octets) =>
        octets.length < wrapperHeaderLength ? octets : octets.subarray(0, wrapperHeaderLength + headerAt(octets, 0).length),
    }),
  },
  {
    id: "X_WRAPPER_SAP",
    what: "does not look at the port of the server",
    failed: ["S1", "S2", "S3"],
    fault: () => () => ({ request: rewritten((wpdu) => ({ ...wpdu, destinationWPort: 1 })) }),
  },
  {
    id: "X_WRAPPER_SAP",
    what: "takes nobody for the client",
    failed: ["S4"],
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
    fault: dropped(
      ({ sourceWPort, apdu }) => sourceWPort !== client && apdu[0] === aarq,
      ({ sourceWPort }) => sourceWPort === client,
    ),
  },
  {
    id: "X_WRAPPER_CHANNELS",
    what: "answers whoever called first",
    failed: all(2),
    fault: () => () => ({ answer: rewritten((wpdu) => ({ ...wpdu, destinationWPort: client })) }),
  },
  {
    id: "X_WRAPPER_CHANNELS",
    what: "releases every association with one",
    failed: ["S2"],
    fault: dropped(
      ({ apdu }) => apdu[0] === rlrq,
      () => true,
    ),
  },
];
