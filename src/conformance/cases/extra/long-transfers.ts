import { toHex } from "../../../bytes/hex.ts";
import type { Apdu } from "../../../dlms/xdlms/apdu.ts";
import type { ConformanceCase } from "../../case.ts";
import { describeAnswer, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, inconclusive, must } from "../../verdict.ts";
import { objectList, readInBlocks, withBlocks } from "../application/blocks.ts";
import { invoke, mustRefuse } from "../application/refusals.ts";

/** So small that every list of objects takes several blocks. */
const pduSize = 128;
const largestPdu = 0xffff;

/** An attribute that no device has, so that nothing is written. */
const nowhere = { classId: 1, logicalName: Uint8Array.of(15, 199, 250, 251, 252, 253), attributeId: 2 } as const;

/** Long values in blocks of GET and SET, and what interrupts them (Green Book 9.4.6.12). */
export const longTransferCases: readonly ConformanceCase[] = [
  {
    id: "X_LONG_GET_P1",
    title: "a long value read in blocks",
    group: "extra",
    source: "Green Book 9.4.6.12",
    subtests: [
      {
        title: "blocks are numbered from 1 without a gap, and make the same value as in one answer",
        run: async (tester) => {
          const inBlocks = await readInBlocks(await withBlocks(tester, pduSize));
          const whole = await readInBlocks(await withBlocks(tester, largestPdu));
          must(toHex(inBlocks) === toHex(whole), `${inBlocks.length} octets in small blocks differ from ${whole.length} in large ones`);
        },
      },
    ],
  },
  {
    id: "X_LONG_GET_N1",
    title: "GET-next that does not fit the transfer",
    group: "extra",
    source: "Green Book 9.4.6.12, 9.5",
    subtests: [
      {
        title: "a wrong block number is refused, and the association stays",
        run: async (tester) => {
          const association = await begun(tester);
          mustRefuse(blockRefusal(await next(association, 7)), "a GET-next with block number 7 in place of 1");
          await association.mustServe("after a wrong block number");
        },
      },
      {
        title: "GET-next where no transfer is under way is refused, and the association stays",
        run: async (tester) => {
          const association = await withBlocks(tester, pduSize);
          mustRefuse(blockRefusal(await next(association, 1)), "a GET-next without a transfer");
          await association.mustServe("after a GET-next without a transfer");
        },
      },
      {
        title: "another request in the middle is served, and what was under way is no more",
        run: async (tester) => {
          const association = await begun(tester);
          await association.mustServe("in the middle of a transfer");
          const answer = await next(association, 1);
          // Devices that keep transfers by invoke id may go on with it; nothing else may come.
          if (answer.type === "get-response-with-datablock" && answer.result.data !== undefined && answer.blockNumber === 2) return;
          mustRefuse(blockRefusal(answer), "a GET-next after another request");
          await association.mustServe("after a transfer was dropped");
        },
      },
    ],
  },
  {
    id: "X_LONG_SET_N1",
    title: "SET in blocks that does not fit",
    group: "extra",
    source: "Green Book 9.4.6.12, 9.5",
    subtests: [
      {
        title: "a block with a wrong number is refused, and the association stays",
        run: async (tester) => {
          const association = await withLongSet(tester);
          const first = await association.request({
            type: "set-request-with-first-datablock",
            invoke,
            attribute: nowhere,
            selection: undefined,
            block: { lastBlock: false, blockNumber: 1, raw: Uint8Array.of(9, 64, ...new Uint8Array(30)) },
          });
          // Devices may look at the object with the first block, or when all are there.
          if (first.type === "set-response-datablock") {
            must(first.blockNumber === 1, `block 1 is acknowledged as ${first.blockNumber}`);
            const third = await association.request({
              type: "set-request-with-datablock",
              invoke,
              block: { lastBlock: true, blockNumber: 3, raw: new Uint8Array(34) },
            });
            if (third.type === "set-response-last-datablock")
              must(third.result !== "success", "a SET whose second block is missing succeeds");
            else mustRefuse(third, "a third block in place of the second");
          } else {
            mustRefuse(first, "the first block of a SET of an object that does not exist");
          }
          await association.mustServe("after a SET whose blocks did not fit");
        },
      },
      {
        title: "a block of no transfer is refused, and the association stays",
        run: async (tester) => {
          const association = await withLongSet(tester);
          const answer = await association.request({
            type: "set-request-with-datablock",
            invoke,
            block: { lastBlock: true, blockNumber: 2, raw: new Uint8Array(4) },
          });
          if (answer.type === "set-response-last-datablock") must(answer.result !== "success", "a SET that never began succeeds");
          else mustRefuse(answer, "a block without a transfer");
          await association.mustServe("after a block without a transfer");
        },
      },
    ],
  },
  {
    id: "X_INVOKE_ID",
    title: "invoke-id-and-priority",
    group: "extra",
    source: "Green Book 9.4.6.3",
    subtests: [
      {
        title: "each answer has the invoke id of its request",
        run: async (tester) => {
          const association = await tester.associate();
          if (association.shortNames) inapplicable("requests with short names have no invoke id");
          for (let invokeId = 0; invokeId < 16; invokeId++) {
            const answer = await association.request({
              type: "get-request-normal",
              invoke: { ...invoke, invokeId },
              attribute: { classId: 1, logicalName: Uint8Array.of(0, 0, 42, 0, 0, 255), attributeId: 2 },
              selection: undefined,
            });
            if (answer.type !== "get-response-normal") return fail(`invoke id ${invokeId} is answered by ${describeAnswer(answer)}`);
            must(answer.invoke.invokeId === invokeId, `invoke id ${invokeId} is answered with ${answer.invoke.invokeId}`);
          }
        },
      },
    ],
  },
];

/** The transfer of a long value, after its first block. */
async function begun(tester: Tester): Promise<TestAssociation> {
  const association = await withBlocks(tester, pduSize);
  const first = await association.request({ type: "get-request-normal", invoke, attribute: objectList, selection: undefined });
  if (first.type !== "get-response-with-datablock" || first.result.data === undefined || first.lastBlock) {
    return inconclusive(`the list of objects comes as ${describeAnswer(first)}, and not in blocks`);
  }
  return association;
}

function next(association: TestAssociation, blockNumber: number) {
  return association.request({ type: "get-request-next", invoke, blockNumber });
}

/** A block with an error in it is the refusal that GET-next has. */
function blockRefusal(answer: Awaited<ReturnType<typeof next>>): typeof answer {
  if (answer.type !== "get-response-with-datablock" || answer.result.error === undefined) return answer;
  return { type: "get-response-normal", invoke: answer.invoke, result: answer.result } satisfies Apdu;
}

async function withLongSet(tester: Tester): Promise<TestAssociation> {
  const prepared = await tester.prepare();
  if (prepared.shortNames) inapplicable("blocks of SET are of associations with logical names");
  const { initiate } = await prepared.establish();
  if (!initiate.negotiatedConformance.has("block-transfer-with-set-or-write")) inapplicable("the device has no block transfer with SET");
  if (!initiate.negotiatedConformance.has("set")) inapplicable("the association has no SET");
  return prepared;
}
