import type { ConformanceCase } from "../../case.ts";
import { describeFrame } from "../../frame-link.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable, inconclusive, must } from "../../verdict.ts";
import { begin, disc, iFrame, mustAnswer, mustAnswerReady, mustBeFresh, mustStaySilent, rr, snrm } from "./frames.ts";
import { readTimeOut, timeOuts } from "./hdlc-setup.ts";

/** Link set-up and release, and the two time-outs of a link (ATS_DL V5, HDLC_FRAME_P). */
export const setUpCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_FRAME_P1",
    title: "a link is set up and released",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_P1; IEC 62056-46 6.4.4.4",
    subtests: [
      {
        title: "DISC -> UA or DM, SNRM -> UA, RR -> RR with N(R)=0, DISC -> UA, DISC again -> DM, each with F=1",
        run: async (tester) => {
          const line = await tester.hdlc();
          // Nobody knows in which state the device is.
          const state = await line.exchange(disc);
          must(state?.control.kind === "ua" || state?.control.kind === "dm", `DISC is answered by ${describeFrame(state)}`);
          await mustAnswer(line, snrm, "ua", "SNRM");
          await mustBeFresh(line, "after SNRM");
          await mustAnswer(line, disc, "ua", "DISC in NRM");
          await mustAnswer(line, disc, "dm", "DISC in NDM");
        },
      },
    ],
  },
  {
    id: "HDLC_FRAME_P2",
    title: "a frame that stops half-way is given up after the inter-octet time-out",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_P2; Blue Book 4.7.2, inter_octet_time_out",
    subtests: [
      {
        title: "RR without its last octet: silence, and after the time-out RR -> RR with N(R)=0",
        run: async (tester) => {
          await givesUp(tester, rr());
        },
      },
      {
        title: "an I frame cut inside its information field: silence, and after the time-out RR -> RR with N(R)=0",
        run: async (tester) => {
          await givesUp(tester, iFrame(0, 0, new Uint8Array(32)), 16);
        },
      },
    ],
  },
  {
    id: "HDLC_FRAME_P3",
    title: "a link on which nothing comes is closed after the inactivity time-out",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_P3; Blue Book 4.7.2, inactivity_time_out",
    subtests: [
      {
        title: "RR after 0.8 of the time-out -> RR, and again after as much",
        run: async (tester) => {
          const pause = await inactivity(tester, 0.8, 2);
          const line = await tester.hdlc();
          await begin(line);
          for (const when of ["within the time-out", "within the time-out, a second time"]) {
            await tester.wait(pause);
            await mustBeFresh(line, when);
          }
        },
      },
      {
        title: "after 1.1 of the time-out RR -> DM and DISC -> DM, or the connection is closed",
        run: async (tester) => {
          const pause = await inactivity(tester, 1.1, 1);
          const line = await tester.hdlc();
          await begin(line);
          await tester.wait(pause);
          if (line.closed) return;
          await mustAnswer(line, rr(), "dm", "RR after the time-out");
          await mustAnswer(line, disc, "dm", "DISC after the time-out");
          await mustAnswer(line, snrm, "ua", "SNRM after the time-out");
        },
      },
    ],
  },
];

/** Sends a frame without its last octets in NRM, and waits until the device must have given it up. */
async function givesUp(tester: Tester, parts: Parameters<typeof mustAnswer>[1], missing = 1): Promise<void> {
  const pause = await longPause(tester);
  const line = await tester.hdlc();
  await begin(line);
  await mustStaySilent(line, line.encode(parts).subarray(0, -missing), "a frame cut short");
  await tester.wait(pause);
  await mustAnswerReady(line, rr(), 0, "RR after a frame cut short");
}

/** Milliseconds that no frame survives: what the device has for its inter-octet time-out, and a little. */
export async function longPause(tester: Tester): Promise<number> {
  // Inapplicable where HDLC is not spoken, before anything else is tried.
  await tester.hdlc();
  const { answerTime, patience } = tester.declaration;
  return Math.min(patience, 1.1 * ((await readTimeOut(tester, timeOuts.interOctet)) ?? answerTime));
}

/** A part of the inactivity time-out in ms. */
async function inactivity(tester: Tester, part: number, times: number): Promise<number> {
  // Inapplicable where HDLC is not spoken, before anything else is tried.
  await tester.hdlc();
  const seconds = (await readTimeOut(tester, timeOuts.inactivity)) ?? inconclusive("inactivity_time_out cannot be read");
  if (seconds === 0) return inapplicable("the inactivity time-out is off");
  const pause = part * seconds * 1000;
  const { patience } = tester.declaration;
  if (pause * times > patience)
    return inconclusive(`the inactivity time-out of ${seconds} s is beyond what the tester waits, ${patience / 1000} s`);
  return pause;
}
