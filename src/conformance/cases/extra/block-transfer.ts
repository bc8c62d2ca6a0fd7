import { type ApduOf, decodeApdu, encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { ConformanceCase } from "../../case.ts";
import type { Reaction } from "../../reaction.ts";
import { describeReaction } from "../../reaction.ts";
import { isSuccess, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, must } from "../../verdict.ts";
import { readDeviceName } from "../application/refusals.ts";

type Block = ApduOf<"general-block-transfer">;

/** General block transfer: blocks of any APDU, under whatever protects it (Green Book 9.4.6.13). */
export const blockTransferCases: readonly ConformanceCase[] = [
  {
    id: "X_GBT_P1",
    title: "a request in blocks of general block transfer",
    group: "extra",
    source: "Green Book 9.4.6.13",
    subtests: [
      {
        title: "a GET in one block is served",
        run: async (tester) => {
          const association = await withBlocks(tester);
          mustServe(association, await sendBlock(association, { raw: association.protect(readDeviceName) }), "a GET in one block");
        },
      },
      {
        title: "a GET in two blocks is acknowledged, and then served",
        run: async (tester) => {
          const association = await withBlocks(tester);
          const request = association.protect(readDeviceName);
          const acknowledged = blockIn(await sendBlock(association, { lastBlock: false, raw: request.subarray(0, 6) }));
          must(acknowledged !== undefined, "the first of two blocks is not acknowledged");
          must(acknowledged.blockNumberAck === 1, `block 1 is acknowledged as ${acknowledged.blockNumberAck}`);
          const answer = await sendBlock(association, {
            blockNumber: 2,
            blockNumberAck: acknowledged.blockNumber,
            raw: request.subarray(6),
          });
          mustServe(association, answer, "a GET in two blocks");
        },
      },
    ],
  },
  {
    id: "X_GBT_N1",
    title: "general block transfer out of order",
    group: "extra",
    source: "Green Book 9.4.6.13",
    subtests: [
      {
        title: "a last block without the ones before it is not taken for the request, and the association stays",
        run: async (tester) => {
          const association = await withBlocks(tester);
          const reaction = await sendBlock(association, { blockNumber: 3, raw: association.protect(readDeviceName) });
          if (isServed(association, reaction)) fail("a GET is served though two blocks before it are missing");
          await association.mustServe("after a block out of order");
        },
      },
      {
        title: "an ordinary request in the middle ends the transfer, and is served",
        run: async (tester) => {
          const association = await withBlocks(tester);
          await sendBlock(association, { lastBlock: false, raw: association.protect(readDeviceName).subarray(0, 6) });
          await association.mustServe("in the middle of a general block transfer");
        },
      },
    ],
  },
];

async function withBlocks(tester: Tester): Promise<TestAssociation> {
  const prepared = await tester.prepare();
  if (prepared.shortNames) inapplicable("the requests of this case have logical names");
  const { initiate } = await prepared.establish();
  if (!initiate.negotiatedConformance.has("general-block-transfer")) inapplicable("the device has no general block transfer");
  return prepared;
}

/** One block of a confirmed transfer, the last unless said otherwise. */
function sendBlock(association: TestAssociation, parts: Partial<Block> & Pick<Block, "raw">): Promise<Reaction> {
  const block = { lastBlock: true, streaming: false, window: 1, blockNumber: 1, blockNumberAck: 0, ...parts };
  return association.exchangeOctets(encodeApdu({ type: "general-block-transfer", ...block }));
}

function blockIn(reaction: Reaction): Block | undefined {
  const apdu = reaction.type === "apdu" ? decodeApdu(reaction.apdu) : undefined;
  return apdu?.type === "general-block-transfer" ? apdu : undefined;
}

/** The answer may come in a block, whole since it is short, or as it is. */
function isServed(association: TestAssociation, reaction: Reaction): boolean {
  if (reaction.type !== "apdu") return false;
  const block = blockIn(reaction);
  const octets = block?.raw ?? reaction.apdu;
  return octets.length > 0 && isSuccess(decodeApdu(association.opened(octets)));
}

function mustServe(association: TestAssociation, reaction: Reaction, what: string): void {
  if (reaction.type === "apdu" && isServed(association, reaction)) return;
  fail(`${what} is answered by ${describeReaction(reaction)}`);
}
