import { toHex } from "../../../bytes/hex.ts";
import { encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { type AttributeOf, isSuccess, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, inconclusive, must } from "../../verdict.ts";
import { invoke } from "../application/refusals.ts";

/** An attribute that may be changed, to see whether a request was carried out; it has its value back at the end. */
export interface Lever {
  readonly attribute: AttributeOf;
  readonly original: Uint8Array;
  readonly other: Uint8Array;
}

/** Settings in the order of how little they matter for a moment: repetitions of a modem and of a push, then the clock's. */
const candidates: readonly AttributeOf[] = [
  { classId: 29, logicalName: Uint8Array.of(0, 0, 2, 1, 0, 255), attributeId: 3 },
  { classId: 40, logicalName: Uint8Array.of(0, 0, 25, 9, 0, 255), attributeId: 6 },
  { classId: 8, logicalName: Uint8Array.of(0, 0, 1, 0, 0, 255), attributeId: 7 },
  { classId: 8, logicalName: Uint8Array.of(0, 0, 1, 0, 0, 255), attributeId: 3 },
];

/** A SET that is not sent yet. */
export function setRequest({ attribute }: Lever, value: Uint8Array): Uint8Array {
  return encodeApdu({ type: "set-request-normal", invoke, attribute, selection: undefined, value });
}

/**
 * Works with an attribute that can be changed and back, which was tried out, in an association that stands. Afterwards it
 * has its value, whatever happened.
 * @throws VerdictError inconclusive where changing is not allowed, or nothing can be changed
 */
export async function withLever(
  tester: Tester,
  declared: DeclaredAssociation,
  use: (association: TestAssociation, lever: Lever) => Promise<void>,
): Promise<void> {
  if (!tester.declaration.mayWrite) inconclusive("changing the device is not allowed");
  const association = await tester.associate(declared);
  if (association.shortNames) inapplicable("only done with logical names");
  for (const attribute of candidates) {
    const original = await attributeValue(association, attribute);
    if (original === undefined || tester.declaration.excluded.has([...attribute.logicalName].join("."))) continue;
    const lever = { attribute, original, other: nextTo(original) };
    try {
      if (!(await moves(association, lever))) continue;
      return await use(association, lever);
    } finally {
      await putBack(tester, declared, lever);
    }
  }
  inconclusive("there is no attribute to change and change back");
}

/** Fails unless the attribute still has the value it had; an association that the device ended is opened again. */
export async function mustBeUnmoved(
  tester: Tester,
  declared: DeclaredAssociation,
  association: TestAssociation,
  { attribute, original }: Lever,
  what: string,
): Promise<void> {
  const value = (await attributeValue(association, attribute)) ?? (await attributeValue(await tester.associate(declared), attribute));
  if (value === undefined) return inconclusive(`${what}: the attribute cannot be read any more`);
  must(same(value, original), `${what} is refused, and carried out all the same`);
}

/** The encoded value of an attribute, where it can be read. */
async function attributeValue(association: TestAssociation, attribute: AttributeOf): Promise<Uint8Array | undefined> {
  const answer = await association.get(attribute);
  const data = answer.type === "get-response-normal" ? answer.result.data : undefined;
  return data && Uint8Array.from(data);
}

/** There and back again. */
async function moves(association: TestAssociation, lever: Lever): Promise<boolean> {
  for (const value of [lever.other, lever.original]) {
    if (!isSuccess(await association.exchangeApdu(setRequest(lever, value)))) return false;
    const now = await attributeValue(association, lever.attribute);
    if (now === undefined || !same(now, value)) return false;
  }
  return true;
}

async function putBack(tester: Tester, declared: DeclaredAssociation, lever: Lever): Promise<void> {
  const association = await tester.associate(declared);
  const now = await attributeValue(association, lever.attribute);
  if (now !== undefined && same(now, lever.original)) return;
  if (isSuccess(await association.exchangeApdu(setRequest(lever, lever.original)))) return;
  const { classId, logicalName, attributeId } = lever.attribute;
  fail(`attribute ${attributeId} of ${[...logicalName].join(".")} (class ${classId}) could not be put back to ${toHex(lever.original)}`);
}

/** A number that is one more or one less. */
function nextTo(value: Uint8Array): Uint8Array {
  const other = Uint8Array.from(value);
  other[other.length - 1] = (other.at(-1) as number) ^ 0x01;
  return other;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return toHex(a) === toHex(b);
}
