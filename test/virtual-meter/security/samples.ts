import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { SetupKey } from "../../../src/cosem-objects/classes/security-setup.ts";
import type { Certificate } from "../../../src/dlms/security/certificate.ts";
import type { CertificateAuthority } from "../../../src/dlms/security/certificate-authority.ts";
import { wrapKey } from "../../../src/dlms/security/key-wrap.ts";
import { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import { secureRandom } from "../../../src/dlms/security/secure-random.ts";
import { type SecuritySuite, securitySuites } from "../../../src/dlms/security/suite.ts";
import { StoreError } from "../../../src/errors.ts";
import type { KeyItem } from "../../../src/virtual-meter/security/key-exchange.ts";
import type { KeyRing } from "../../../src/virtual-meter/security/key-ring.ts";
import { type KeyStore, MemoryKeyStore } from "../../../src/virtual-meter/security/key-store.ts";
import { SecuritySetup, type SecuritySetupOptions } from "../../../src/virtual-meter/security/security-setup.ts";
import { deviceCertificate, newKey, root } from "../../dlms/security/certificate-samples.ts";

export const serverTitle = fromHex("4D4D4D0000000001");
export const clientTitle = fromHex("4D4D4D0000BC614E");

/** A key of a suite that consists of one octet, so that it is recognised wherever it shows. */
export const keyOf = (suite: SecuritySuite, octet: number) => SecretKey.from(new Uint8Array(securitySuites[suite].keyLength).fill(octet));

/** GUEK, GBEK, GAK and KEK of a suite. */
export const keysOf = (suite: SecuritySuite) => ({
  "global-unicast": keyOf(suite, 0xe1),
  "global-broadcast": keyOf(suite, 0xe2),
  authentication: keyOf(suite, 0xe3),
  master: keyOf(suite, 0xe4),
});

/** A security setup with keys, in memory. */
export function securitySetup(options: Partial<SecuritySetupOptions> = {}): SecuritySetup {
  const { suite = 0 } = options;
  return new SecuritySetup({
    logicalName: "0.0.43.0.4.255",
    version: 1,
    suite,
    serverSystemTitle: serverTitle,
    initial: { keys: keysOf(suite) },
    store: new MemoryKeyStore(),
    random: secureRandom,
    ...options,
  });
}

/** A store that can be told to fail. */
export class FailingStore implements KeyStore {
  failing = false;
  readonly #memory = new MemoryKeyStore();
  readonly load: KeyStore["load"] = (setup) => this.#memory.load(setup);
  readonly save: KeyStore["save"] = (setup, record) => {
    if (this.failing) throw new StoreError("store-failed", "the disk is full");
    this.#memory.save(setup, record);
  };
}

/** An item of key_transfer. */
export const wrapped = (keyId: KeyItem["keyId"], key: SecretKey, master: SecretKey): KeyItem => ({ keyId, data: wrapKey(master, key) });

/** The key in effect, in hex. */
export const effectiveKey = (setup: SecuritySetup, name: SetupKey) => toHex(setup.effective.keys[name]?.exposeSecret() ?? new Uint8Array());

/** A setup of suite 1 with a trust anchor, the server's key pairs and certificates, and the client's. */
export function certifiedSetup(options: Partial<SecuritySetupOptions> = {}) {
  const { suite = 1 } = options;
  const curve = securitySuites[suite].curve ?? "P-256";
  const authority: CertificateAuthority = root(curve);
  const [serverSigning, serverAgreement, clientSigning] = [newKey(curve), newKey(curve), newKey(curve)];
  const certificates: readonly Certificate[] = [
    deviceCertificate(authority, "digital-signature", serverSigning, serverTitle),
    deviceCertificate(authority, "key-agreement", serverAgreement, serverTitle),
    deviceCertificate(authority, "digital-signature", clientSigning, clientTitle),
  ];
  const initial: Partial<KeyRing> = {
    keys: keysOf(suite),
    keyPairs: { "digital-signature": serverSigning, "key-agreement": serverAgreement },
    certificates,
  };
  const setup = securitySetup({ suite, initial, trustAnchors: [authority.certificate], ...options });
  setup.clientSystemTitle = clientTitle;
  return { setup, authority, serverSigning, clientSigning, curve };
}

/** What an operation was refused for. */
export function refusalIn(outcome: object): string | undefined {
  return "refused" in outcome ? String(outcome.refused) : undefined;
}
