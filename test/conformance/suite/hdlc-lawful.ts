import type { Declaration } from "../../../src/conformance/declaration.ts";
import { decodeParameters, defaultHdlcParameters, encodeFrame, type HdlcFrame, type HdlcStationOptions } from "../../../src/hdlc/index.ts";
import type { DlmsServerOptions } from "../../../src/server/dlms-server.ts";
import { back, eachFrame, encoded, framesOf, type LineFault } from "./faulty-line.ts";

/** A device that does otherwise than the sample meter, as it may. */
export interface LawfulDevice {
  readonly what: string;
  /** The cases that it concerns; all of them by default. */
  readonly ids?: readonly string[];
  /** Made for each connection. */
  readonly difference?: () => LineFault;
  readonly station?: Partial<HdlcStationOptions>;
  readonly server?: Partial<DlmsServerOptions>;
  readonly declaration?: Partial<Declaration>;
}

/** Takes frames off the line. */
function without(unwanted: (frame: HdlcFrame) => boolean): LineFault {
  return { request: eachFrame((frame) => (unwanted(frame) ? undefined : frame)) };
}

/** Has no answer ready, and gives it when it is polled. */
function slow(): LineFault {
  let awaited = false;
  let last = -1;
  let held: Uint8Array | undefined;
  return {
    request: eachFrame((frame, say) => {
      const { control } = frame;
      if (control.kind === "i") {
        awaited = control.pollFinal && control.sendSequence !== last;
        last = control.sendSequence;
      } else if (control.kind === "rr" && held !== undefined) {
        say(held);
        held = undefined;
        return undefined;
      } else if (control.kind === "snrm" || control.kind === "disc") {
        held = undefined;
        last = -1;
      }
      return frame;
    }),
    answer: (octets) => {
      const [first] = framesOf(octets) ?? [];
      if (!awaited || first?.control.kind !== "i") return octets;
      awaited = false;
      held = octets.slice();
      const { receiveSequence } = first.control;
      return encoded([
        { ...first, segmented: false, information: new Uint8Array(), control: { kind: "rr", receiveSequence, pollFinal: true } },
      ]);
    },
  };
}

/** Rejects an I frame that is not due, and everything else until it is set up again. */
function rejecting(): LineFault {
  let due = 0;
  let rejected: number | undefined;
  return {
    request: eachFrame((frame, say) => {
      const { control } = frame;
      if (control.kind === "snrm" || control.kind === "disc") {
        due = 0;
        rejected = undefined;
        return frame;
      }
      if (control.kind === "i" && control.sendSequence === due) due = (due + 1) % 8;
      else if (control.kind === "i") rejected = 0x10 | (control.sendSequence << 1);
      if (rejected === undefined) return frame;
      say(back(frame, { kind: "frmr", pollFinal: true }, Uint8Array.of(rejected, 0x00, 0x00)));
      return undefined;
    }),
  };
}

/** Acknowledges an I frame that comes again, and waits to be asked for the answer. */
function acknowledging(): LineFault {
  let last = -1;
  return {
    request: eachFrame((frame, say) => {
      const { control } = frame;
      if (control.kind === "snrm") last = -1;
      if (control.kind !== "i") return frame;
      const again = control.sendSequence === last;
      last = control.sendSequence;
      if (!again) return frame;
      say(back(frame, { kind: "rr", receiveSequence: (last + 1) % 8, pollFinal: true }));
      return undefined;
    }),
  };
}

/** Somebody was here before, and went away without DISC. */
function leftUp(): LineFault {
  let found = false;
  let swallowed = false;
  return {
    request: (octets) => {
      if (found) return octets;
      found = true;
      const up = { segmented: false, source: reader, destination: device, control: { kind: "snrm", pollFinal: true } } as const;
      return Uint8Array.of(...encodeFrame({ ...up, information: new Uint8Array() }), ...octets);
    },
    answer: (octets) => {
      if (swallowed) return octets;
      swallowed = true;
      return encoded((framesOf(octets) ?? []).slice(1));
    },
  };
}

const reader = { logical: 2, length: 1 } as const;
const device = { logical: 1, length: 1 } as const;

/** What the suite must let pass. */
export const lawfulDevices: readonly LawfulDevice[] = [
  { what: "has no answer ready, and gives it when polled", difference: slow },
  {
    what: "leaves out of UA what is the default",
    difference: () => ({
      answer: eachFrame((frame) => {
        const { control, information } = frame;
        if (control.kind !== "ua" || information.length === 0) return frame;
        const usual = JSON.stringify(decodeParameters(information)) === JSON.stringify(defaultHdlcParameters);
        return usual ? { ...frame, information: new Uint8Array() } : frame;
      }),
    }),
  },
  {
    what: "has a link up that somebody left",
    ids: [
      ...["FRAME_P1", "FRAME_N2", "FRAME_N3", "FRAME_N4", "FRAME_N5", "FRAME_N7", "FRAME_N8"].map((id) => `HDLC_${id}`),
      ...["ADDRESS_P1", "ADDRESS_N1", "ADDRESS_N4", "ADDRESS_N7", "NDM2NRM_P1", "NDMOP_N1"].map((id) => `HDLC_${id}`),
      ...["ALL_STATION", "NO_STATION", "UI", "PAUSE", "TWO_FRAMES"].map((id) => `X_HDLC_${id}`),
    ],
    difference: leftUp,
  },
  { what: "answers a wrong N(S) by FRMR, for no reason", ids: ["HDLC_INFO_N3"], difference: rejecting },
  {
    what: "gives no information in FRMR",
    ids: ["HDLC_FRAME_N5", "HDLC_INFO_N1", "HDLC_INFO_N2"],
    difference: () => ({
      answer: eachFrame((frame) => (frame.control.kind === "frmr" ? { ...frame, information: new Uint8Array() } : frame)),
    }),
  },
  {
    what: "does not hear an unknown control field in NDM",
    ids: ["HDLC_FRAME_N5"],
    difference: () => {
      let up = false;
      return without(({ control }) => {
        if (control.kind === "snrm" || control.kind === "disc") up = control.kind === "snrm";
        return control.kind === "unknown" && !up;
      });
    },
  },
  { what: "acknowledges a request that comes again by RR", ids: ["X_HDLC_RETRANSMISSION"], difference: acknowledging },
  { what: "does not hear UI", ids: ["X_HDLC_UI", "X_HDLC_ALL_STATION"], difference: () => without(({ control }) => control.kind === "ui") },
  { what: "takes one client at a time", ids: ["X_HDLC_TWO_CLIENTS"], station: { maxLinks: 1 } },
  {
    what: "closes a connection that is quiet",
    ids: ["HDLC_FRAME_P3"],
    server: { idleTimeout: 125_000 },
  },
  {
    what: "hears the first of two frames that come at once",
    ids: ["X_HDLC_TWO_FRAMES"],
    difference: () => ({
      request: (octets) => {
        const frames = framesOf(octets) ?? [];
        return frames[0]?.control.kind === "disc" ? encoded(frames.slice(0, 1)) : octets;
      },
    }),
  },
];
