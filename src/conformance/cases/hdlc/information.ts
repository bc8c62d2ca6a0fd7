import { toHex } from "../../../bytes/hex.ts";
import { apduTags } from "../../../dlms/xdlms/tags.ts";
import { addLlc, llcCommand, llcLength, llcResponse } from "../../../hdlc/llc.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { FrameLinkOptions } from "../../frame-link.ts";
import { describeReaction, type Reaction } from "../../reaction.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable, must } from "../../verdict.ts";
import { iFrame, mustReject, rejection } from "./frames.ts";
import { associated, connect, firstTurn } from "./linked.ts";

/** Octets of a segment that even the shortest AARQ has several of. */
const segmentLength = 16;

function mustBeAare(reaction: Reaction, what: string): void {
  must(
    reaction.type === "apdu" && reaction.apdu[0] === apduTags.aare.plain,
    `${what} is answered by ${describeReaction(reaction)} instead of AARE`,
  );
}

/** AARQ in several I frames. */
async function segmentedAarq(tester: Tester, options: FrameLinkOptions): Promise<void> {
  const association = await connect(tester, { proposal: tester.declaration.hdlcProposal, segmentLength, ...options });
  mustBeAare(await association.link.exchange(association.aarq()), "AARQ in several I frames");
}

/** An I frame one octet longer than agreed. */
function tooLong(what: string, options: (tester: Tester) => FrameLinkOptions): Subtest {
  return {
    title: `an information field one octet longer than ${what}: FRMR, then SNRM -> UA and RR -> RR with N(R)=0`,
    run: async (tester) => {
      const association = await connect(tester, options(tester));
      const { line, parameters } = association.link;
      const information = new Uint8Array(parameters.maxInformationFieldLengthTransmit + 1);
      information.set(addLlc(llcCommand, association.aarq()).subarray(0, information.length));
      await mustReject(
        line,
        iFrame(0, 0, information),
        rejection.informationTooLong,
        `an information field of ${information.length} octets`,
      );
    },
  };
}

/** I frames and what is in them (ATS_DL V5, HDLC_INFO_P1 and N1). */
export const informationCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_INFO_P1",
    title: "APDUs are exchanged in I frames",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_INFO_P1; IEC 62056-46 6.4.4.4.3.3",
    subtests: [
      {
        title: "AARQ in an I frame -> AARE, at once or when polled, with N(S)=0, N(R)=1 and the LLC header E6 E7 00",
        run: async (tester) => {
          const association = await connect(tester);
          const { link } = association;
          const [frame, ...more] = link.frames(association.aarq());
          if (frame === undefined || more.length > 0) return inapplicable("AARQ does not fit an I frame of the device");
          const turn = await firstTurn(association, frame, tester);
          const header = turn[0]?.information.subarray(0, llcLength) ?? new Uint8Array();
          must(toHex(header) === toHex(llcResponse), `the answer begins with ${toHex(header)} instead of ${toHex(llcResponse)}`);
          mustBeAare(await link.read(turn), "AARQ in an I frame");
        },
      },
      {
        title: "AARQ in several I frames, P=1 in each -> RR after each but the last, then AARE",
        run: (tester) => segmentedAarq(tester, {}),
      },
      {
        title: "AARQ in several I frames, P=1 in the last of each window -> RR after each window but the last, then AARE",
        run: async (tester) => {
          const { link } = await connect(tester);
          const { windowSizeTransmit } = link.parameters;
          if (windowSizeTransmit === 1) inapplicable("the device takes no more than one frame in a row");
          await segmentedAarq(tester, { framesInARow: windowSizeTransmit });
        },
      },
      {
        title: "twelve requests on one link -> twelve answers, whose numbers begin again after 7",
        run: async (tester) => {
          const association = await associated(tester);
          for (let count = 1; count <= 12; count++) await association.mustServe(`after ${count - 1} requests`);
        },
      },
    ],
  },
  {
    id: "HDLC_INFO_N1",
    title: "an information field is longer than agreed",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_INFO_N1; IEC 62056-46 6.4.4.4.3.2",
    subtests: [
      tooLong("the default, where nothing was proposed", () => ({})),
      tooLong("UA allows, where the most was proposed", ({ declaration }) => ({ proposal: declaration.hdlcProposal })),
    ],
  },
];
