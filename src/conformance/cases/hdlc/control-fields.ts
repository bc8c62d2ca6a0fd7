import type { ConformanceCase, Subtest } from "../../case.ts";
import { describeFrame } from "../../frame-link.ts";
import type { FrameParts } from "../../hdlc-line.ts";
import { must } from "../../verdict.ts";
import { begin, beginDown, disc, iFrame, mustAnswer, mustReject, rejection, rr, snrm } from "./frames.ts";

/** Control fields that the profile does not have, with P=1 (IEC 62056-46 6.4.3). */
const undefinedControls = [
  { name: "FF", octet: 0xff },
  { name: "19 (REJ)", octet: 0x19 },
  { name: "BF (XID)", octet: 0xbf },
] as const;

function unknown(octet: number): FrameParts {
  return { control: { kind: "unknown", octet, pollFinal: true } };
}

/** What needs a link and comes without one. */
function refused(what: string, parts: FrameParts, afterRelease = false): Subtest {
  return {
    title: `${what} ${afterRelease ? "after a link was released" : "in NDM"}: DM, then SNRM -> UA`,
    run: async (tester) => {
      const line = await tester.hdlc();
      await beginDown(line);
      if (afterRelease) {
        await begin(line);
        await mustAnswer(line, disc, "ua", "DISC");
      }
      await mustAnswer(line, parts, "dm", `${what} in NDM`);
      await mustAnswer(line, snrm, "ua", `SNRM after ${what} in NDM`);
    },
  };
}

/** Frames that mean nothing (ATS_DL V5, HDLC_FRAME_N5). */
export const unknownControlCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_FRAME_N5",
    title: "the control field is unknown",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_N5; ISO/IEC 13239 5.5.3.4.2",
    subtests: [
      ...undefinedControls.map(
        ({ name, octet }): Subtest => ({
          title: `control field ${name} in NRM: FRMR, then SNRM -> UA and RR -> RR with N(R)=0`,
          run: async (tester) => {
            const line = await tester.hdlc();
            await begin(line);
            await mustReject(line, unknown(octet), rejection.undefinedControl, `control field ${name}`);
          },
        }),
      ),
      {
        title: "control field FF in NDM: DM or silence, then SNRM -> UA",
        run: async (tester) => {
          const line = await tester.hdlc();
          await beginDown(line);
          const answer = await line.exchange(unknown(0xff));
          must(answer === undefined || answer.control.kind === "dm", `control field FF in NDM is answered by ${describeFrame(answer)}`);
          await mustAnswer(line, snrm, "ua", "SNRM after control field FF in NDM");
        },
      },
    ],
  },
];

/** Frames that mean nothing without a link (ATS_DL V5, HDLC_NDMOP_N1). */
export const noLinkCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_NDMOP_N1",
    title: "a frame that needs a link comes where there is none",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_NDMOP_N1; IEC 62056-46 6.4.4.4",
    subtests: [
      refused("an I frame", iFrame(0, 0, new Uint8Array(8))),
      refused("RR", rr()),
      refused("RNR", { control: { kind: "rnr", receiveSequence: 0, pollFinal: true } }),
      refused("an I frame", iFrame(0, 0, new Uint8Array(8)), true),
    ],
  },
];
