import { keyIds } from "../../../cosem-objects/classes/security-setup.ts";
import { wrapKey } from "../../../dlms/security/key-wrap.ts";
import type { ConformanceCase } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { describeAnswer, isSuccess } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail } from "../../verdict.ts";
import { mustRefuse } from "../application/refusals.ts";
import {
  mustStayOut,
  type Transfer,
  type TransferredKey,
  thenPutBack,
  transfer,
  transferOf,
  underFresh,
  underOld,
  type WrappedKey,
  wrappedUnder,
} from "./key-transfer.ts";
import { forSecured, mustComeBack, turnedOver } from "./secured.ts";

const source = "ATS_AL SYMSEC_0 8.4; Blue Book 4.4.7; Green Book 9.2.3.4.6";

/** New keys take the place of the old ones, which come back at the end. */
async function replace(tester: Tester, declared: DeclaredAssociation, keys: readonly TransferredKey[]): Promise<void> {
  const plan = await transferOf(tester, declared, keys);
  await thenPutBack(tester, plan, async () => {
    const answer = await transfer(tester, plan, wrappedUnder(plan.master, plan.fresh));
    if (!isSuccess(answer)) fail(`the transfer is refused: ${describeAnswer(answer)}`);
    await mustComeBack(tester, underFresh(declared, plan), "after the transfer, under the new keys");
    await mustStayOut(tester, underOld(plan), "the old keys");
  });
  await mustStayOut(tester, underFresh(declared, plan), "the new keys, after the old ones were put back,");
}

/** A transfer that is wrong is refused, and the old keys are still in force. */
async function refuse(
  tester: Tester,
  declared: DeclaredAssociation,
  keys: readonly TransferredKey[],
  what: string,
  listOf: (plan: Transfer) => readonly WrappedKey[],
): Promise<void> {
  const plan = await transferOf(tester, declared, keys);
  await thenPutBack(tester, plan, async () => {
    mustRefuse(await transfer(tester, plan, listOf(plan)), what);
    await mustComeBack(tester, underOld(plan), `after ${what} was refused`);
  });
}

/** A number that no key has. */
const unknownKeyId = 9;

const caseOf = (id: string, title: string, subtests: ConformanceCase["subtests"]): ConformanceCase => ({
  id,
  title,
  group: "security",
  source,
  subtests,
});

const replacing = (keys: readonly TransferredKey[], names: string) =>
  forSecured([
    {
      title: `${names} opened the association and no more; the new ones do, until the old ones are back`,
      run: (tester, declared) => replace(tester, declared, keys),
    },
  ]);

/** Transfer of keys (ATS_AL 8.4). */
export const keyCases: readonly ConformanceCase[] = [
  caseOf("SYMSEC_Key_Tx_P1", "the global unicast encryption key is replaced", replacing(["global-unicast"], "the old encryption key")),
  caseOf("SYMSEC_Key_Tx_P2", "the authentication key is replaced", replacing(["authentication"], "the old authentication key")),
  caseOf(
    "SYMSEC_Key_Tx_P3",
    "the encryption key and the authentication key are replaced together",
    replacing(["global-unicast", "authentication"], "the old keys"),
  ),
  caseOf(
    "SYMSEC_Key_Tx_N1",
    "a key that the device does not have is transferred",
    forSecured([
      {
        title: "a key with an unknown key_id is refused",
        run: (tester, declared) =>
          refuse(tester, declared, ["global-unicast"], "a key with an unknown key_id", ({ master, old }) =>
            wrappedUnder(master, old).map(({ wrapped }) => ({ keyId: unknownKeyId, wrapped })),
          ),
      },
      {
        title: "a good key in front of one with an unknown key_id is not installed",
        run: (tester, declared) =>
          refuse(tester, declared, ["global-unicast"], "a list with an unknown key_id in it", ({ master, old, fresh }) => [
            ...wrappedUnder(master, fresh),
            ...wrappedUnder(master, old).map(({ wrapped }) => ({ keyId: unknownKeyId, wrapped })),
          ]),
      },
    ]),
  ),
  caseOf(
    "SYMSEC_Key_Tx_N2",
    "a key that is not wrapped right is transferred",
    forSecured([
      {
        title: "a key that is wrapped under another master key is refused",
        run: (tester, declared) =>
          refuse(tester, declared, ["global-unicast"], "a key wrapped under another master key", ({ master, fresh }) =>
            wrappedUnder(turnedOver(master), fresh),
          ),
      },
      {
        title: "a wrapped key with one bit changed is refused",
        run: (tester, declared) =>
          refuse(tester, declared, ["global-unicast"], "a wrapped key with one bit changed", ({ master, fresh }) =>
            wrappedUnder(master, fresh).map(({ keyId, wrapped }) => ({ keyId, wrapped: withFirstBitChanged(wrapped) })),
          ),
      },
      {
        title: "a wrapped key that is cut short is refused",
        run: (tester, declared) =>
          refuse(tester, declared, ["global-unicast"], "a wrapped key that is cut short", ({ master, fresh }) =>
            wrappedUnder(master, fresh).map(({ keyId, wrapped }) => ({ keyId, wrapped: wrapped.subarray(0, -1) })),
          ),
      },
      {
        title: "a good key in front of one that is wrapped wrong is not installed",
        run: (tester, declared) =>
          refuse(tester, declared, ["global-unicast"], "a list with a wrong wrapping in it", ({ master, old, fresh }) => [
            ...wrappedUnder(master, fresh),
            ...[...old.values()].map((key) => ({ keyId: keyIds.authentication, wrapped: withFirstBitChanged(wrapKey(master, key)) })),
          ]),
      },
    ]),
  ),
];

function withFirstBitChanged(wrapped: Uint8Array): Uint8Array {
  return Uint8Array.of((wrapped[0] as number) ^ 0x80, ...wrapped.subarray(1));
}
