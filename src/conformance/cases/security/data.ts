import type { AssociationSecurity, ProtectionLevel } from "../../../dlms/association/protection.ts";
import { encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { ConformanceCase } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { resealed, type SealChanges, seal, withWrongTag } from "../../sealing.ts";
import { logicalDeviceNameValue, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable } from "../../verdict.ts";
import { invoke, mustRefuse } from "../application/refusals.ts";
import { associateDedicated, mustBeServed } from "./counters.ts";
import { mustBeUnmoved, setRequest, withLever } from "./lever.ts";
import { forSecured, harmlessRequest, mustBeRefused, mustGoOn, type SecuredPart, securityOf, turnedOver } from "./secured.ts";
import { lessThan, policyOf, setupOf } from "./setup.ts";

const source = "ATS_AL SYMSEC_0 8.6; Green Book 9.2.7.2";
const bothWays = { authenticated: true, encrypted: true } as const;

/** An ACTION that no object has: whatever comes, nothing changes. */
const noSuchMethod = encodeApdu({
  type: "action-request-normal",
  invoke,
  method: { classId: logicalDeviceNameValue.classId, logicalName: logicalDeviceNameValue.logicalName, methodId: 1 },
  parameter: undefined,
});

/** A request that the device must not take, made from a good one. */
interface Spoiled {
  readonly name: string;
  readonly make: (security: AssociationSecurity, plain: Uint8Array) => Uint8Array;
}

const other = (changes: (security: AssociationSecurity) => SealChanges) => (security: AssociationSecurity, plain: Uint8Array) =>
  seal(security, plain, changes(security));

const spoiled: readonly Spoiled[] = [
  { name: "under another encryption key", make: other(({ globalKey }) => ({ globalKey: turnedOver(globalKey) })) },
  {
    name: "under another authentication key",
    make: (security, plain) => {
      if (security.authenticationKey === undefined) return inapplicable("the association has no authentication key");
      return seal(security, plain, { authenticationKey: turnedOver(security.authenticationKey) });
    },
  },
  { name: "with a wrong tag", make: (security, plain) => withWrongTag(seal(security, plain)) },
  {
    name: "whose security control octet was changed on the way",
    make: (security, plain) => withoutEncryption(seal(security, plain, { level: bothWays })),
  },
];

const encryptedBit = 0x20;

/** The bit of the security control that says the content is encrypted, taken back. */
function withoutEncryption(sealed: Uint8Array): Uint8Array {
  return resealed(sealed, (content) => Uint8Array.of((content[0] as number) & ~encryptedBit, ...content.subarray(1)));
}

/** A GET that is spoiled is refused; a SET besides, and its attribute looked at. */
function refusedParts(what: Spoiled): readonly SecuredPart[] {
  return [
    {
      title: `a GET ${what.name} is refused, and the right client goes on`,
      run: async (tester, declared) => {
        const association = await tester.associate(declared);
        await mustBeRefused(association, what.make(securityOf(association), harmlessRequest(association)), `a GET ${what.name}`);
        await mustGoOn(tester, declared, association, `after a GET ${what.name}`);
      },
    },
    {
      title: `a SET ${what.name} is refused, and not carried out`,
      run: (tester, declared) =>
        withLever(tester, declared, async (association, lever) => {
          const request = what.make(securityOf(association), setRequest(lever, lever.other));
          await mustBeRefused(association, request, `a SET ${what.name}`);
          await mustBeUnmoved(tester, declared, association, lever, `a SET ${what.name}`);
        }),
    },
  ];
}

/** Every protection that is less than what the policy in force asks of requests. */
async function lessThanPolicy(tester: Tester, declared: DeclaredAssociation): Promise<ReturnType<typeof lessThan>> {
  const { required } = await policyOf(tester, declared, await setupOf(tester, declared));
  const less = lessThan(required.request);
  return less.length === 0 ? inapplicable("the policy in force asks for no protection of requests") : less;
}

function sealedAt(association: TestAssociation, plain: Uint8Array, level: ProtectionLevel): Uint8Array {
  return level.authenticated || level.encrypted ? seal(securityOf(association), plain, { level }) : plain;
}

/** Protection of services (ATS_AL 8.2 and 8.6). */
export const dataCases: readonly ConformanceCase[] = [
  {
    id: "SYMSEC_BasicCap_1",
    title: "an association under keys, and services in it",
    group: "security",
    source: "ATS_AL SYMSEC_0 8.2; Green Book 9.2.7.2",
    subtests: forSecured([
      {
        title: "the association comes about, each side proving that it has the keys",
        run: async (tester, declared) => {
          await tester.associate(declared);
        },
      },
      {
        title: "GET is served with the declared protection",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          await mustBeServed(association, association.protect(harmlessRequest(association)), "a GET");
        },
      },
      {
        title: "SET is carried out with the declared protection",
        run: (tester, declared) =>
          withLever(tester, declared, async (association, lever) => {
            await mustBeServed(association, association.protect(setRequest(lever, lever.original)), "a SET");
          }),
      },
      {
        title: "an ACTION that no object has is refused, and the answer protected like any other",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          if (association.shortNames) inapplicable("only done with logical names");
          mustRefuse(await association.exchangeApdu(noSuchMethod), "an ACTION that no object has");
          await mustGoOn(tester, declared, association, "after an ACTION that no object has");
        },
      },
    ]),
  },
  {
    id: "SYMSEC_SecDataX_P1",
    title: "services under the global key and under a dedicated one",
    group: "security",
    source,
    subtests: forSecured([
      {
        title: "GET under the global key is served",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          await mustBeServed(association, seal(securityOf(association), harmlessRequest(association)), "a GET under the global key");
        },
      },
      {
        title: "GET under a dedicated key is served, and answered under it",
        run: async (tester, declared) => {
          const association = await associateDedicated(tester, declared);
          const request = association.protect(harmlessRequest(association), bothWays, "dedicated");
          await mustBeServed(association, request, "a GET under the dedicated key");
        },
      },
      {
        title: "SET under the global key is carried out",
        run: (tester, declared) =>
          withLever(tester, declared, async (association, lever) => {
            for (const value of [lever.other, lever.original]) {
              await mustBeServed(association, seal(securityOf(association), setRequest(lever, value)), "a SET under the global key");
            }
            await mustBeUnmoved(tester, declared, association, lever, "a SET back");
          }),
      },
      {
        title: "SET under a dedicated key is carried out",
        run: (tester, declared) =>
          withLever(tester, declared, async (_, lever) => {
            const association = await associateDedicated(tester, declared);
            for (const value of [lever.other, lever.original]) {
              const request = association.protect(setRequest(lever, value), bothWays, "dedicated");
              await mustBeServed(association, request, "a SET under the dedicated key");
            }
            await mustBeUnmoved(tester, declared, association, lever, "a SET back");
          }),
      },
    ]),
  },
  {
    id: "SYMSEC_SecDataX_N1",
    title: "services that are not protected right are refused without being carried out",
    group: "security",
    source,
    subtests: forSecured([
      ...spoiled.flatMap(refusedParts),
      {
        title: "a GET protected less than the policy asks for is refused, in every way there is",
        run: async (tester, declared) => {
          for (const { name, level } of await lessThanPolicy(tester, declared)) {
            const association = await tester.associate(declared);
            await mustBeRefused(association, sealedAt(association, harmlessRequest(association), level), `a GET ${name}`);
            await mustGoOn(tester, declared, association, `after a GET ${name}`);
          }
        },
      },
      {
        title: "a SET protected less than the policy asks for is refused, and not carried out",
        run: (tester, declared) =>
          withLever(tester, declared, async (_, lever) => {
            for (const { name, level } of await lessThanPolicy(tester, declared)) {
              const association = await tester.associate(declared);
              const request = sealedAt(association, setRequest(lever, lever.other), level);
              await mustBeRefused(association, request, `a SET ${name}`);
              await mustBeUnmoved(tester, declared, association, lever, `a SET ${name}`);
            }
          }),
      },
    ]),
  },
];
