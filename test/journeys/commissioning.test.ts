import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import type { AssociationOptions } from "../../src/client/connect.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { AssociationSn } from "../../src/cosem-objects/classes/association-sn.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { keyIds, SecuritySetupV1 } from "../../src/cosem-objects/classes/security-setup.ts";
import { bitsOfProtection } from "../../src/cosem-objects/required-protection.ts";
import { parseCertificateRequest } from "../../src/dlms/security/certificate-request.ts";
import { agreeKey, openEphemeralKey, signEphemeralKey } from "../../src/dlms/security/key-agreement.ts";
import { wrapKey } from "../../src/dlms/security/key-wrap.ts";
import { PrivateKey } from "../../src/dlms/security/private-key.ts";
import { SecretKey } from "../../src/dlms/security/secret-key.ts";
import { secureRandom } from "../../src/dlms/security/secure-random.ts";
import { type SecuritySuite, securitySuites } from "../../src/dlms/security/suite.ts";
import { ActionError, DlmsError } from "../../src/errors.ts";
import { clientTitle, keys, serverTitle } from "../dlms/association/secure-pair.ts";
import { always, deviceCertificate, newKey, root } from "../dlms/security/certificate-samples.ts";
import { inMemory } from "../support/in-memory.ts";
import { asClient, factoryKeys, SecuredMeter } from "../support/secured-meter.ts";

const ownSetup = "0.0.43.0.4.255";
const serial = { classId: 1, logicalName: "0.0.96.1.0.255", attribute: 2 } as const;

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "nothing";
  } catch (error) {
    if (error instanceof DlmsError) return error.code;
    throw error;
  }
}

describe("Commissioning over an association", function () {
  this.timeout(20_000);
  const world = inMemory();
  const connect = (target: SecuredMeter, options: AssociationOptions) => world.connect(target.server, "wrapper", options);
  const setupOf = async (client: DlmsClient) => world.settle(client.get(SecuritySetupV1, ownSetup, "securityPolicy"));

  for (const suite of [0, 1, 2] as const satisfies readonly SecuritySuite[])
    describe(`in suite ${suite}`, () => {
      const fresh = () => SecretKey.from(secureRandom(securitySuites[suite].keyLength));
      const transfer = (client: DlmsClient, name: keyof typeof keyIds, key: SecretKey) =>
        world.settle(
          client.invoke(SecuritySetupV1, ownSetup, "keyTransfer", [{ keyId: name, keyWrapped: wrapKey(keys.other(suite), key) }]),
        );

      it("replaces the encryption key: the answer under the old one, everything behind under the new one", async () => {
        const meter = new SecuredMeter({ suite });
        const client = await connect(meter, asClient("management", suite));
        const next = fresh();
        await transfer(client, "global-unicast", next);
        expect(await codeOf(world.settle(client.getRaw(serial))), "under the old key").to.not.equal("nothing");
        const again = await connect(meter, asClient("management", suite, next));
        expect(await world.settle(again.getRaw(serial))).to.have.length.greaterThan(2);
        expect(await codeOf(connect(meter, asClient("management", suite))), "with the old key").to.not.equal("nothing");
        // The setups of the other roles are their own.
        const technician = await connect(meter, asClient("technician", suite));
        expect(await world.settle(technician.getRaw(serial))).to.have.length.greaterThan(2);
      });

      it("keeps the new keys over a restart", async () => {
        const before = new SecuredMeter({ suite });
        const [encryption, authentication] = [fresh(), fresh()];
        const client = await connect(before, asClient("management", suite));
        await world.settle(
          client.invoke(SecuritySetupV1, ownSetup, "keyTransfer", [
            { keyId: "global-unicast", keyWrapped: wrapKey(keys.other(suite), encryption) },
            { keyId: "authentication", keyWrapped: wrapKey(keys.other(suite), authentication) },
          ]),
        );
        const after = new SecuredMeter({ suite, store: before.store });
        expect(await codeOf(connect(after, asClient("management", suite)))).to.not.equal("nothing");
        const again = await connect(after, asClient("management", suite, encryption, authentication));
        expect(await world.settle(again.getRaw(serial))).to.have.length.greaterThan(2);
      });

      it("goes on as before where a key cannot be unwrapped", async () => {
        const meter = new SecuredMeter({ suite });
        const client = await connect(meter, asClient("management", suite));
        const wrong = wrapKey(keys.broadcast(suite), fresh());
        const refused = client.invoke(SecuritySetupV1, ownSetup, "keyTransfer", [{ keyId: "global-unicast", keyWrapped: wrong }]);
        expect(await codeOf(world.settle(refused))).to.equal("other-reason");
        expect(await world.settle(client.getRaw(serial))).to.have.length.greaterThan(2);
      });

      it("strengthens the policy, which holds for every APDU behind, and never weakens it", async () => {
        const authenticated = { authenticated: true, encrypted: false, signed: false };
        const meter = new SecuredMeter({ suite, ring: { policy: bitsOfProtection({ request: authenticated, response: authenticated }) } });
        const options = asClient("management", suite);
        const security = { ...options.security, policy: { authenticated: true, encrypted: false } } as NonNullable<typeof options.security>;
        const lean = await connect(meter, { ...options, security });
        expect(await setupOf(lean)).to.equal(0x24);
        await world.settle(lean.invoke(SecuritySetupV1, ownSetup, "securityActivate", 0x6c));
        expect(await codeOf(world.settle(lean.getRaw(serial)))).to.equal("exception-response");
        const full = await connect(meter, asClient("management", suite));
        expect(await setupOf(full)).to.equal(0x6c);
        const weaker = full.invoke(SecuritySetupV1, ownSetup, "securityActivate", 0x24);
        expect(await codeOf(world.settle(weaker))).to.equal("read-write-denied");
      });

      it("is done by short names too", async () => {
        const meter = new SecuredMeter({ suite });
        const byShortNames = { ...asClient("management", suite), referencing: "short-name" as const };
        const client = await connect(meter, byShortNames);
        expect(await world.settle(client.get(AssociationSn, "0.0.40.0.0.255", "securitySetupReference"))).to.equal(ownSetup);
        const next = fresh();
        await transfer(client, "global-unicast", next);
        expect(await codeOf(connect(meter, byShortNames)), "with the old key").to.not.equal("nothing");
        const again = await connect(meter, { ...asClient("management", suite, next), referencing: "short-name" });
        expect(await world.settle(again.get(SecuritySetupV1, ownSetup, "securitySuite"))).to.equal(suite);
      });

      it("is done by management for another role, whose old key is refused at once", async () => {
        const meter = new SecuredMeter({ suite });
        const standing = await connect(meter, asClient("technician", suite));
        const client = await connect(meter, asClient("management", suite));
        const next = fresh();
        const keyWrapped = wrapKey(keys.other(suite), next);
        await world.settle(client.invoke(SecuritySetupV1, "0.0.43.0.3.255", "keyTransfer", [{ keyId: "global-unicast", keyWrapped }]));
        expect(await codeOf(world.settle(standing.getRaw(serial))), "in the association that stands").to.not.equal("nothing");
        expect(await codeOf(connect(meter, asClient("technician", suite))), "in another").to.not.equal("nothing");
        const technician = await connect(meter, asClient("technician", suite, next));
        expect(await world.settle(technician.getRaw(serial))).to.have.length.greaterThan(2);
        expect(await world.settle(client.getRaw(serial)), "management goes on").to.have.length.greaterThan(2);
      });

      it("is for management alone", async () => {
        const meter = new SecuredMeter({ suite });
        const technician = await connect(meter, asClient("technician", suite));
        const attempt = technician.invoke(SecuritySetupV1, "0.0.43.0.3.255", "keyTransfer", [
          { keyId: "global-unicast", keyWrapped: wrapKey(keys.other(suite), fresh()) },
        ]);
        const error = await world.settle(
          attempt.then(
            () => undefined,
            (reason: unknown) => reason,
          ),
        );
        expect(error).to.be.instanceOf(ActionError);
      });
    });

  for (const suite of [1, 2] as const)
    describe(`with public keys of suite ${suite}`, () => {
      const { curve } = securitySuites[suite];
      const authority = root(curve);
      const clientSigning = newKey(curve);
      const serverSigning = newKey(curve);
      const ring = {
        keys: factoryKeys(suite),
        keyPairs: { "digital-signature": serverSigning },
        certificates: [
          deviceCertificate(authority, "digital-signature", serverSigning, serverTitle),
          deviceCertificate(authority, "digital-signature", clientSigning, clientTitle),
        ],
      };
      const certified = (mechanism: "gmac" | "ecdsa") =>
        new SecuredMeter({ suite, mechanism, ring: { ...ring, policy: 0x6c }, trustAnchors: [authority.certificate] });
      const withSignatures = (signingKey: PrivateKey): AssociationOptions => ({
        ...asClient("management", suite),
        authentication: {
          mechanism: "hls",
          credentials: { mechanism: "hls-ecdsa", signingKey, verificationKey: serverSigning.publicKey },
          systemTitle: clientTitle,
          random: secureRandom,
        },
      });

      it("opens an association by signatures (HLS 7), and none for another key", async () => {
        const meter = certified("ecdsa");
        const client = await connect(meter, withSignatures(clientSigning));
        expect(client.context.mechanism).to.equal("hls-ecdsa");
        expect(await world.settle(client.get(Data, "0.0.96.1.0.255", "value"))).to.have.property("type", "octet-string");
        expect(toHex(await world.settle(client.get(SecuritySetupV1, ownSetup, "clientSystemTitle")))).to.equal(toHex(clientTitle));
        expect(await codeOf(connect(meter, withSignatures(newKey(curve))))).to.equal("authentication-failed");
      });

      it("agrees on a key that both sides then use", async () => {
        const meter = certified("gmac");
        const client = await connect(meter, asClient("management", suite));
        const ephemeral = PrivateKey.generate(curve, secureRandom);
        const [answer] = await world.settle(
          client.invoke(SecuritySetupV1, ownSetup, "keyAgreement", [
            { keyId: "global-unicast", keyData: signEphemeralKey(clientSigning, ephemeral.publicKey, keyIds["global-unicast"]) },
          ]),
        );
        const agreed = agreeKey({
          scheme: "2e0s",
          suite,
          systemTitleU: clientTitle,
          systemTitleV: serverTitle,
          privateKey: ephemeral,
          publicKey: openEphemeralKey(serverSigning.publicKey, answer?.keyData ?? new Uint8Array(), keyIds["global-unicast"]),
          purpose: "aes-gcm",
        });
        const again = await connect(meter, asClient("management", suite, agreed));
        expect(await world.settle(again.getRaw(serial))).to.have.length.greaterThan(2);
      });

      it("takes a new key pair from request to certificate, and signs with it", async () => {
        const meter = certified("ecdsa");
        const client = await connect(meter, withSignatures(clientSigning));
        await world.settle(client.invoke(SecuritySetupV1, ownSetup, "generateKeyPair", "digital-signature"));
        const request = parseCertificateRequest(
          await world.settle(client.invoke(SecuritySetupV1, ownSetup, "generateCertificateRequest", "digital-signature")),
        );
        const certificate = authority.issue({
          systemTitle: serverTitle,
          publicKey: request.publicKey,
          purpose: "digital-signature",
          ...always,
        });
        await world.settle(client.invoke(SecuritySetupV1, ownSetup, "importCertificate", certificate.octets));
        const identification = {
          by: "entity" as const,
          options: { certificateEntity: "server" as const, certificateType: "digital-signature" as const, systemTitle: serverTitle },
        };
        const exported = await world.settle(client.invoke(SecuritySetupV1, ownSetup, "exportCertificate", identification));
        expect(toHex(exported)).to.equal(toHex(certificate.octets));
        const options = withSignatures(clientSigning);
        const renewed: AssociationOptions = {
          ...options,
          authentication: {
            mechanism: "hls",
            credentials: { mechanism: "hls-ecdsa", signingKey: clientSigning, verificationKey: request.publicKey },
            systemTitle: clientTitle,
            random: secureRandom,
          },
        };
        expect((await connect(meter, renewed)).context.mechanism).to.equal("hls-ecdsa");
        expect(await codeOf(connect(meter, options)), "with the old public key").to.equal("authentication-failed");
      });
    });
});
