import { SecuritySetupV0, SecuritySetupV1, type securityPolicyV0 } from "../../cosem-objects/classes/security-setup.ts";
import { bind, type CosemObject, type ObjectContext, type Refusal, refuse } from "../../cosem-objects/object.ts";
import { protectionOfBits } from "../../cosem-objects/required-protection.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import type { ActionResult } from "../../dlms/xdlms/results.ts";
import { StoreError } from "../../errors.ts";
import type { Outcome, SetupRefusal } from "../security/refusal.ts";
import type { SecuritySetup } from "../security/security-setup.ts";

type PolicyV0 = Infer<typeof securityPolicyV0>;

/** How each refusal is answered (Green Book notes 7.3, Blue Book notes 0.2): a wrong type, not allowed, or refused otherwise. */
const results = {
  "policy-weakened": "read-write-denied",
  "policy-impossible": "other-reason",
  "suite-without-public-keys": "object-unavailable",
  "no-such-key": "other-reason",
  "key-list": "other-reason",
  "no-master-key": "other-reason",
  "key-length": "type-unmatched",
  "wrong-wrap": "other-reason",
  malformed: "type-unmatched",
  "wrong-signature": "other-reason",
  "no-key-pair": "other-reason",
  "no-certificate": "other-reason",
  untrusted: "other-reason",
  "unsuitable-certificate": "other-reason",
  "trust-anchor": "read-write-denied",
  "too-many-certificates": "other-reason",
} as const satisfies Record<SetupRefusal, ActionResult>;

/** The objects of the meter's security setups, class 64 in the version that each of them has. */
export function securityObjects(setups: readonly SecuritySetup[]): readonly CosemObject[] {
  return setups.map((setup) => (setup.version === 0 ? objectV0(setup) : objectV1(setup)));
}

function objectV0(setup: SecuritySetup): CosemObject {
  return bind(SecuritySetupV0, {
    logicalName: setup.logicalName,
    attributes: { ...commonAttributes(setup), securityPolicy: () => policyV0(setup.latest.policy) },
    methods: {
      securityActivate: (policy) => answer(() => activateV0(setup, policy)),
      globalKeyTransfer: (keys) => answer(() => setup.transferKeys(keys.map(({ keyId, keyWrapped }) => ({ keyId, data: keyWrapped })))),
    },
  });
}

function objectV1(setup: SecuritySetup): CosemObject {
  return bind(SecuritySetupV1, {
    logicalName: setup.logicalName,
    attributes: {
      ...commonAttributes(setup),
      securityPolicy: () => setup.latest.policy,
      certificates: () => setup.certificates,
    },
    methods: {
      securityActivate: (policy) => answer(() => setup.activatePolicy(policy)),
      keyTransfer: (keys) => answer(() => setup.transferKeys(keys.map(({ keyId, keyWrapped }) => ({ keyId, data: keyWrapped })))),
      keyAgreement: (keys, context) =>
        returned(() => inAssociation(setup, context).agreeKeys(keys.map(({ keyId, keyData }) => ({ keyId, data: keyData })))),
      generateKeyPair: (type) => answer(() => setup.generateKeyPair(type)),
      generateCertificateRequest: (type) => returned(() => setup.generateCsr(type)),
      importCertificate: (octets) => answer(() => setup.importCertificate(octets)),
      exportCertificate: (identification) => returned(() => setup.exportCertificate(identification)),
      removeCertificate: (identification) => answer(() => setup.removeCertificate(identification)),
    },
  });
}

function commonAttributes(setup: SecuritySetup) {
  return {
    securitySuite: setup.suite,
    clientSystemTitle: (context: ObjectContext) => inAssociation(setup, context).clientSystemTitle ?? new Uint8Array(),
    serverSystemTitle: setup.serverSystemTitle,
  };
}

/** The setup as the client of an association meets it, which agrees on keys under its own system title. */
function inAssociation(setup: SecuritySetup, { association: { clientSystemTitle } }: ObjectContext): SecuritySetup {
  if (clientSystemTitle !== undefined) setup.clientSystemTitle = clientSystemTitle;
  return setup;
}

/** The policies of version 0 as bits of both directions of version 1. */
const policiesV0 = { nothing: 0x00, authenticated: 0x24, encrypted: 0x48, "authenticated-and-encrypted": 0x6c } as const;

/** What version 0 says of a policy: that of requests, which in version 0 is that of answers too. */
function policyV0(policy: number): PolicyV0 {
  const { authenticated, encrypted } = protectionOfBits(policy).request;
  if (authenticated) return encrypted ? "authenticated-and-encrypted" : "authenticated";
  return encrypted ? "encrypted" : "nothing";
}

function activateV0(setup: SecuritySetup, policy: PolicyV0): SetupRefusal | undefined {
  return typeof policy === "number" ? "policy-impossible" : setup.activatePolicy(policiesV0[policy]);
}

/** What a method answers that returns nothing. */
function answer(operation: () => SetupRefusal | undefined): Refusal<ActionResult> | undefined {
  return stored(() => {
    const refusal = operation();
    return refusal === undefined ? undefined : refuse(results[refusal]);
  });
}

/** What a method answers that returns something. */
function returned<T>(operation: () => Outcome<T>): T | Refusal<ActionResult> {
  return stored(() => {
    const outcome = operation();
    return "refused" in outcome ? refuse(results[outcome.refused]) : outcome.value;
  });
}

/** A change that cannot be stored has not happened. */
function stored<T>(operation: () => T): T | Refusal<ActionResult> {
  try {
    return operation();
  } catch (error) {
    if (error instanceof StoreError) return refuse("hardware-fault");
    throw error;
  }
}
