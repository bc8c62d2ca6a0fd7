import type { ConformanceCase } from "../../case.ts";
import type { Declaration } from "../../declaration.ts";
import { describeFrame, FrameLink } from "../../frame-link.ts";
import { clientAddress } from "../../hdlc-line.ts";
import { TestAssociation } from "../../test-association.ts";
import { inapplicable, must } from "../../verdict.ts";
import { mayRefuse } from "../application/refusals.ts";
import { disc, mustAnswer, mustBeFresh, snrm } from "./frames.ts";
import { associated, firstTurn, longRequest, requestFrame, shortRequest } from "./linked.ts";

/** Links that begin again, and links beside each other (IEC 62056-46 6.4.4.4.2). */
export const linkStateCases: readonly ConformanceCase[] = [
  {
    id: "X_HDLC_SNRM_AGAIN",
    title: "SNRM on a link that is up sets it up afresh",
    group: "extra",
    source: "IEC 62056-46 6.4.4.4.2.1",
    subtests: [
      {
        title: "SNRM after requests were served -> UA, then RR -> RR with N(R)=0",
        run: async (tester) => {
          const association = await associated(tester);
          const { line } = association.link;
          await association.mustServe("before SNRM");
          await mustAnswer(line, snrm, "ua", "SNRM on a link that is up");
          await mustBeFresh(line, "after SNRM on a link that is up");
        },
      },
      {
        title: "the association is gone: a request is refused or not answered, and an association can be opened",
        run: async (tester) => {
          const association = await associated(tester);
          const { line } = association.link;
          const request = association.protect(shortRequest(association));
          const link = await FrameLink.connect(line, (duration) => tester.wait(duration));
          mayRefuse(await link.exchange(request), "a request after SNRM, without an association");
          const afresh = new TestAssociation(link, line.association.options());
          const opening = await afresh.open();
          must(opening.type === "accepted", `after SNRM an association is ${opening.type}`);
        },
      },
      {
        title: "SNRM within a long answer -> UA, then RR -> RR with N(R)=0 and nothing of the answer",
        run: async (tester) => {
          const association = await associated(tester, {});
          const { line } = association.link;
          await firstTurn(association, requestFrame(association, longRequest(association)), tester);
          await mustAnswer(line, snrm, "ua", "SNRM within a long answer");
          await mustBeFresh(line, "after SNRM within a long answer");
        },
      },
    ],
  },
  {
    id: "X_HDLC_TWO_CLIENTS",
    title: "links of two clients do not disturb each other",
    group: "extra",
    source: "IEC 62056-46 6.4.4.4",
    subtests: [
      {
        title: "SNRM of another client: UA or DM, and the first is served on; after DISC of the other too",
        run: async (tester) => {
          const sap = otherClient(tester.declaration) ?? inapplicable("no second client of the logical device is declared");
          const association = await associated(tester);
          const { line } = association.link;
          const source = clientAddress(sap);
          const answer = await line.exchange({ ...snrm, source });
          const { kind } = answer?.control ?? {};
          must(kind === "ua" || kind === "dm", `SNRM of another client is answered by ${describeFrame(answer)}`);
          must(answer?.destination.logical === sap, "SNRM of another client is answered to the first");
          await association.mustServe("after SNRM of another client");
          await mustAnswer(line, { ...disc, source }, kind, "DISC of the other client");
          await association.mustServe("after DISC of another client");
        },
      },
    ],
  },
];

/** Another client of the logical device that is called. */
function otherClient({ associations, hdlcAddress }: Declaration): number | undefined {
  const [first, ...others] = associations.map(({ options }) => options()).filter(({ serverSap }) => serverSap === hdlcAddress.logical);
  return others.find(({ clientSap }) => clientSap !== first?.clientSap)?.clientSap;
}
