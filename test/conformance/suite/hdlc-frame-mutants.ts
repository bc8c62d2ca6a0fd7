import type { Declaration } from "../../../src/conformance/declaration.ts";
import type { HdlcFrame, HdlcStationOptions } from "../../../src/hdlc/index.ts";
import { all, back, eachFrame, fromDevice, isFrame, type LineFault, noFrame, rechecked, ua } from "./faulty-line.ts";

/** A device that is not sound, and the subtests that must find it. */
export interface HdlcMutant {
  readonly id: string;
  readonly what: string;
  readonly failed: readonly string[];
  /** The reason given for the first of them. */
  readonly because: string;
  /** Made for each connection. */
  readonly fault?: () => LineFault;
  readonly station?: Partial<HdlcStationOptions>;
  readonly declaration?: Partial<Declaration>;
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

/** At least one for each case of frames and addresses. */
export const frameMutants: readonly HdlcMutant[] = [
  {
    id: "HDLC_FRAME_P1",
    what: "acknowledges what it has not got",
    failed: ["S1"],
    because: "RR after SNRM is answered by RR with N(R)=1 instead of 0",
    fault: () => ({
      answer: eachFrame((frame) => (frame.control.kind === "rr" ? { ...frame, control: { ...frame.control, receiveSequence: 1 } } : frame)),
    }),
  },
  {
    id: "HDLC_FRAME_P1",
    what: "answers DISC by UA whether there is a link or not",
    failed: ["S1"],
    because: "DISC in NDM is answered by UA instead of DM",
    fault: () => ({ answer: eachFrame((frame) => (frame.control.kind === "dm" ? { ...frame, control: ua } : frame)) }),
  },
  {
    id: "HDLC_FRAME_P1",
    what: "does not return the turn",
    failed: ["S1"],
    because: "SNRM is answered by UA with F=0, where P=1 asks for F=1",
    fault: () => ({
      answer: eachFrame((frame) =>
        frame.control.kind === "unknown" ? frame : { ...frame, control: { ...frame.control, pollFinal: false } },
      ),
    }),
  },
  {
    id: "HDLC_FRAME_P1",
    what: "answers another client",
    failed: ["S1"],
    because: "SNRM is answered to client 3 instead of 2",
    fault: () => ({ answer: eachFrame((frame) => ({ ...frame, destination: { logical: 3, length: 1 } })) }),
  },
  {
    id: "HDLC_FRAME_P1",
    what: "answers from another address",
    failed: ["S1"],
    because: "SNRM is answered from 2 in 1 octet instead of 1 in 1 octet",
    fault: () => ({ answer: eachFrame((frame) => ({ ...frame, source: { logical: 2, length: 1 } })) }),
  },
  {
    id: "HDLC_FRAME_P2",
    what: "takes the next frame for the rest of one that stopped",
    failed: ["S1", "S2"],
    because: "RR after a frame cut short is answered by silence instead of RR",
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
  {
    id: "HDLC_FRAME_P3",
    what: "gives up a link after half the time-out",
    failed: ["S1"],
    because: "RR within the time-out is answered by DM instead of RR",
    station: { inactivityTimeout: 60_000 },
  },
  {
    id: "HDLC_FRAME_P3",
    what: "keeps a link for ever",
    failed: ["S2"],
    because: "RR after the time-out is answered by RR(N(R)=0) instead of DM",
    station: { inactivityTimeout: 0 },
  },
  {
    id: "HDLC_FRAME_N1",
    what: "needs no flags",
    failed: all(3),
    because: "SNRM without its opening flag is answered by UA instead of silence",
    fault: () => ({
      request: noFrame((octets) =>
        Uint8Array.of(...(octets[0] === 0x7e ? [] : [0x7e]), ...octets, ...(octets.at(-1) === 0x7e ? [] : [0x7e])),
      ),
    }),
  },
  {
    id: "HDLC_FRAME_N1",
    what: "answers noise by noise",
    failed: all(3),
    because: "SNRM without its opening flag is answered by octets that are no frame instead of silence",
    fault: () => ({
      request: noFrame((_, say) => {
        say(Uint8Array.of(0xff, 0x00));
        return undefined;
      }),
    }),
  },
  {
    id: "HDLC_FRAME_N2",
    what: "answers anything",
    failed: all(5),
    because: "a pair of flags is answered by UA instead of silence",
    fault: uaToRubbish,
  },
  {
    id: "HDLC_FRAME_N2",
    what: "hangs after a short frame",
    failed: all(5),
    because: "SNRM after a pair of flags is answered by silence instead of UA",
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
    because: "SNRM with 0000 for 1010 in the format field and a right FCS is answered by UA instead of silence",
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
    because: "SNRM whose length field says 2 too little, with a right FCS is answered by UA instead of silence",
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
    because: "control field FF is answered by UA instead of FRMR",
    fault: () => uaTo(({ control }) => control.kind === "unknown"),
  },
  {
    id: "HDLC_FRAME_N5",
    what: "names another control field in FRMR",
    failed: all(3),
    because: "control field FF is answered by FRMR for another control field",
    fault: () => ({
      answer: eachFrame((frame) => (frame.control.kind === "frmr" ? { ...frame, information: Uint8Array.of(0x00, 0x00, 0x80) } : frame)),
    }),
  },
  {
    id: "HDLC_FRAME_N5",
    what: "gives another reason in FRMR",
    failed: all(3),
    because: "control field FF is answered by FRMR for another reason",
    fault: () => ({
      answer: eachFrame((frame) => {
        const [rejected = 0, states = 0] = frame.information;
        return frame.control.kind === "frmr" ? { ...frame, information: Uint8Array.of(rejected, states, 0x10) } : frame;
      }),
    }),
  },
  {
    id: "HDLC_FRAME_N5",
    what: "does not come out of rejecting",
    failed: all(3),
    because: "SNRM after control field FF is answered by silence instead of UA",
    fault: () => {
      let rejecting = false;
      return {
        answer: eachFrame((frame) => {
          rejecting ||= frame.control.kind === "frmr";
          return rejecting && frame.control.kind === "ua" ? undefined : frame;
        }),
      };
    },
  },
  {
    id: "HDLC_FRAME_N7",
    what: "does not check the header",
    failed: all(2),
    because: "SNRM with a wrong HCS and a right FCS is answered by UA instead of silence",
    fault: () => ({ request: noFrame((octets) => rechecked(octets, { header: true })) }),
  },
  {
    id: "HDLC_FRAME_N8",
    what: "does not check frames",
    failed: all(3),
    because: "SNRM without information and with a wrong FCS is answered by UA instead of silence",
    fault: () => ({ request: noFrame((octets) => rechecked(octets)) }),
  },
  {
    id: "HDLC_ADDRESS_P1",
    what: "answers from the upper address alone",
    failed: ["S2", "S3"],
    because: "SNRM to 1/17 in 2 octets is answered from 1 in 1 octet",
    fault: () => ({ answer: eachFrame((frame) => ({ ...frame, source: { logical: frame.source.logical, length: 1 } })) }),
  },
  {
    id: "HDLC_ADDRESS_P1",
    what: "has no address of one octet",
    failed: ["S1"],
    because: "SNRM to 1 in 1 octet is answered by silence instead of UA",
    station: { addressLengths: [2, 4] },
  },
  {
    id: "HDLC_ADDRESS_N1",
    what: "takes clients of any length",
    failed: all(2),
    because: "SNRM with a client address of two octets is answered by UA instead of silence",
    fault: () => ({ request: eachFrame((frame) => ({ ...frame, source: { logical: 2, length: 1 } })) }),
  },
  {
    id: "HDLC_ADDRESS_N4",
    what: "does not look at who is called",
    failed: all(5),
    because: "SNRM to 125 in 1 octet is answered by UA instead of silence",
    fault: () => ({ request: eachFrame((frame) => ({ ...frame, destination: { logical: 1, length: 1 } })) }),
  },
  {
    id: "HDLC_ADDRESS_N6",
    what: "takes the upper address alone",
    failed: ["S1"],
    because: "SNRM to an address of one octet is answered by UA instead of silence",
    declaration: { hdlcAddress: { logical: 1, physical: 17 }, hdlcAddressForms: [] },
  },
  {
    id: "HDLC_ADDRESS_N7",
    what: "answers anything",
    failed: all(2),
    because: "SNRM with a destination address of three octets is answered by UA instead of silence",
    fault: uaToRubbish,
  },
];
