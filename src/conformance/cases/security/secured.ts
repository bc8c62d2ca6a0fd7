import type { AssociationSecurity } from "../../../dlms/association/protection.ts";
import { InvocationCounterReceiver } from "../../../dlms/security/invocation-counter.ts";
import { SecretKey } from "../../../dlms/security/secret-key.ts";
import { secureRandom } from "../../../dlms/security/secure-random.ts";
import { securitySuites } from "../../../dlms/security/suite.ts";
import { encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { Subtest } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { isSuccess, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, VerdictError } from "../../verdict.ts";
import { mustRefuse, readDeviceName } from "../application/refusals.ts";

/** A part of a case of security, which every declared association under keys goes through. */
export interface SecuredPart {
  readonly title: string;
  readonly run: (tester: Tester, declared: DeclaredAssociation) => Promise<void>;
}

/** The declared associations under keys. */
export function securedOf({ declaration }: Tester): readonly DeclaredAssociation[] {
  return declaration.associations.filter((association) => association.options().security !== undefined);
}

/** Every part for every association under keys; inapplicable where there is none. */
export function forSecured(parts: readonly SecuredPart[]): (tester: Tester) => Promise<readonly Subtest[]> {
  return async (tester) => {
    const associations = securedOf(tester);
    if (associations.length === 0) {
      return parts.map(({ title }) => ({ title, run: async () => inapplicable("no declared association is under keys") }));
    }
    return associations.flatMap((declared) =>
      parts.map(({ title, run }) => ({ title: `${declared.name}: ${title}`, run: (each: Tester) => run(each, declared) })),
    );
  };
}

/** The keys of an association. */
export function securityOf({ options }: Pick<TestAssociation, "options">): AssociationSecurity {
  return options.security ?? inapplicable("the association is not under keys");
}

const readAssociationName = encodeApdu({
  type: "read-request",
  specifications: [{ type: "variable-name", variableName: 0xfa00 }],
});

/** A request that changes nothing, and that every association serves. */
export function harmlessRequest({ shortNames }: TestAssociation): Uint8Array {
  return shortNames ? readAssociationName : readDeviceName;
}

/** An association with other keys, or another security: counters of what is received begin anew. */
export function withSecurity(
  declared: DeclaredAssociation,
  change: (security: AssociationSecurity) => Partial<AssociationSecurity>,
): DeclaredAssociation {
  return {
    name: declared.name,
    options: () => {
      const options = declared.options();
      if (options.security === undefined) return options;
      const receiver = new InvocationCounterReceiver();
      const security = { ...options.security, receiveCounter: () => receiver, ...change(options.security) };
      const { authentication } = options;
      if (authentication?.mechanism !== "hls" || authentication.credentials.mechanism !== "hls-gmac") return { ...options, security };
      const { globalKey, authenticationKey } = security;
      const credentials = { ...authentication.credentials, key: globalKey, authenticationKey };
      return { ...options, security, authentication: { ...authentication, credentials } };
    },
  };
}

/** An association with a dedicated key that is good for it alone. */
export function withDedicatedKey(declared: DeclaredAssociation): DeclaredAssociation {
  const secured = withSecurity(declared, ({ suite }) => ({
    dedicatedKey: SecretKey.from(secureRandom(securitySuites[suite].keyLength)),
  }));
  return {
    name: declared.name,
    options: () => {
      const { security, ...others } = secured.options();
      if (security === undefined) return others;
      const { form: _form, ...dedicated } = security;
      return { ...others, security: dedicated };
    },
  };
}

/** The same association without a dedicated key. */
export function withoutDedicatedKey(declared: DeclaredAssociation): DeclaredAssociation {
  return withSecurity(declared, () => ({ dedicatedKey: undefined }));
}

/**
 * The key with every bit turned over. The device has it for a moment at most, and should the tester die in that moment, the
 * owner of the device still knows its key.
 */
export function turnedOver(key: SecretKey): SecretKey {
  return SecretKey.from(key.exposeSecret().map((octet) => octet ^ 0xff));
}

/** Fails unless what is sent is refused: by an answer that says no, by silence, or by the end of the connection. */
export async function mustBeRefused(association: TestAssociation, octets: Uint8Array, what: string): Promise<void> {
  const reaction = await association.exchangeOctets(octets);
  if (reaction.type === "apdu") mustRefuse(association.answerIn(reaction), what);
}

/** Milliseconds between tries, since devices slow down those who try secrets; each twice as long as the one before. */
const firstPause = 1000;
const tries = 6;

/** True where the association comes about with the keys it has. */
export async function comesAbout(tester: Tester, declared: DeclaredAssociation): Promise<boolean> {
  const association = await tester.prepare(declared);
  try {
    const opening = await association.open();
    if (opening.type !== "accepted") return false;
    const passFour = await association.authenticate(opening.aare);
    if (passFour === undefined) return true;
    return passFour.type !== "silence" && passFour.type !== "closed" && association.verifies(passFour);
  } catch (error) {
    if (error instanceof VerdictError) return false;
    throw error;
  }
}

/** The association once more, after the device may have taken the tester for somebody who tries secrets; fails where it is locked out. */
export async function mustComeBack(tester: Tester, declared: DeclaredAssociation, after: string): Promise<void> {
  let pause = firstPause;
  for (let count = 0; count < tries; count++) {
    if (await comesAbout(tester, declared)) {
      const association = await tester.associate(declared);
      return association.mustServe(after);
    }
    await tester.wait(pause);
    pause *= 2;
  }
  fail(`${after}, the right client is locked out`);
}

/** Fails unless the association goes on, or can be opened again where the device ended it. */
export async function mustGoOn(tester: Tester, declared: DeclaredAssociation, association: TestAssociation, after: string): Promise<void> {
  const reaction = await association.exchangeOctets(association.protect(harmlessRequest(association)));
  if (!isSuccess(association.answerIn(reaction))) await mustComeBack(tester, declared, after);
}
