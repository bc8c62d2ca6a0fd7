import { apduTags } from "../../../dlms/xdlms/tags.ts";
import { defaultHdlcParameters, type HdlcParameters } from "../../../hdlc/parameters.ts";
import type { ConformanceCase } from "../../case.ts";
import { describeFrame, type FrameLink } from "../../frame-link.ts";
import type { FrameParts, ReceivedFrame } from "../../hdlc-line.ts";
import { describeReaction } from "../../reaction.ts";
import { fail, inapplicable, inconclusive, must } from "../../verdict.ts";
import { allAnswers, mustAnswerReady, rr } from "./frames.ts";
import { associated, connect, firstTurn, longRequest, requestFrame, shortRequest } from "./linked.ts";

/** Short frames, so that there are several of them. */
const shortFrames: HdlcParameters = defaultHdlcParameters;

function isInformation({ control }: ReceivedFrame): boolean {
  return control.kind === "i";
}

/** The same numbers and the same information. */
function isSame(a: ReceivedFrame | undefined, b: ReceivedFrame | undefined): boolean {
  if (a?.control.kind !== "i" || b?.control.kind !== "i") return false;
  return (
    a.control.sendSequence === b.control.sendSequence &&
    a.segmented === b.segmented &&
    a.information.length === b.information.length &&
    a.information.every((octet, index) => octet === b.information[index])
  );
}

/** Frames that come again are those that came first. */
function mustBeSame(again: readonly ReceivedFrame[], first: readonly ReceivedFrame[], what: string): void {
  must(again.length > 0, `${what} is answered by silence`);
  for (const [index, frame] of again.entries()) {
    must(isSame(frame, first[index]), `${what} is answered by ${describeFrame(frame)}, which is not what came first`);
  }
}

/** Every answer was given: a poll brings RR. */
async function mustBeDone(link: FrameLink, what: string): Promise<void> {
  const turn = await link.turn(link.poll);
  must(turn.length > 0, `RR after ${what} is answered by silence`);
  must(link.accept(turn).length === 0, `after ${what} there is another answer: it was carried out twice`);
}

/** The rest of an answer comes to its end. */
async function mustEnd(link: FrameLink, turn: readonly ReceivedFrame[], what: string): Promise<void> {
  const reaction = await link.read(turn);
  must(reaction.type === "apdu", `after ${what} the answer does not come to its end: ${describeReaction(reaction)}`);
}

/** What is sent again, and what was lost (IEC 62056-46 6.4.4.4.3.3). */
export const retransmissionCases: readonly ConformanceCase[] = [
  {
    id: "X_HDLC_RETRANSMISSION",
    title: "an I frame that comes again is carried out once",
    group: "extra",
    source: "IEC 62056-46 6.4.4.4.3.3",
    subtests: [
      {
        title: "a request again after its answer: the same answer again or RR, no second answer, and the next request is served",
        run: async (tester) => {
          const association = await associated(tester);
          const { link } = association;
          const request = requestFrame(association, shortRequest(association));
          const answer = await firstTurn(association, request, tester);
          await mustEnd(link, answer, "a request");
          const again = await link.turn(request);
          if (again.some(isInformation)) mustBeSame(again, answer, "a request sent again");
          else must(again[0]?.control.kind === "rr", `a request sent again is answered by ${describeFrame(again[0])}`);
          await mustBeDone(link, "a request sent again");
          await association.mustServe("after a request sent again");
        },
      },
      {
        title: "a request twice at once: one answer, given once or again, no second answer, and the next request is served",
        run: async (tester) => {
          const association = await associated(tester);
          const { link } = association;
          const { line } = link;
          const request = line.encode(requestFrame(association, shortRequest(association)));
          const informations = (await allAnswers(line, Uint8Array.of(...request, ...request))).filter(isInformation);
          const [first] = informations;
          for (const frame of informations) mustBeSame([frame], [first as ReceivedFrame], "a request twice at once");
          await mustEnd(link, first === undefined ? await link.turn(link.poll) : [first], "a request twice at once");
          await mustBeDone(link, "a request twice at once");
          await association.mustServe("after a request twice at once");
        },
      },
      {
        title: "each segment of AARQ twice: RR with the same N(R) to both, and AARE at the end",
        run: async (tester) => {
          const association = await connect(tester, { proposal: shortFrames, segmentLength: 16 });
          const { link } = association;
          const frames = link.frames(association.aarq());
          for (const [index, frame] of frames.slice(0, -1).entries()) {
            const due = (index + 1) % 8;
            await mustAnswerReady(link.line, frame, due, "a segment");
            await mustAnswerReady(link.line, frame, due, "a segment sent again");
          }
          const reaction = await link.read(await link.turn(frames.at(-1) as FrameParts));
          const isAare = reaction.type === "apdu" && reaction.apdu[0] === apduTags.aare.plain;
          must(isAare, `AARQ whose segments were sent twice is answered by ${describeReaction(reaction)} instead of AARE`);
        },
      },
    ],
  },
  {
    id: "X_HDLC_ANSWER_LOST",
    title: "an I frame of the device that was lost comes again when it is asked for",
    group: "extra",
    source: "IEC 62056-46 6.4.4.4.3.3",
    subtests: [
      {
        title: "RR with the N(R) from before an answer: the same answer again, and the next request is served",
        run: async (tester) => {
          const association = await associated(tester);
          const { link } = association;
          const before = link.receiveState;
          const answer = await firstTurn(association, requestFrame(association, shortRequest(association)), tester);
          mustBeSame(await link.turn(rr(before)), answer, "RR for an answer that was lost");
          await mustEnd(link, answer, "an answer that was lost");
          await association.mustServe("after an answer that was lost");
        },
      },
      {
        title: "RR with the N(R) from before a segment of a long answer: the same segment again, and the rest",
        run: async (tester) => {
          const association = await associated(tester, { proposal: shortFrames });
          const { link } = association;
          link.accept(await firstTurn(association, requestFrame(association, longRequest(association)), tester));
          const segment = await link.turn(link.poll);
          if (!segment.some(isInformation)) inconclusive("there is no answer of several frames");
          mustBeSame(await link.turn(link.poll), segment, "RR for a segment that was lost");
          await mustEnd(link, segment, "a segment that was lost");
        },
      },
      {
        title: "RR that acknowledges the first of several frames in a row: those behind it again, and the rest",
        run: async (tester) => {
          const { windowSizeReceive } = tester.declaration.hdlcProposal;
          const association = await associated(tester, { proposal: { ...shortFrames, windowSizeReceive } });
          const { link } = association;
          const answer = await firstTurn(association, requestFrame(association, longRequest(association)), tester);
          if (link.parameters.windowSizeReceive === 1) inapplicable("the device sends no more than one frame in a row");
          if (answer.length === 1) inconclusive("there is no answer of several frames in a row");
          link.accept(answer.slice(0, 1));
          const rest = await link.turn(link.poll);
          mustBeSame(rest.slice(0, answer.length - 1), answer.slice(1), "RR for frames that were lost");
          await mustEnd(link, rest, "frames that were lost");
        },
      },
    ],
  },
  {
    id: "X_HDLC_RNR",
    title: "the device sends no information to a client that is not ready",
    group: "extra",
    source: "IEC 62056-46 6.4.4.4.3.3",
    subtests: [
      {
        title: "RNR within a long answer: RR or RNR, twice, and after RR the rest of the answer",
        run: async (tester) => {
          const association = await associated(tester, { proposal: shortFrames });
          const { link } = association;
          link.accept(await firstTurn(association, requestFrame(association, longRequest(association)), tester));
          const notReady: FrameParts = { control: { kind: "rnr", receiveSequence: link.receiveState, pollFinal: true } };
          for (const when of ["RNR", "RNR again"]) {
            const turn = await link.turn(notReady);
            if (turn.length === 0) fail(`${when} is answered by silence`);
            must(link.accept(turn).length === 0, `${when} is answered by information`);
          }
          const rest = await link.turn(link.poll);
          if (!rest.some(isInformation)) fail("after RNR and RR the rest of the answer does not come");
          await mustEnd(link, rest, "RNR");
        },
      },
    ],
  },
];
