import { keyIds } from "../../../cosem-objects/classes/security-setup.ts";
import { encodeData } from "../../../dlms/axdr/data.ts";
import { wrapKey } from "../../../dlms/security/key-wrap.ts";
import { SecretKey } from "../../../dlms/security/secret-key.ts";
import { securitySuites } from "../../../dlms/security/suite.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { type Answer, describeAnswer, isSuccess } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, inconclusive } from "../../verdict.ts";
import { comesAbout, mustComeBack, turnedOver, withSecurity } from "./secured.ts";
import { operate, operatorOf, type Setup, setupMethods, setupOf } from "./setup.ts";

/** Keys of an association that are transferred. */
export type TransferredKey = "global-unicast" | "authentication";

/** One key of a transfer as it goes on the wire. */
export interface WrappedKey {
  readonly keyId: number;
  readonly wrapped: Uint8Array;
}

/** Everything that a transfer takes; the old keys were put in place of themselves already, so that putting back will work. */
export interface Transfer {
  readonly declared: DeclaredAssociation;
  readonly setup: Setup;
  readonly operator: DeclaredAssociation;
  readonly master: SecretKey;
  /** The keys in force, and what takes their place. */
  readonly old: ReadonlyMap<TransferredKey, SecretKey>;
  readonly fresh: ReadonlyMap<TransferredKey, SecretKey>;
}

/** Milliseconds that devices which slow down those who try secrets are given after a wrong one. */
const pause = 2000;

/**
 * Gets ready to transfer keys, and changes nothing yet.
 * @throws VerdictError inconclusive where it is not allowed, or where putting back cannot be relied on
 */
export async function transferOf(tester: Tester, declared: DeclaredAssociation, keys: readonly TransferredKey[]): Promise<Transfer> {
  const { mayWrite, masterKey } = tester.declaration;
  if (!mayWrite) inconclusive("changing the device is not allowed");
  if (masterKey === undefined) return inconclusive("no master key is declared");
  const { security } = declared.options();
  if (security === undefined) return inapplicable("the association is not under keys");
  const { keyLength } = securitySuites[security.suite];
  if (masterKey.length !== keyLength) inconclusive(`the master key has ${masterKey.length} octets, not ${keyLength}`);
  const inForce = { "global-unicast": security.globalKey, authentication: security.authenticationKey };
  const old = new Map(keys.map((name) => [name, inForce[name] ?? inapplicable("the association has no authentication key")] as const));
  const fresh = new Map([...old].map(([name, key]) => [name, turnedOver(key)] as const));
  const master = SecretKey.from(masterKey);
  const setup = await setupOf(tester, declared);
  const operator = await operatorOf(tester, declared, setup, setupMethods.transferKeys, transferData(wrappedUnder(master, old)));
  return { declared, setup, operator, master, old, fresh };
}

/** The list of a transfer. */
export function wrappedUnder(master: SecretKey, keys: ReadonlyMap<TransferredKey, SecretKey>): readonly WrappedKey[] {
  return [...keys].map(([name, key]) => ({ keyId: keyIds[name], wrapped: wrapKey(master, key) }));
}

/** Transfers a list of keys as the operator, in an association of its own. */
export async function transfer(tester: Tester, { operator, setup }: Transfer, keys: readonly WrappedKey[]): Promise<Answer> {
  return operate(await tester.associate(operator), setup, setupMethods.transferKeys, transferData(keys));
}

/** The declared association under the keys that take the place of the old ones. */
export function underFresh(declared: DeclaredAssociation, { fresh }: Transfer): DeclaredAssociation {
  return withSecurity(declared, ({ globalKey, authenticationKey }) => ({
    globalKey: fresh.get("global-unicast") ?? globalKey,
    authenticationKey: fresh.get("authentication") ?? authenticationKey,
  }));
}

/** The declared association, whatever counters the device goes on with under keys that came back. */
export function underOld({ declared }: Transfer): DeclaredAssociation {
  return withSecurity(declared, () => ({}));
}

/** Runs what needs other keys, and puts the old ones back, whatever happened. */
export async function thenPutBack(tester: Tester, plan: Transfer, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } finally {
    await putBack(tester, plan);
  }
  await mustComeBack(tester, underOld(plan), "after the old keys were put back");
}

/** Fails where a client with keys that are not in force any more is let in. */
export async function mustStayOut(tester: Tester, declared: DeclaredAssociation, what: string): Promise<void> {
  if (await comesAbout(tester, declared)) fail(`${what} still open the association`);
  await tester.wait(pause);
}

async function putBack(tester: Tester, plan: Transfer): Promise<void> {
  const { declared, operator, setup, master, old } = plan;
  const ownKeys = operator.name === declared.name;
  const refusals: string[] = [];
  // Whichever keys are in force now: putting keys in place of themselves changes nothing.
  for (const opener of ownKeys ? [underOld(plan), underFresh(declared, plan)] : [operator]) {
    await tester.wait(pause);
    if (!(await comesAbout(tester, opener))) continue;
    const association = await tester.associate(opener);
    const answer = await operate(association, setup, setupMethods.transferKeys, transferData(wrappedUnder(master, old)));
    if (isSuccess(answer)) return;
    refusals.push(describeAnswer(answer));
  }
  const why = refusals.length === 0 ? "nobody is let in" : refusals.join("; ");
  fail(`the old keys could not be put back (${why}): those of ${declared.name} have every bit turned over`);
}

function transferData(keys: readonly WrappedKey[]): Uint8Array {
  return encodeData({
    type: "array",
    value: keys.map(({ keyId, wrapped }) => ({
      type: "structure",
      value: [
        { type: "enum", value: keyId },
        { type: "octet-string", value: wrapped },
      ],
    })),
  });
}
