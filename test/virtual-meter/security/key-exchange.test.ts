import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { SetupKey } from "../../../src/cosem-objects/classes/security-setup.ts";
import { agreeKey, openEphemeralKey, signEphemeralKey } from "../../../src/dlms/security/key-agreement.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../../src/dlms/security/public-key.ts";
import type { PublicKeySuite } from "../../../src/dlms/security/suite.ts";
import { agreeKeys, type KeyDerivation } from "../../../src/virtual-meter/security/key-exchange.ts";
import { newKey } from "../../dlms/security/certificate-samples.ts";
import { vector } from "../../dlms/security/samples.ts";
import { certifiedSetup, clientTitle, effectiveKey, refusalIn, serverTitle } from "./samples.ts";

const keyIdOf = { "global-unicast": 0, "global-broadcast": 1, authentication: 2, master: 3 } as const;

/** The octets that the client of the vectors sends: its ephemeral public key and the signature of key_id and key. */
const clientData = Uint8Array.of(...vector("ka-2e0s-guek").key("epk_c"), ...vector("ka-2e0s-client-signature").bytes);

/** The server of Table C.1 of the Green Book: its ephemeral key is drawn as it is printed. */
function serverOfTableC1(derivation: KeyDerivation = {}) {
  const { key } = vector("ka-2e0s-guek");
  return agreeKeys([{ keyId: "global-unicast", data: clientData }], {
    suite: 1,
    clientSystemTitle: fromHex("4D4D4D0000BC614E"),
    serverSystemTitle: fromHex("4D4D4D0000000001"),
    verificationKey: PublicKey.from(vector("ka-2e0s-client-signature").key("sign_pk_c")),
    signingKey: PrivateKey.from(vector("ka-1e1s-server-epk-signature").key("sign_pk_s").subarray(0, 32)),
    random: () => key("esk_s"),
    ...derivation,
  });
}

describe("Key agreement of a security setup", () => {
  it("gives the key of Green Book Table C.1", () => {
    const outcome = serverOfTableC1();
    expect("value" in outcome).to.equal(true);
    if (!("value" in outcome)) return;
    expect(toHex(outcome.value.keys["global-unicast"]?.exposeSecret() ?? new Uint8Array())).to.equal(toHex(vector("ka-2e0s-guek").bytes));
    const [answer] = outcome.value.answers;
    expect([answer?.keyId, toHex(answer?.keyData.subarray(0, 64) ?? new Uint8Array())]).to.deep.equal([
      "global-unicast",
      toHex(vector("ka-2e0s-guek").key("epk_s")),
    ]);
  });

  it("gives the key of edition 8 with its identifier", () => {
    const outcome = serverOfTableC1({ legacyAlgorithmId: true });
    expect("value" in outcome && toHex(outcome.value.keys["global-unicast"]?.exposeSecret() ?? new Uint8Array())).to.equal(
      toHex(vector("ka-2e0s-guek").result("legacy_ed8_key")),
    );
  });

  /** What a client does: agrees on the keys it names, and tells those it arrives at. */
  function client(suite: PublicKeySuite, derivation: KeyDerivation = {}) {
    const { setup, clientSigning, serverSigning, curve } = certifiedSetup({ suite, ...derivation });
    const names = ["global-unicast", "global-broadcast", "authentication", "master"] as const satisfies readonly SetupKey[];
    const ephemeral = names.map(() => newKey(curve));
    const items = names.map((keyId, index) => ({
      keyId,
      data: signEphemeralKey(clientSigning, (ephemeral[index] ?? newKey()).publicKey, keyIdOf[keyId]),
    }));
    const outcome = setup.agreeKeys(items);
    const answers = "value" in outcome ? outcome.value : [];
    const agreed = answers.map(({ keyId, keyData }, index) => {
      const purpose = keyId === "master" ? (derivation.masterKeyPurpose ?? "aes-wrap") : "aes-gcm";
      return agreeKey({
        scheme: "2e0s",
        suite,
        systemTitleU: clientTitle,
        systemTitleV: serverTitle,
        privateKey: ephemeral[index] ?? newKey(curve),
        publicKey: openEphemeralKey(serverSigning.publicKey, keyData, keyIdOf[keyId]),
        purpose,
        legacyAlgorithmId: derivation.legacyAlgorithmId ?? false,
      });
    });
    return { setup, names, answers, agreed: agreed.map((key) => toHex(key.exposeSecret())) };
  }

  for (const suite of [1, 2] as const)
    for (const derivation of [{}, { legacyAlgorithmId: true }, { masterKeyPurpose: "aes-gcm" }] as const)
      it(`leads both sides to the same keys of suite ${suite} (${JSON.stringify(derivation)})`, () => {
        const { setup, names, answers, agreed } = client(suite, derivation);
        expect(answers.map(({ keyId }) => keyId)).to.deep.equal(names);
        expect(effectiveKey(setup, "global-unicast")).to.not.equal(agreed[0]);
        expect(setup.commit()).to.deep.equal(["global-unicast", "global-broadcast"]);
        expect(names.map((name) => effectiveKey(setup, name))).to.deep.equal(agreed);
        expect(new Set(agreed).size).to.equal(4);
      });

  const { setup, clientSigning, serverSigning } = certifiedSetup();
  const good = { keyId: "global-unicast", data: signEphemeralKey(clientSigning, newKey().publicKey, 0) } as const;
  const refusals = [
    ["a signature for another key id", [{ ...good, keyId: "authentication" }], "wrong-signature"],
    [
      "the signature of somebody else",
      [{ keyId: "master", data: signEphemeralKey(serverSigning, newKey().publicKey, 3) }],
      "wrong-signature",
    ],
    ["a signature without key id", [{ ...good, data: signEphemeralKey(clientSigning, newKey().publicKey) }], "wrong-signature"],
    ["no signature", [{ ...good, data: good.data.subarray(0, 64) }], "wrong-signature"],
    ["too few octets", [{ ...good, data: good.data.subarray(0, 63) }], "malformed"],
    ["a point beside the curve", [{ ...good, data: offCurve() }], "malformed"],
    ["a good one and a wrong one", [good, { ...good, keyId: "authentication" }], "wrong-signature"],
    ["a key that there is not", [good, { ...good, keyId: 7 }], "no-such-key"],
    ["a key twice", [good, good], "key-list"],
    ["no key", [], "key-list"],
  ] as const;
  for (const [what, items, refusal] of refusals)
    it(`installs nothing for ${what}`, () => {
      expect(refusalIn(setup.agreeKeys(items))).to.equal(refusal);
      expect(setup.pending).to.equal(false);
    });

  /** A point that is on no curve, with a signature that is right. */
  function offCurve(): Uint8Array {
    const point = { octets: new Uint8Array(64).fill(5) } as PublicKey;
    return signEphemeralKey(clientSigning, point, 0);
  }

  it("takes nobody without a certificate, and does nothing without a key pair", () => {
    const known = certifiedSetup().setup;
    known.clientSystemTitle = undefined;
    expect(refusalIn(known.agreeKeys([good]))).to.equal("no-certificate");
    known.clientSystemTitle = serverTitle.map((octet) => octet ^ 1);
    expect(refusalIn(known.agreeKeys([good]))).to.equal("no-certificate");
    const without = certifiedSetup().setup;
    without.removeCertificate({
      by: "entity",
      options: { certificateEntity: "server", certificateType: "digital-signature", systemTitle: serverTitle },
    });
    without.commit();
    expect(refusalIn(without.agreeKeys([good]))).to.equal("no-key-pair");
  });
});
