import type { Declaration } from "../../../src/conformance/declaration.ts";
import { encodeParameters, type HdlcFrame, type HdlcParameters, type HdlcStationOptions } from "../../../src/hdlc/index.ts";
import { decodeParameters, largestHdlcParameters } from "../../../src/hdlc/parameters.ts";
import { back, eachFrame, fromDevice, isFrame, type LineFault, noFrame, type RequestFault, rechecked, ua } from "./faulty-line.ts";

/** A device that is not sound, and the subtests that must find it. */
export interface HdlcMutant {
  readonly id: string;
  readonly what: string;
  readonly failed: readonly string[];
  /** Made for each connection. */
  readonly fault?: () => LineFault;
  readonly station?: Partial<HdlcStationOptions>;
  readonly declaration?: Partial<Declaration>;
}

const none = new Uint8Array();

function isInformation(frame: HdlcFrame): frame is HdlcFrame & { readonly control: { readonly kind: "i" } } {
  return frame.control.kind === "i";
}

/** Frames of a kind are answered by UA. */
function uaTo(wanted: (frame: HdlcFrame) => boolean): LineFault {
  return {
    request: eachFrame((frame, say) => {
      if (!wanted(frame)) return frame;
      say(back(frame, ua));
      return undefined;
    }),
  };
}

/** What is no sound frame is answered by UA. */
const uaToRubbish = (): LineFault => ({
  request: noFrame((_, say) => {
    say(fromDevice(ua));
    return undefined;
  }),
});

/** UA says other parameters than the device has. */
function acceptance(change: (parameters: HdlcParameters) => HdlcParameters): () => LineFault {
  return () => ({
    answer: eachFrame((frame) =>
      frame.control.kind === "ua" && frame.information.length > 0
        ? { ...frame, information: written(change(decodeParameters(frame.information))) }
        : frame,
    ),
  });
}

/** Two octets for each length and one for each window, in or out of their ranges. */
function written(parameters: HdlcParameters): Uint8Array {
  const { maxInformationFieldLengthTransmit: transmit, maxInformationFieldLengthReceive: receive } = parameters;
  const { windowSizeTransmit, windowSizeReceive } = parameters;
  const lengths = [5, 2, transmit >> 8, transmit & 0xff, 6, 2, receive >> 8, receive & 0xff];
  return Uint8Array.of(0x81, 0x80, 14, ...lengths, 7, 1, windowSizeTransmit, 8, 1, windowSizeReceive);
}

/** UA says what was proposed, while the device does what it would with another proposal. */
function disobeying(more: Partial<HdlcParameters>): () => LineFault {
  return () => {
    let proposal = none;
    return {
      request: eachFrame((frame) => {
        if (frame.control.kind !== "snrm") return frame;
        proposal = Uint8Array.from(frame.information);
        return { ...frame, information: encodeParameters({ ...decodeParameters(frame.information), ...more }) };
      }),
      answer: eachFrame((frame) => {
        if (frame.control.kind !== "ua" || frame.information.length === 0) return frame;
        const asked = decodeParameters(proposal);
        const information = encodeParameters({
          maxInformationFieldLengthTransmit: asked.maxInformationFieldLengthReceive,
          maxInformationFieldLengthReceive: asked.maxInformationFieldLengthTransmit,
          windowSizeTransmit: asked.windowSizeReceive,
          windowSizeReceive: asked.windowSizeTransmit,
        });
        return { ...frame, information };
      }),
    };
  };
}

/** Sequence numbers of a client of one frame at a time are taken for others. */
function renumbered(change: (frame: HdlcFrame & { readonly control: { readonly kind: "i" } }) => HdlcFrame): RequestFault {
  return eachFrame((frame) => (isInformation(frame) ? change(frame) : frame));
}

const all = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `S${index + 1}`);

/** At least one for each case of ATS_DL. */
export const hdlcMutants: readonly HdlcMutant[] = [
  {
    id: "HDLC_FRAME_P1",
    what: "acknowledges what it has not got",
    failed: ["S1"],
    fault: () => ({
      answer: eachFrame((frame) => (frame.control.kind === "rr" ? { ...frame, control: { ...frame.control, receiveSequence: 1 } } : frame)),
    }),
  },
  {
    id: "HDLC_FRAME_P1",
    what: "answers DISC by UA whether there is a link or not",
    failed: ["S1"],
    fault: () => ({ answer: eachFrame((frame) => (frame.control.kind === "dm" ? { ...frame, control: ua } : frame)) }),
  },
  {
    id: "HDLC_FRAME_P1",
    what: "does not return the turn",
    failed: ["S1"],
    fault: () => ({
      answer: eachFrame((frame) =>
        frame.control.kind === "unknown" ? frame : { ...frame, control: { ...frame.control, pollFinal: false } },
      ),
    }),
  },
  {
    id: "HDLC_FRAME_P2",
    what: "takes the next frame for the rest of one that stopped",
    failed: ["S1", "S2"],
    fault: () => {
      let stopped = false;
      return {
        request: (octets) => {
          const lost = stopped;
          stopped = !lost && !isFrame(octets);
          return lost || stopped ? undefined : octets;
        },
      };
    },
  },
  { id: "HDLC_FRAME_P3", what: "gives up a link after half the time-out", failed: ["S1"], station: { inactivityTimeout: 60_000 } },
  { id: "HDLC_FRAME_P3", what: "keeps a link for ever", failed: ["S2"], station: { inactivityTimeout: 0 } },
  {
    id: "HDLC_FRAME_N1",
    what: "needs no flags",
    failed: all(3),
    fault: () => ({
      request: noFrame((octets) =>
        Uint8Array.of(...(octets[0] === 0x7e ? [] : [0x7e]), ...octets, ...(octets.at(-1) === 0x7e ? [] : [0x7e])),
      ),
    }),
  },
  { id: "HDLC_FRAME_N2", what: "answers anything", failed: all(5), fault: uaToRubbish },
  {
    id: "HDLC_FRAME_N2",
    what: "hangs after a short frame",
    failed: all(5),
    fault: () => {
      let hangs = false;
      return {
        request: (octets) => {
          hangs ||= !isFrame(octets);
          return hangs ? undefined : octets;
        },
      };
    },
  },
  {
    id: "HDLC_FRAME_N3",
    what: "does not look at the format type",
    failed: all(7),
    fault: () => ({
      request: noFrame((octets) => {
        const frame = octets.slice();
        frame[1] = 0xa0 | ((frame[1] as number) & 0x0f);
        return rechecked(frame);
      }),
    }),
  },
  {
    id: "HDLC_FRAME_N4",
    what: "goes by the flags",
    failed: all(7),
    fault: () => ({
      request: noFrame((octets) => {
        const frame = octets.slice();
        frame[1] = 0xa0;
        frame[2] = frame.length - 2;
        return rechecked(frame);
      }),
    }),
  },
  {
    id: "HDLC_FRAME_N5",
    what: "answers what it does not know by UA",
    failed: all(4),
    fault: () => uaTo(({ control }) => control.kind === "unknown"),
  },
  {
    id: "HDLC_FRAME_N5",
    what: "names another control field in FRMR",
    failed: all(3),
    fault: () => ({
      answer: eachFrame((frame) => (frame.control.kind === "frmr" ? { ...frame, information: Uint8Array.of(0x00, 0x00, 0x80) } : frame)),
    }),
  },
  {
    id: "HDLC_FRAME_N7",
    what: "does not check the header",
    failed: all(2),
    fault: () => ({ request: noFrame((octets) => rechecked(octets, { header: true })) }),
  },
  {
    id: "HDLC_FRAME_N8",
    what: "does not check frames",
    failed: all(3),
    fault: () => ({ request: noFrame((octets) => rechecked(octets)) }),
  },
  {
    id: "HDLC_ADDRESS_P1",
    what: "answers from the upper address alone",
    failed: ["S2", "S3"],
    fault: () => ({ answer: eachFrame((frame) => ({ ...frame, source: { logical: frame.source.logical, length: 1 } })) }),
  },
  { id: "HDLC_ADDRESS_P1", what: "has no address of one octet", failed: ["S1"], station: { addressLengths: [2, 4] } },
  {
    id: "HDLC_ADDRESS_N1",
    what: "takes clients of any length",
    failed: all(2),
    fault: () => ({ request: eachFrame((frame) => ({ ...frame, source: { logical: 2, length: 1 } })) }),
  },
  {
    id: "HDLC_ADDRESS_N4",
    what: "does not look at who is called",
    failed: all(5),
    fault: () => ({ request: eachFrame((frame) => ({ ...frame, destination: { logical: 1, length: 1 } })) }),
  },
  {
    id: "HDLC_ADDRESS_N6",
    what: "takes the upper address alone",
    failed: ["S1"],
    declaration: { hdlcAddress: { logical: 1, physical: 17 }, hdlcAddressForms: [] },
  },
  { id: "HDLC_ADDRESS_N7", what: "answers anything", failed: all(2), fault: uaToRubbish },
  {
    id: "HDLC_NDM2NRM_P1",
    what: "grants twice as much as was proposed",
    failed: all(8),
    fault: acceptance((parameters) => ({
      ...parameters,
      maxInformationFieldLengthTransmit: 2 * parameters.maxInformationFieldLengthTransmit,
    })),
  },
  {
    id: "HDLC_NDM2NRM_P1",
    what: "sends frames as long as it can, whatever was agreed",
    failed: ["S1", "S2", "S3", "S4", "S5", "S6", "S8"],
    fault: disobeying({ maxInformationFieldLengthReceive: largestHdlcParameters.maxInformationFieldLengthReceive }),
  },
  {
    id: "HDLC_NDM2NRM_P1",
    what: "takes the client's directions for its own",
    failed: ["S8"],
    fault: acceptance((parameters) => ({
      ...parameters,
      maxInformationFieldLengthTransmit: parameters.maxInformationFieldLengthReceive,
      maxInformationFieldLengthReceive: parameters.maxInformationFieldLengthTransmit,
    })),
  },
  {
    id: "HDLC_NDM2NRM_P2",
    what: "grants one frame more than was proposed",
    failed: all(8),
    fault: acceptance((parameters) => ({ ...parameters, windowSizeTransmit: parameters.windowSizeTransmit + 1 })),
  },
  {
    id: "HDLC_NDM2NRM_P2",
    what: "sends as many frames in a row as it can, whatever was agreed",
    failed: ["S1", "S2", "S3", "S4", "S5", "S6", "S8"],
    fault: disobeying({ windowSizeReceive: largestHdlcParameters.windowSizeReceive }),
  },
  {
    id: "HDLC_NDM2NRM_P2",
    what: "takes the client's directions for its own",
    failed: ["S8"],
    fault: acceptance((parameters) => ({
      ...parameters,
      windowSizeTransmit: parameters.windowSizeReceive,
      windowSizeReceive: parameters.windowSizeTransmit,
    })),
  },
  {
    id: "HDLC_INFO_P1",
    what: "answers with the LLC header of a command",
    failed: ["S1"],
    fault: () => ({
      answer: eachFrame((frame) =>
        isInformation(frame) ? { ...frame, information: Uint8Array.of(0xe6, 0xe6, ...frame.information.subarray(2)) } : frame,
      ),
    }),
  },
  {
    id: "HDLC_INFO_P1",
    what: "forgets the first of several segments",
    failed: ["S2", "S3"],
    fault: () => {
      let lost = false;
      return {
        request: renumbered((frame) => {
          if (lost || !frame.segmented) return frame;
          lost = true;
          return { ...frame, information: Uint8Array.of(0xe6) };
        }),
      };
    },
  },
  {
    id: "HDLC_INFO_P1",
    what: "does not count beyond 7",
    failed: ["S4"],
    fault: () => {
      let count = 0;
      return {
        answer: eachFrame((frame) => {
          if (!isInformation(frame) || count++ <= 7) return frame;
          return { ...frame, control: { ...frame.control, sendSequence: 7 } };
        }),
      };
    },
  },
  {
    id: "HDLC_INFO_N1",
    what: "takes one octet more than agreed",
    failed: all(2),
    fault: () => ({
      request: eachFrame((frame) => (isInformation(frame) ? { ...frame, information: frame.information.subarray(0, 100) } : frame)),
    }),
  },
  {
    id: "HDLC_INFO_N2",
    what: "does not look at N(R)",
    failed: all(3),
    fault: () => ({
      request: eachFrame((frame) =>
        "receiveSequence" in frame.control ? { ...frame, control: { ...frame.control, receiveSequence: 0 } } : frame,
      ),
    }),
  },
  {
    id: "HDLC_INFO_N3",
    what: "does not look at N(S)",
    failed: all(2),
    fault: () => {
      let due = 0;
      return { request: renumbered((frame) => ({ ...frame, control: { ...frame.control, sendSequence: due++ % 8 } })) };
    },
  },
  {
    id: "HDLC_NDMOP_N1",
    what: "is silent in NDM",
    failed: all(4),
    fault: () => ({ answer: eachFrame((frame) => (frame.control.kind === "dm" ? undefined : frame)) }),
  },
];
