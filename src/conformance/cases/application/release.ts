import { decodeRlre } from "../../../dlms/acse/codec.ts";
import { apduTags } from "../../../dlms/xdlms/tags.ts";
import type { ConformanceCase } from "../../case.ts";
import { describeReaction } from "../../reaction.ts";
import { fail, must } from "../../verdict.ts";
import { mayRefuse, readDeviceName } from "./refusals.ts";

/** The end of an association (ATS_AL 6.5). */
export const releaseCases: readonly ConformanceCase[] = [
  {
    id: "APPL_REL_P1",
    title: "an association is released, and is gone",
    group: "application",
    source: "ATS_AL 6.5; Green Book 9.4.5",
    subtests: [
      {
        title: "RLRQ is answered by RLRE, nothing is served after it, and the association can be opened again",
        run: async (tester) => {
          const association = await tester.associate();
          await association.mustServe("before the release");
          const reaction = await association.release();
          if (reaction.type !== "apdu" || reaction.apdu[0] !== apduTags.rlre.plain) {
            return fail(`RLRQ is answered by ${describeReaction(reaction)}`);
          }
          const { reason } = decodeRlre(reaction.apdu);
          must(reason === undefined || reason === 0, `RLRE has the reason ${reason} in place of normal`);
          mayRefuse(await association.exchangeOctets(readDeviceName), "a GET after the release");
          await tester.associate();
        },
      },
      {
        title: "the end of the link ends the association: nothing is served on the next link before AARQ",
        run: async (tester) => {
          const association = await tester.associate();
          await association.mustServe("before the end of the link");
          const link = await tester.link();
          mayRefuse(await link.exchange(readDeviceName), "a GET on a new link");
        },
      },
    ],
  },
];
