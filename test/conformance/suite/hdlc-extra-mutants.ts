import { encodeFrame, type HdlcFrame } from "../../../src/hdlc/index.ts";
import { all, back, eachFrame, encoded, framesOf, isFrame, type LineFault, noFrame, ua } from "./faulty-line.ts";
import type { HdlcMutant } from "./hdlc-frame-mutants.ts";

/** Takes an I frame that comes again for the next one. */
function carriesOutTwice(): LineFault {
  let due = 0;
  return {
    request: eachFrame((frame) => {
      const { control } = frame;
      if (control.kind === "snrm") due = 0;
      return control.kind === "i" ? { ...frame, control: { ...control, sendSequence: due++ % 8 } } : frame;
    }),
  };
}

/** Has forgotten what it sent: RR that does not acknowledge all of it is answered by RR. */
function neverRepeats(): LineFault {
  let next = 0;
  let acknowledged = 0;
  return {
    answer: eachFrame((frame) => {
      if (frame.control.kind === "i") {
        next = (frame.control.sendSequence + 1) % 8;
        acknowledged = frame.control.receiveSequence;
      }
      return frame;
    }),
    request: eachFrame((frame, say) => {
      const { control } = frame;
      if (control.kind !== "rr" || control.receiveSequence === next) return frame;
      say(back(frame, { kind: "rr", receiveSequence: acknowledged, pollFinal: true }));
      return undefined;
    }),
  };
}

/** Says UA to SNRM on a link that is up, and does nothing. */
function keepsTheLink(): LineFault {
  let up = false;
  return {
    request: eachFrame((frame, say) => {
      const { kind } = frame.control;
      const again = up && kind === "snrm";
      up = kind === "snrm" || (up && kind !== "disc");
      if (!again) return frame;
      say(back(frame, ua));
      return undefined;
    }),
  };
}

/** Drops the link of one client when another one calls. */
function servesOneClient(): LineFault {
  return {
    request: (octets) => {
      const frames = framesOf(octets);
      const [frame] = frames ?? [];
      if (frame?.control.kind !== "snrm" || frame.source.logical === 2) return octets;
      const first: HdlcFrame = {
        ...frame,
        control: { kind: "disc", pollFinal: false },
        source: { logical: 2, length: 1 },
        information: new Uint8Array(),
      };
      return encoded([first, frame]);
    },
  };
}

/** Takes what is sent to others for its own, and answers UI. */
function answersFor(others: readonly number[]): LineFault {
  return {
    request: eachFrame((frame, say) => {
      const { destination, source, control } = frame;
      if (control.kind === "ui") say(back(frame, ua));
      const meant = [destination.logical, destination.physical, source.logical].some((part) => part !== undefined && others.includes(part));
      return meant ? { ...frame, destination: { logical: 1, length: 1 }, source: { logical: 2, length: 1 } } : frame;
    }),
  };
}

/** Joins pieces however long the pause between them. */
function neverGivesUp(): LineFault {
  let held = new Uint8Array();
  return {
    request: (octets) => {
      held = Uint8Array.of(...held, ...octets);
      if (!isFrame(held)) return undefined;
      const frame = held;
      held = new Uint8Array();
      return frame;
    },
  };
}

/** Segments without end, once a client was not ready. */
function neverEnds(): LineFault {
  let sendSequence: number | undefined;
  return {
    request: eachFrame((frame, say) => {
      const { control } = frame;
      if (control.kind === "rnr") sendSequence = control.receiveSequence;
      if (control.kind !== "rr" || sendSequence === undefined) return frame;
      say(encodeFrame({ ...frame, segmented: true, destination: frame.source, source: frame.destination, control: next(sendSequence++) }));
      return undefined;
    }),
  };
}

function next(count: number): HdlcFrame["control"] {
  return { kind: "i", sendSequence: count % 8, receiveSequence: 2, pollFinal: true };
}

/** At least one for each case beyond ATS_DL. */
export const hdlcExtraMutants: readonly HdlcMutant[] = [
  {
    id: "X_HDLC_RETRANSMISSION",
    what: "carries out what comes again",
    failed: all(3),
    because: "I(N(S)=2, N(R)=3) of the device has N(R)=3 instead of 2",
    fault: carriesOutTwice,
  },
  {
    id: "X_HDLC_ANSWER_LOST",
    what: "never says anything twice",
    failed: all(3),
    because: "RR for an answer that was lost is answered by RR(N(R)=2), which is not what came first",
    fault: neverRepeats,
  },
  {
    id: "X_HDLC_RNR",
    what: "takes RNR for RR",
    failed: all(1),
    because: "RNR is answered by information",
    fault: () => ({
      request: eachFrame((frame) => (frame.control.kind === "rnr" ? { ...frame, control: { ...frame.control, kind: "rr" } } : frame)),
    }),
  },
  { id: "X_HDLC_RNR", what: "does not come to an end", failed: all(1), because: "the answer does not end", fault: neverEnds },
  {
    id: "X_HDLC_RNR",
    what: "does not return the turn",
    failed: all(1),
    because: "the device does not return the turn: none of 64 frames has F=1",
    fault: () => ({
      answer: (octets) => {
        const frames = framesOf(octets) ?? [];
        const [first] = frames;
        if (first?.control.kind !== "i" || !first.segmented) return octets;
        return encoded(
          Array.from({ length: 100 }, () => ({ ...first, control: { ...first.control, pollFinal: false } as HdlcFrame["control"] })),
        );
      },
    }),
  },
  {
    id: "X_HDLC_FILL",
    what: "does not stop talking",
    failed: all(4),
    because: "eight flags and SNRM: the answer is UA, UA, UA, UA, UA, UA, UA, UA, UA, UA, UA, UA, UA, UA, UA, UA instead of UA",
    fault: () => ({
      answer: (octets) => encoded(Array.from({ length: 100 }, () => framesOf(octets) ?? []).flat()),
    }),
  },
  {
    id: "X_HDLC_SNRM_AGAIN",
    what: "goes on where it was after SNRM",
    failed: all(3),
    because: "RR after SNRM on a link that is up is answered by FRMR instead of RR",
    fault: keepsTheLink,
  },
  {
    id: "X_HDLC_TWO_CLIENTS",
    what: "drops one client for another",
    failed: all(1),
    because: "the device answers by DM, where an I frame or RR was due",
    fault: servesOneClient,
  },
  {
    id: "X_HDLC_ALL_STATION",
    what: "answers what is for everybody",
    failed: all(9),
    because: "SNRM to everybody, in one octet is answered by UA instead of silence",
    fault: () => answersFor([0x7f, 0x3fff]),
  },
  {
    id: "X_HDLC_NO_STATION",
    what: "answers what is for nobody",
    failed: all(4),
    because: "SNRM to nobody, in one octet is answered by UA instead of silence",
    fault: () => answersFor([0]),
  },
  {
    id: "X_HDLC_UI",
    what: "answers UI",
    failed: all(3),
    because: "UI in NDM is answered by UA instead of silence",
    fault: () => answersFor([]),
  },
  {
    id: "X_HDLC_OCTETS",
    what: "wants several octets at once",
    failed: all(2),
    because: "SNRM octet by octet is answered by silence",
    fault: () => ({ request: (octets) => (octets.length === 1 ? undefined : octets) }),
  },
  {
    id: "X_HDLC_PAUSE",
    what: "gives up a frame at any pause",
    failed: ["S1"],
    because: "RR with pauses inside is answered by silence",
    fault: () => ({ request: noFrame(() => undefined) }),
  },
  {
    id: "X_HDLC_PAUSE",
    what: "never gives up a frame",
    failed: ["S2"],
    because: "the second part of SNRM is answered by UA instead of silence",
    fault: neverGivesUp,
  },
  {
    id: "X_HDLC_TWO_FRAMES",
    what: "hears the last of two frames",
    failed: ["S1"],
    because: "DISC and SNRM at once are answered by UA instead of DM, UA",
    fault: () => ({ request: (octets) => encoded((framesOf(octets) ?? []).slice(-1)) ?? octets }),
  },
  {
    id: "X_HDLC_TWO_FRAMES",
    what: "hears the first of two frames",
    failed: ["S2"],
    because: "UI and RR with one flag between them are answered by silence instead of RR",
    fault: () => ({ request: (octets) => encoded((framesOf(octets) ?? []).slice(0, 1)) ?? octets }),
  },
  {
    id: "X_HDLC_TWO_FRAMES",
    what: "loses a frame behind a damaged one",
    failed: ["S3"],
    because: "SNRM with a wrong FCS and a sound SNRM at once: the answer is silence instead of UA",
    fault: () => ({ request: (octets) => (framesOf(octets) === undefined ? undefined : octets) }),
  },
  {
    id: "X_HDLC_FILL",
    what: "wants nothing but frames",
    failed: all(4),
    because: "eight flags and SNRM: the answer is silence instead of UA",
    fault: () => ({ request: noFrame(() => undefined) }),
  },
];
