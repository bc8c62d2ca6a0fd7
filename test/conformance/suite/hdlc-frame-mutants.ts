import type { Declaration } from "../../../src/conformance/declaration.ts";
import type { HdlcFrame, HdlcStationOptions } from "../../../src/hdlc/index.ts";
import { all, back, eachFrame, fromDevice, isFrame, type LineFault, noFrame, rechecked, ua } from "./faulty-line.ts";

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
    id: "HDLC_FRAME_P1",
    what: "answers another client",
    failed: ["S1"],
    fault: () => ({ answer: eachFrame((frame) => ({ ...frame, destination: { logical: 3, length: 1 } })) }),
  },
  {
    id: "HDLC_FRAME_P1",
    what: "answers from another address",
    failed: ["S1"],
    fault: () => ({ answer: eachFrame((frame) => ({ ...frame, source: { logical: 2, length: 1 } })) }),
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
  {
    id: "HDLC_FRAME_N1",
    what: "answers noise by noise",
    failed: all(3),
    fault: () => ({
      request: noFrame((_, say) => {
        say(Uint8Array.of(0xff, 0x00));
        return undefined;
      }),
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
    id: "HDLC_FRAME_N5",
    what: "gives another reason in FRMR",
    failed: all(3),
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
];
