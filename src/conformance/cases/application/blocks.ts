import { type Apdu, decodeApdu, encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import { describeReaction } from "../../reaction.ts";
import { describeAnswer, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, must } from "../../verdict.ts";
import { mustAccept } from "./opening.ts";
import { invoke } from "./refusals.ts";

/** The list of objects of the association: the longest value that every device has. */
export const objectList = { classId: 15, logicalName: Uint8Array.of(0, 0, 40, 0, 0, 255), attributeId: 2 } as const;

/** An association without general block transfer, whose client takes so much: long values come in blocks of GET. */
export async function withBlocks(tester: Tester, clientMaxReceivePduSize: number): Promise<TestAssociation> {
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

/** The list of objects, read block by block; `look` sees each answer as it came. */
export async function readInBlocks(
  association: TestAssociation,
  look: (octets: Uint8Array) => void = () => undefined,
): Promise<Uint8Array> {
  const value: number[] = [];
  let request: Apdu = { type: "get-request-normal", invoke, attribute: objectList, selection: undefined };
  for (let block = 1; ; block++) {
    const reaction = await association.exchangeOctets(association.protect(encodeApdu(request)));
    if (reaction.type !== "apdu") return fail(`block ${block} is answered by ${describeReaction(reaction)}`);
    look(reaction.apdu);
    const answer = decodeApdu(association.opened(reaction.apdu));
    if (answer.type === "get-response-normal" && answer.result.data !== undefined && block === 1) return answer.result.data;
    if (answer.type !== "get-response-with-datablock" || answer.result.data === undefined) {
      return fail(`block ${block} is answered by ${describeAnswer(answer)}`);
    }
    must(answer.blockNumber === block, `block ${block} has the number ${answer.blockNumber}`);
    value.push(...answer.result.data);
    if (answer.lastBlock) return Uint8Array.from(value);
    request = { type: "get-request-next", invoke, blockNumber: block };
  }
}
