import type { Apdu } from "../../../dlms/xdlms/apdu.ts";
import { decodeApdu, encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { Subtest } from "../../case.ts";
import { describeReaction } from "../../reaction.ts";
import { describeAnswer, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, inconclusive, must } from "../../verdict.ts";
import { mustAccept } from "./opening.ts";
import { invoke } from "./refusals.ts";

/** The list of objects of the association: the longest value that every device has. */
export const objectList = { classId: 15, logicalName: Uint8Array.of(0, 0, 40, 0, 0, 255), attributeId: 2 } as const;

/** Answers keep within what the client takes, 0 meaning that it takes any. */
export const pduSizeSubtests: readonly Subtest[] = [
  { title: "no answer is longer than 128 octets where the client takes no more", run: (tester) => keepsWithin(tester, 128) },
  { title: "no answer is longer than 256 octets where the client takes no more", run: (tester) => keepsWithin(tester, 256) },
  {
    title: "0 means no limit: a long value is served, in one answer or in blocks",
    run: async (tester) => {
      const association = await established(tester, 0);
      await readInBlocks(association, () => undefined);
    },
  },
];

async function established(tester: Tester, clientMaxReceivePduSize: number): Promise<TestAssociation> {
  const prepared = await tester.prepare();
  if (prepared.shortNames) inapplicable("blocks of GET are of associations with logical names");
  const { aare, initiate } = mustAccept(
    await prepared.open({
      // Without general block transfer, so that each answer is an APDU by itself.
      initiate: (request) => ({
        ...request,
        clientMaxReceivePduSize,
        proposedConformance: new Set([...request.proposedConformance].filter((name) => name !== "general-block-transfer")),
      }),
    }),
  );
  await prepared.authenticate(aare);
  if (!initiate.negotiatedConformance.has("block-transfer-with-get-or-read")) inapplicable("the device has no block transfer with GET");
  return prepared;
}

async function keepsWithin(tester: Tester, size: number): Promise<void> {
  const association = await established(tester, size);
  let answers = 0;
  await readInBlocks(association, (octets) => {
    answers += 1;
    must(octets.length <= size, `answer ${answers} has ${octets.length} octets`);
  });
  if (answers < 2) inconclusive("the list of objects fits one answer");
}

/** Reads the list of objects block by block; `look` sees each answer as it came. */
async function readInBlocks(association: TestAssociation, look: (octets: Uint8Array) => void): Promise<void> {
  let request: Apdu = { type: "get-request-normal", invoke, attribute: objectList, selection: undefined };
  for (let block = 1; ; block++) {
    const reaction = await association.exchangeOctets(association.protect(encodeApdu(request)));
    if (reaction.type !== "apdu") return fail(`block ${block} is answered by ${describeReaction(reaction)}`);
    look(reaction.apdu);
    const answer = decodeApdu(association.opened(reaction.apdu));
    if (answer.type === "get-response-normal" && answer.result.data !== undefined && block === 1) return;
    if (answer.type !== "get-response-with-datablock" || answer.result.data === undefined) {
      return fail(`block ${block} is answered by ${describeAnswer(answer)}`);
    }
    must(answer.blockNumber === block, `block ${block} has the number ${answer.blockNumber}`);
    if (answer.lastBlock) return;
    request = { type: "get-request-next", invoke, blockNumber: block };
  }
}
