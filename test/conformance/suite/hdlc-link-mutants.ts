import { encodeParameters, type HdlcFrame, type HdlcParameters } from "../../../src/hdlc/index.ts";
import { decodeParameters, largestHdlcParameters } from "../../../src/hdlc/parameters.ts";
import { all, eachFrame, type LineFault, type RequestFault } from "./faulty-line.ts";
import type { HdlcMutant } from "./hdlc-frame-mutants.ts";

function isInformation(frame: HdlcFrame): frame is HdlcFrame & { readonly control: { readonly kind: "i" } } {
  return frame.control.kind === "i";
}

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
    let proposal = new Uint8Array();
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

/** At least one for each case of links. */
export const linkMutants: readonly HdlcMutant[] = [
  {
    id: "HDLC_NDM2NRM_P1",
    what: "grants twice as much as was proposed",
    failed: all(8),
    because: "UA has maximum information field length, transmit 256, where 128 is proposed",
    fault: acceptance((parameters) => ({
      ...parameters,
      maxInformationFieldLengthTransmit: 2 * parameters.maxInformationFieldLengthTransmit,
    })),
  },
  {
    id: "HDLC_NDM2NRM_P1",
    what: "sends frames as long as it can, whatever was agreed",
    failed: ["S1", "S2", "S3", "S4", "S5", "S6", "S8"],
    because: "the device sends an information field of 2030 octets where 128 are agreed",
    fault: disobeying({ maxInformationFieldLengthReceive: largestHdlcParameters.maxInformationFieldLengthReceive }),
  },
  {
    id: "HDLC_NDM2NRM_P1",
    what: "says in UA what nobody can read",
    failed: all(8),
    because: "the answer cannot be decoded: HDLC format identifier: bad-tag at offset 0",
    fault: () => ({
      answer: eachFrame((frame) => (frame.control.kind === "ua" ? { ...frame, information: Uint8Array.of(0x80, 0x80, 0x00) } : frame)),
    }),
  },
  {
    id: "HDLC_NDM2NRM_P1",
    what: "loses the end of long answers",
    failed: ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"],
    because: "a long answer does not come to its end: silence",
    fault: () => {
      let long = false;
      return {
        answer: eachFrame((frame) => {
          const lost = long && isInformation(frame);
          long ||= frame.segmented;
          return lost ? undefined : frame;
        }),
      };
    },
  },
  {
    id: "HDLC_NDM2NRM_P1",
    what: "takes the client's directions for its own",
    failed: ["S8"],
    because: "UA has maximum information field length, transmit 2030, where 128 is proposed",
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
    because: "UA has window size, transmit 2, where 1 is proposed",
    fault: acceptance((parameters) => ({ ...parameters, windowSizeTransmit: parameters.windowSizeTransmit + 1 })),
  },
  {
    id: "HDLC_NDM2NRM_P2",
    what: "sends as many frames in a row as it can, whatever was agreed",
    failed: ["S1", "S2", "S3", "S4", "S5", "S6", "S8"],
    because: "the device sends 7 I frames in a row where the window is 1",
    fault: disobeying({ windowSizeReceive: largestHdlcParameters.windowSizeReceive }),
  },
  {
    id: "HDLC_NDM2NRM_P2",
    what: "takes the client's directions for its own",
    failed: ["S8"],
    because: "UA has window size, transmit 7, where 1 is proposed",
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
    because: "the answer begins with E6E600 instead of E6E700",
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
    because: "AARQ in several I frames is answered by D80202 instead of AARE",
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
    because: "I(N(S)=7, N(R)=1) of the device has N(S)=7 instead of 0",
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
    because: "an information field of 129 octets is answered by I(N(S)=0, N(R)=1) instead of FRMR",
    fault: () => ({
      request: eachFrame((frame) => (isInformation(frame) ? { ...frame, information: frame.information.subarray(0, 100) } : frame)),
    }),
  },
  {
    id: "HDLC_INFO_N2",
    what: "does not look at N(R)",
    failed: all(3),
    because: "RR with N(R)=1 is answered by RR(N(R)=0) instead of FRMR",
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
    because: "an I frame with N(S)=1 is answered by I(N(S)=0, N(R)=1) instead of RR or FRMR",
    fault: () => {
      let due = 0;
      return { request: renumbered((frame) => ({ ...frame, control: { ...frame.control, sendSequence: due++ % 8 } })) };
    },
  },
  {
    id: "HDLC_NDMOP_N1",
    what: "is silent in NDM",
    failed: all(4),
    because: "an I frame in NDM is answered by silence instead of DM",
    fault: () => {
      let asked = "disc";
      return {
        request: eachFrame((frame) => {
          asked = frame.control.kind;
          return frame;
        }),
        answer: eachFrame((frame) => (frame.control.kind === "dm" && asked !== "disc" ? undefined : frame)),
      };
    },
  },
];
