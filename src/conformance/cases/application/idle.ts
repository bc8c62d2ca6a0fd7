import type { ConformanceCase } from "../../case.ts";
import { mayRefuse, readDeviceName } from "./refusals.ts";

/** A data service without an association (ATS_AL 6, APPL_IDLE_N1). */
export const idleCases: readonly ConformanceCase[] = [
  {
    id: "APPL_IDLE_N1",
    title: "a service is asked for where no association stands",
    group: "application",
    source: "ATS_AL 6.1; Green Book 9.4.1",
    subtests: [
      {
        title: "GET with logical names is answered by an exception-response or not at all, and an association can be opened after it",
        run: async (tester) => {
          const link = await tester.link();
          mayRefuse(await link.exchange(readDeviceName), "a GET without an association");
          await tester.associate();
        },
      },
    ],
  },
];
