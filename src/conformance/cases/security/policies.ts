import type { ConformanceCase } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { levelOf, seal } from "../../sealing.ts";
import { isSuccess } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, inconclusive, must } from "../../verdict.ts";
import { mustRefuse } from "../application/refusals.ts";
import { forSecured, harmlessRequest, mustBeRefused, mustGoOn, securityOf } from "./secured.ts";
import { lessThan, operate, operatorOf, type Policy, policyIn, policyOf, type Setup, setupMethods, setupOf } from "./setup.ts";

const source = "ATS_AL SYMSEC_0 8.8; Blue Book 4.4.7; Green Book 9.2.2.5";

const enumTag = 0x16;
const policyParameter = (octet: number): Uint8Array => Uint8Array.of(enumTag, octet);

interface Activation {
  readonly setup: Setup;
  readonly policy: Policy;
  readonly operator: DeclaredAssociation;
}

/** Who may activate policies, found by activating the one in force once more: a policy that is raised cannot be lowered again. */
async function activationOf(tester: Tester, declared: DeclaredAssociation): Promise<Activation> {
  if (!tester.declaration.mayWrite) inconclusive("changing the device is not allowed");
  const setup = await setupOf(tester, declared);
  const policy = await policyOf(tester, declared, setup);
  const operator = await operatorOf(tester, declared, setup, setupMethods.activate, policyParameter(policy.octet));
  return { setup, policy, operator };
}

/** Policies without one or more of the bits of the one in force; values of version 0 are bits too. */
function weakerThan(octet: number): readonly number[] {
  const bits = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80].filter((bit) => (octet & bit) !== 0);
  return [...new Set([0, ...bits.map((bit) => octet & ~bit)])];
}

/** Security policies (ATS_AL 8.8). */
export const policyCases: readonly ConformanceCase[] = [
  {
    id: "SYMSEC_SecPol_1",
    title: "the policy in force is activated",
    group: "security",
    source,
    subtests: forSecured([
      {
        title: "the policy in force can be activated once more, and stays",
        run: async (tester, declared) => {
          const { setup, policy } = await activationOf(tester, declared);
          const now = await policyOf(tester, declared, setup);
          must(now.octet === policy.octet, `the policy was ${policy.octet}, and is ${now.octet} after it was activated once more`);
        },
      },
    ]),
  },
  {
    id: "SYMSEC_SecPol_2",
    title: "a policy is never lowered",
    group: "security",
    source,
    subtests: forSecured([
      {
        title: "every policy that asks for less than the one in force is refused, which stays",
        run: async (tester, declared) => {
          const { setup, policy, operator } = await activationOf(tester, declared);
          if (policy.octet === 0) inapplicable("there is no policy lower than none");
          const association = await tester.associate(operator);
          for (const weaker of weakerThan(policy.octet)) {
            const answer = await operate(association, setup, setupMethods.activate, policyParameter(weaker));
            const now = await policyIn(association, setup);
            if (now !== undefined && now !== policy.octet) {
              await raiseAgain(tester, operator, setup, policy);
              fail(`the policy ${weaker} is in force, which asks for less than ${policy.octet}`);
            }
            mustRefuse(answer, `the policy ${weaker} in place of ${policy.octet}`);
          }
        },
      },
    ]),
  },
  {
    id: "SYMSEC_SecPol_3",
    title: "the policy in force holds for requests and answers",
    group: "security",
    source,
    subtests: forSecured([
      {
        title: "requests with less protection than the policy asks for are refused",
        run: async (tester, declared) => {
          const { required } = await policyOf(tester, declared, await setupOf(tester, declared));
          const less = lessThan(required.request);
          if (less.length === 0) inapplicable("the policy in force asks for no protection of requests");
          for (const { name, level } of less) {
            const association = await tester.associate(declared);
            const plain = harmlessRequest(association);
            const inClear = !level.authenticated && !level.encrypted;
            await mustBeRefused(association, inClear ? plain : seal(securityOf(association), plain, { level }), `a request ${name}`);
            await mustGoOn(tester, declared, association, `after a request ${name}`);
          }
        },
      },
      {
        title: "answers have the protection that the policy asks for",
        run: async (tester, declared) => {
          const { required } = await policyOf(tester, declared, await setupOf(tester, declared));
          const { authenticated, encrypted } = required.response;
          if (!authenticated && !encrypted) inapplicable("the policy in force asks for no protection of answers");
          const association = await tester.associate(declared, { policy: { authenticated: true, encrypted: true } });
          await association.mustServe("under the policy in force");
          const reaction = await association.exchangeOctets(seal(securityOf(association), harmlessRequest(association)));
          if (reaction.type !== "apdu") return inconclusive(`a request is answered by ${reaction.type}`);
          const level = levelOf(reaction.apdu);
          must(!authenticated || level.authenticated, "an answer has no tag where the policy asks for one");
          must(!encrypted || level.encrypted, "an answer is not encrypted where the policy asks for it");
        },
      },
    ]),
  },
];

async function raiseAgain(tester: Tester, operator: DeclaredAssociation, setup: Setup, policy: Policy): Promise<void> {
  const association = await tester.associate(operator);
  if (isSuccess(await operate(association, setup, setupMethods.activate, policyParameter(policy.octet)))) return;
  fail(`the device took a lower policy than ${policy.octet}, and does not take that one again`);
}
