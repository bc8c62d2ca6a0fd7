import type { ConformanceCase } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { counterOf, seal } from "../../sealing.ts";
import { describeAnswer, isSuccess, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, inconclusive, must } from "../../verdict.ts";
import { mustBeUnmoved, setRequest, withLever } from "./lever.ts";
import { forSecured, harmlessRequest, mustBeRefused, mustGoOn, securityOf, withDedicatedKey } from "./secured.ts";

const source = "ATS_AL SYMSEC_0 8.3; Green Book 9.2.3.3.7.3";

/** How many connections the counters of a device are watched over. */
const connections = 3;

/** An association under a dedicated key; inapplicable where the device takes none. */
export async function associateDedicated(tester: Tester, declared: DeclaredAssociation): Promise<TestAssociation> {
  const association = await tester.prepare(withDedicatedKey(declared));
  const opening = await association.open();
  if (opening.type !== "accepted") return inapplicable("the device takes no dedicated key");
  const passFour = await association.authenticate(opening.aare);
  if (passFour === undefined) return association;
  const proved = passFour.type !== "silence" && passFour.type !== "closed" && association.verifies(passFour);
  return proved ? association : inconclusive("the authentication under a dedicated key does not succeed");
}

/** Sends what must be served. */
export async function mustBeServed(association: TestAssociation, octets: Uint8Array, what: string): Promise<void> {
  const answer = association.answerIn(await association.exchangeOctets(octets));
  if (!isSuccess(answer)) fail(`${what} is not served: ${describeAnswer(answer)}`);
}

/** The counter of the answer to a harmless request, and the association's protection looked at besides. */
async function answerCounter(association: TestAssociation): Promise<number> {
  const reaction = await association.exchangeOctets(association.protect(harmlessRequest(association)));
  if (reaction.type !== "apdu") return inconclusive(`a request is answered by ${reaction.type}`);
  const answer = association.answerIn(reaction);
  return isSuccess(answer) ? counterOf(reaction.apdu) : inconclusive(`a request is answered by ${describeAnswer(answer)}`);
}

/** Counters of requests and answers (ATS_AL 8.3). */
export const counterCases: readonly ConformanceCase[] = [
  {
    id: "SYMSEC_FraCount_1",
    title: "a request is taken once, and none that is older than the last",
    group: "security",
    source,
    subtests: forSecured([
      {
        title: "the same GET sent again is refused, and the association goes on with higher counters",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          const request = seal(securityOf(association), harmlessRequest(association));
          await mustBeServed(association, request, "a GET");
          await mustBeRefused(association, request, "the same GET sent again");
          await mustGoOn(tester, declared, association, "after a replay");
        },
      },
      {
        title: "a GET with a lower counter that was never used is refused, and the association goes on with higher ones",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          const security = securityOf(association);
          const [older, newer] = [seal(security, harmlessRequest(association)), seal(security, harmlessRequest(association))];
          await mustBeServed(association, newer, "a GET");
          await mustBeRefused(association, older, "a GET with a counter below the last one");
          await mustGoOn(tester, declared, association, "after a lower counter");
        },
      },
      {
        title: "a GET of one association sent again in the next one is refused",
        run: async (tester, declared) => {
          const first = await tester.associate(declared);
          const request = seal(securityOf(first), harmlessRequest(first));
          await mustBeServed(first, request, "a GET");
          const next = await tester.associate(declared);
          await mustBeRefused(next, request, "a GET of the association before");
          await mustGoOn(tester, declared, next, "after a replay from another association");
        },
      },
      {
        title: "the same GET under a dedicated key sent again is refused",
        run: async (tester, declared) => {
          const association = await associateDedicated(tester, declared);
          const request = association.protect(harmlessRequest(association), { authenticated: true, encrypted: true }, "dedicated");
          await mustBeServed(association, request, "a GET under the dedicated key");
          await mustBeRefused(association, request, "the same GET under the dedicated key");
          await mustGoOn(tester, declared, association, "after a replay under the dedicated key");
        },
      },
      {
        title: "the same SET sent again is refused, and not carried out",
        run: (tester, declared) =>
          withLever(tester, declared, async (association, lever) => {
            const request = seal(securityOf(association), setRequest(lever, lever.other));
            await mustBeServed(association, request, "a SET");
            await mustBeServed(association, seal(securityOf(association), setRequest(lever, lever.original)), "a SET back");
            await mustBeRefused(association, request, "the same SET sent again");
            await mustBeUnmoved(tester, declared, association, lever, "the same SET sent again");
          }),
      },
    ]),
  },
  {
    id: "SYMSEC_FraCount_3",
    title: "the counters of the device grow",
    group: "security",
    source,
    subtests: forSecured([
      {
        title: `the counters of answers under the global key grow strictly, over ${connections} connections`,
        run: async (tester, declared) => {
          let last = -1;
          for (let connection = 1; connection <= connections; connection++) {
            const association = await tester.prepare(declared);
            const { aare } = await association.establish();
            const counters = aare.userInformation === undefined ? [] : [counterOf(aare.userInformation)];
            const global = { authenticated: true, encrypted: true };
            for (let request = 0; request < 2; request++) {
              const octets = association.protect(harmlessRequest(association), global, "global");
              const reaction = await association.exchangeOctets(octets);
              if (reaction.type !== "apdu" || !isSuccess(association.answerIn(reaction))) return inconclusive("a request is not served");
              counters.push(counterOf(reaction.apdu));
            }
            for (const counter of counters) {
              must(counter > last, `the counter ${counter} in connection ${connection} is not above ${last}, which was used before`);
              last = counter;
            }
          }
        },
      },
      {
        title: "the counters of answers under a dedicated key grow strictly",
        run: async (tester, declared) => {
          const association = await associateDedicated(tester, declared);
          let last = -1;
          for (let request = 0; request < connections; request++) {
            const counter = await answerCounter(association);
            must(counter > last, `the counter ${counter} under the dedicated key is not above ${last}, which was used before`);
            last = counter;
          }
          await mustGoOn(tester, declared, association, "after requests under a dedicated key");
        },
      },
    ]),
  },
];
