import { apduTags } from "../../../dlms/xdlms/tags.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import { describeFrame } from "../../frame-link.ts";
import type { HdlcLine } from "../../hdlc-line.ts";
import { describeReaction } from "../../reaction.ts";
import { inapplicable, must } from "../../verdict.ts";
import {
  allAnswers,
  begin,
  beginDown,
  changed,
  disc,
  mustAnswer,
  mustAnswerReady,
  mustBeFresh,
  mustBeWell,
  mustStaySilent,
  rr,
  snrm,
} from "./frames.ts";
import { readTimeOut, timeOuts } from "./hdlc-setup.ts";
import { connect } from "./linked.ts";
import { longPause } from "./set-up.ts";

function together(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Sends a frame in as many pieces as it has octets. */
function sendOctets(line: HdlcLine, frame: Uint8Array): void {
  for (let at = 0; at < frame.length; at++) line.send(frame.subarray(at, at + 1));
}

/** Octets that hold SNRM and more, and are answered by UA and nothing else. */
function foundAmong(title: string, octets: (line: HdlcLine) => Uint8Array): Subtest {
  return {
    title: `${title}: UA, once, then RR -> RR with N(R)=0`,
    run: async (tester) => {
      const line = await tester.hdlc();
      const kinds = await kindsOf(line, octets(line));
      must(kinds === "UA", `${title}: the answer is ${kinds} instead of UA`);
      await mustBeFresh(line, "afterwards");
    },
  };
}

/** What comes, in words. */
async function kindsOf(line: HdlcLine, octets: Uint8Array): Promise<string> {
  const heard = await allAnswers(line, octets);
  return heard.length === 0 ? "silence" : heard.map(describeFrame).join(", ");
}

/** Frames wherever the octets of a line are cut and whatever is between them (IEC 62056-46 6.4.1). */
export const octetStreamCases: readonly ConformanceCase[] = [
  {
    id: "X_HDLC_OCTETS",
    title: "frames arrive octet by octet",
    group: "extra",
    source: "IEC 62056-46 6.4.1",
    subtests: [
      {
        title: "SNRM octet by octet -> UA",
        run: async (tester) => {
          const line = await tester.hdlc();
          sendOctets(line, line.encode(snrm));
          const answer = await line.receive();
          must(answer?.control.kind === "ua", `SNRM octet by octet is answered by ${describeFrame(answer)}`);
        },
      },
      {
        title: "AARQ octet by octet -> AARE",
        run: async (tester) => {
          const association = await connect(tester, {});
          const { link } = association;
          const frames = link.frames(association.aarq());
          for (const [index, frame] of frames.entries()) {
            sendOctets(link.line, link.line.encode(frame));
            const answer = await link.line.receive();
            if (index < frames.length - 1) {
              must(answer?.control.kind === "rr", `a segment of AARQ octet by octet is answered by ${describeFrame(answer)}`);
              continue;
            }
            const reaction = await link.read(answer === undefined ? [] : [answer]);
            const isAare = reaction.type === "apdu" && reaction.apdu[0] === apduTags.aare.plain;
            must(isAare, `AARQ octet by octet is answered by ${describeReaction(reaction)}`);
          }
        },
      },
    ],
  },
  {
    id: "X_HDLC_PAUSE",
    title: "frames pause inside",
    group: "extra",
    source: "Blue Book 4.7.2, inter_octet_time_out",
    subtests: [
      {
        title: "pauses of a third of the inter-octet time-out inside RR: RR with N(R)=0",
        run: async (tester) => {
          await tester.hdlc();
          const timeOut = (await readTimeOut(tester, timeOuts.interOctet)) ?? inapplicable("inter_octet_time_out cannot be read");
          const line = await tester.hdlc();
          await begin(line);
          const frame = line.encode(rr());
          const cuts = [0, 1, 4, frame.length - 1, frame.length];
          for (const [index, end] of cuts.slice(1).entries()) {
            if (index > 0) await tester.wait(timeOut / 3);
            line.send(frame.subarray(cuts[index], end));
          }
          const answer = await line.receive();
          must(
            answer?.control.kind === "rr" && answer.control.receiveSequence === 0,
            `RR with pauses inside is answered by ${describeFrame(answer)}`,
          );
        },
      },
      {
        title: "a pause beyond the inter-octet time-out inside SNRM: silence to both parts, then DISC -> DM and SNRM -> UA",
        run: async (tester) => {
          const pause = await longPause(tester);
          const line = await tester.hdlc();
          await beginDown(line);
          const frame = line.encode(snrm);
          await mustStaySilent(line, frame.subarray(0, 4), "the first part of SNRM");
          await tester.wait(pause);
          await mustStaySilent(line, frame.subarray(4), "the second part of SNRM");
          await tester.wait(pause);
          await mustBeWell(line, "after SNRM in two parts");
        },
      },
    ],
  },
  {
    id: "X_HDLC_TWO_FRAMES",
    title: "two frames arrive at once",
    group: "extra",
    source: "IEC 62056-46 6.4.1",
    subtests: [
      {
        // The turn is given away with the first, and a device need not hear what follows at once.
        title: "DISC in NDM and SNRM at once: DM and UA, or DM alone; then SNRM -> UA",
        run: async (tester) => {
          const line = await tester.hdlc();
          await beginDown(line);
          const kinds = await kindsOf(line, together(line.encode(disc), line.encode(snrm)));
          must(kinds === "DM, UA" || kinds === "DM", `DISC and SNRM at once are answered by ${kinds} instead of DM, UA`);
          await mustAnswer(line, snrm, "ua", "SNRM afterwards");
        },
      },
      {
        title: "UI with P=0 and RR with one flag between them: RR with N(R)=0",
        run: async (tester) => {
          const line = await tester.hdlc();
          await begin(line);
          const first = line.encode({ control: { kind: "ui", pollFinal: false } });
          const kinds = await kindsOf(line, together(first, line.encode(rr()).subarray(1)));
          must(kinds === "RR(N(R)=0)", `UI and RR with one flag between them are answered by ${kinds} instead of RR`);
          await mustAnswerReady(line, rr(), 0, "RR afterwards");
        },
      },
      foundAmong("SNRM with a wrong FCS and a sound SNRM at once", (line) => {
        const damaged = line.encode(snrm);
        const check = damaged.length - 3;
        damaged[check] = (damaged[check] as number) ^ 1;
        return together(damaged, line.encode(snrm));
      }),
    ],
  },
  {
    id: "X_HDLC_FILL",
    title: "there is something between frames",
    group: "extra",
    source: "IEC 62056-46 6.4.1; ISO/IEC 13239",
    subtests: [
      foundAmong("eight flags and SNRM", (line) => together(new Uint8Array(8).fill(0x7e), line.encode(snrm))),
      foundAmong("noise and SNRM", (line) => together([0xff, 0x00, 0x55, 0xaa], line.encode(snrm))),
      foundAmong("noise with a flag in it and SNRM", (line) => together([0xff, 0x7e, 0x00, 0x55], line.encode(snrm))),
      foundAmong("a frame for another format type and SNRM", (line) =>
        together(
          changed(line.encode(snrm), (content) => {
            content[0] = 0x90 | ((content[0] as number) & 0x0f);
          }),
          line.encode(snrm),
        ),
      ),
    ],
  },
];
