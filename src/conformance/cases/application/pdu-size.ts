import type { Subtest } from "../../case.ts";
import type { Tester } from "../../tester.ts";
import { inconclusive, must } from "../../verdict.ts";
import { readInBlocks, withBlocks } from "./blocks.ts";

/** Answers keep within what the client takes, 0 meaning that it takes any. */
export const pduSizeSubtests: readonly Subtest[] = [
  { title: "no answer is longer than 128 octets where the client takes no more", run: (tester) => keepsWithin(tester, 128) },
  { title: "no answer is longer than 256 octets where the client takes no more", run: (tester) => keepsWithin(tester, 256) },
  {
    title: "0 means no limit: a long value is served, in one answer or in blocks",
    run: async (tester) => {
      const association = await withBlocks(tester, 0);
      await readInBlocks(association);
    },
  },
];

async function keepsWithin(tester: Tester, size: number): Promise<void> {
  const association = await withBlocks(tester, size);
  let answers = 0;
  await readInBlocks(association, (octets) => {
    answers += 1;
    must(octets.length <= size, `answer ${answers} has ${octets.length} octets`);
  });
  if (answers < 2) inconclusive("the list of objects fits one answer");
}
