import { encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { ConformanceCase } from "../../case.ts";
import { type AttributeOf, describeAnswer, logicalDeviceNameValue } from "../../test-association.ts";
import { fail, inapplicable, must } from "../../verdict.ts";

const nowhere: AttributeOf = { classId: 1, logicalName: Uint8Array.of(15, 199, 250, 251, 252, 253), attributeId: 2 };
const nullData = Uint8Array.of(0);

/** The ACCESS service, by which lists of GET, SET and ACTION go in one APDU (Green Book 9.3.9). */
export const accessCases: readonly ConformanceCase[] = [
  {
    id: "X_ACCESS_P1",
    title: "ACCESS with several elements",
    group: "extra",
    source: "Green Book 9.3.9",
    subtests: [
      {
        title: "each element has its result and its data, in the order of the request, whether it is served or not",
        run: async (tester) => {
          const association = await tester.prepare();
          if (association.shortNames) inapplicable("ACCESS is of associations with logical names");
          const { initiate } = await association.establish();
          if (!initiate.negotiatedConformance.has("access")) inapplicable("the device has no ACCESS");
          const asked = [logicalDeviceNameValue, nowhere, logicalDeviceNameValue];
          const answer = await association.exchangeApdu(
            encodeApdu({
              type: "access-request",
              invoke: {
                longInvokeId: 0x123456,
                selfDescriptive: false,
                breakOnError: false,
                confirmed: true,
                highPriority: false,
                reserved: 0,
              },
              dateTime: undefined,
              specifications: asked.map((attribute) => ({ type: "access-request-get", attribute })),
              data: asked.map(() => nullData),
            }),
          );
          if (answer.type !== "access-response") return fail(`ACCESS is answered by ${describeAnswer(answer)}`);
          must(answer.invoke.longInvokeId === 0x123456, "the long invoke id of the answer is another");
          const results = answer.results.map(({ result }) => result === "success");
          must(results.join() === "true,false,true", `the results are ${answer.results.map(({ result }) => result).join(", ")}`);
          must(answer.data.length === 3, `there are ${answer.data.length} data for 3 elements`);
          const [first, second, third] = answer.data;
          must(first !== undefined && third !== undefined && Buffer.compare(first, third) === 0, "the same attribute has two values");
          must(second?.length === 1 && second[0] === 0, "what is refused has data");
          await association.mustServe("after ACCESS");
        },
      },
    ],
  },
];
