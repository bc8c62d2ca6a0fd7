import { apduTags } from "../../../dlms/xdlms/tags.ts";
import { addLlc, llcCommand } from "../../../hdlc/llc.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import { describeFrame } from "../../frame-link.ts";
import type { FrameParts } from "../../hdlc-line.ts";
import { describeReaction } from "../../reaction.ts";
import { fail, must } from "../../verdict.ts";
import { begin, iFrame, mustAnswer, mustBeFresh, mustReject, rejection, rr, snrm } from "./frames.ts";
import { connect } from "./linked.ts";

/** N(R) of frames that the device has not sent. */
function wrongReceiveNumber(what: string, parts: FrameParts): Subtest {
  return {
    title: `${what} where nothing was sent: FRMR, then SNRM -> UA and RR -> RR with N(R)=0`,
    run: async (tester) => {
      const line = await tester.hdlc();
      await begin(line);
      await mustReject(line, parts, rejection.invalidReceiveSequence, what);
    },
  };
}

/** N(S) of frames that are not due: not carried out, and what is due is. */
function wrongSendNumber(sendSequence: number): Subtest {
  return {
    title: `AARQ with N(S)=${sendSequence} where 0 is due: RR with N(R)=0, or FRMR; AARQ is not carried out, and with N(S)=0 it is, once`,
    run: async (tester) => {
      const association = await connect(tester);
      const { link } = association;
      const aarq = association.aarq();
      const what = `an I frame with N(S)=${sendSequence}`;
      const answer = await link.line.exchange(iFrame(sendSequence, 0, addLlc(llcCommand, aarq)));
      switch (answer?.control.kind) {
        case "rr":
          must(answer.control.receiveSequence === 0, `${what} is answered by ${describeFrame(answer)} instead of N(R)=0`);
          await mustBeFresh(link.line, `after ${what}`);
          break;
        case "frmr":
          await mustAnswer(link.line, snrm, "ua", `SNRM after ${what}`);
          break;
        default:
          fail(`${what} is answered by ${describeFrame(answer)} instead of RR or FRMR`);
      }
      const reaction = await link.exchange(aarq);
      must(
        reaction.type === "apdu" && reaction.apdu[0] === apduTags.aare.plain,
        `AARQ with N(S)=0 is answered by ${describeReaction(reaction)}`,
      );
      const [after, ...more] = await link.turn(link.poll);
      must(after?.control.kind === "rr" && more.length === 0, `RR after AARE is answered by ${describeFrame(after)}`);
    },
  };
}

/** Sequence numbers that cannot be (ATS_DL V5, HDLC_INFO_N2 and N3). */
export const sequenceNumberCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_INFO_N2",
    title: "N(R) acknowledges what was not sent",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_INFO_N2; IEC 62056-46 6.4.4.4.3.3",
    subtests: [
      wrongReceiveNumber("RR with N(R)=1", rr(1)),
      wrongReceiveNumber("RR with N(R)=7", rr(7)),
      wrongReceiveNumber("an I frame with N(R)=1", iFrame(0, 1, new Uint8Array(8))),
    ],
  },
  {
    id: "HDLC_INFO_N3",
    title: "N(S) is not the one that is due",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_INFO_N3; IEC 62056-46 6.4.4.4.3.3",
    subtests: [wrongSendNumber(1), wrongSendNumber(7)],
  },
];
