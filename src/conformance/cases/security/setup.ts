import { protectionOfBits, type RequiredProtection } from "../../../cosem-objects/required-protection.ts";
import { type ProtectionLevel, suffices } from "../../../dlms/association/protection.ts";
import { encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { type Answer, type AttributeOf, describeAnswer, isSuccess, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable, inconclusive } from "../../verdict.ts";
import { invoke } from "../application/refusals.ts";
import { securedOf } from "./secured.ts";

/** The security setup of an association (class 64), and who may work on it. */
export interface Setup {
  readonly logicalName: Uint8Array;
}

const setupClass = 64;
export const setupMethods = { activate: 1, transferKeys: 2 } as const;

const policyId = 2;
const setupReference: AttributeOf = { classId: 15, logicalName: Uint8Array.of(0, 0, 40, 0, 0, 255), attributeId: 9 };
const nameLength = 6;

/** What the policies of version 0 are in the bits of version 1. */
const policiesOfVersion0: Readonly<Record<number, number>> = { 1: 0x24, 2: 0x48, 3: 0x6c };

/** A policy as the device shows it. */
export interface Policy {
  readonly octet: number;
  readonly required: RequiredProtection;
}

/** @throws VerdictError inconclusive where the device does not say which setup it is */
export async function setupOf(tester: Tester, declared: DeclaredAssociation): Promise<Setup> {
  const association = await tester.associate(declared);
  if (association.shortNames) inapplicable("only done with logical names");
  const answer = await association.get(setupReference);
  const data = answer.type === "get-response-normal" ? answer.result.data : undefined;
  if (data === undefined || data.length !== nameLength + 2) return inconclusive("the name of the security setup cannot be read");
  return { logicalName: Uint8Array.from(data).subarray(2) };
}

/** The policy in force, as any declared association may read it. @throws VerdictError inconclusive where none may */
export async function policyOf(tester: Tester, declared: DeclaredAssociation, setup: Setup): Promise<Policy> {
  for (const reader of candidates(tester, declared)) {
    const octet = await policyIn(await tester.associate(reader), setup);
    if (octet !== undefined) return { octet, required: protectionOfBits(policiesOfVersion0[octet] ?? octet) };
  }
  return inconclusive("the policy in force cannot be read");
}

/** The same in an association that stands; undefined where it may not read it. */
export async function policyIn(association: TestAssociation, { logicalName }: Setup): Promise<number | undefined> {
  const answer = await association.get({ classId: setupClass, logicalName, attributeId: policyId });
  const data = answer.type === "get-response-normal" ? answer.result.data : undefined;
  return data?.length === 2 ? data[1] : undefined;
}

/** Invokes a method of the setup. */
export function operate(association: TestAssociation, { logicalName }: Setup, methodId: number, parameter: Uint8Array): Promise<Answer> {
  return association.exchangeApdu(
    encodeApdu({ type: "action-request-normal", invoke, method: { classId: setupClass, logicalName, methodId }, parameter }),
  );
}

/**
 * A declared association that may invoke a method of the setup, found by invoking it in a way that changes nothing: the
 * association itself where it may, or another.
 * @throws VerdictError inconclusive where none may
 */
export async function operatorOf(
  tester: Tester,
  declared: DeclaredAssociation,
  setup: Setup,
  methodId: number,
  withoutEffect: Uint8Array,
): Promise<DeclaredAssociation> {
  const refusals: string[] = [];
  for (const operator of candidates(tester, declared)) {
    const answer = await operate(await tester.associate(operator), setup, methodId, withoutEffect);
    if (isSuccess(answer)) return operator;
    refusals.push(`${operator.name}: ${describeAnswer(answer)}`);
  }
  return inconclusive(`no declared association may invoke method ${methodId} of the security setup (${refusals.join("; ")})`);
}

/** Protection that is less than what is wanted, in every way there is. */
export function lessThan(wanted: ProtectionLevel): readonly { readonly name: string; readonly level: ProtectionLevel }[] {
  return levels.filter(({ level }) => !suffices({ ...level, signed: true }, wanted));
}

const levels: readonly { readonly name: string; readonly level: ProtectionLevel }[] = [
  { name: "in clear", level: { authenticated: false, encrypted: false } },
  { name: "encrypted without a tag", level: { authenticated: false, encrypted: true } },
  { name: "with a tag and not encrypted", level: { authenticated: true, encrypted: false } },
];

function candidates(tester: Tester, declared: DeclaredAssociation): readonly DeclaredAssociation[] {
  return [declared, ...securedOf(tester).filter(({ name }) => name !== declared.name)];
}
