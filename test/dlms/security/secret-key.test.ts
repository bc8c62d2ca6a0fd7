import { readdirSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { protect, unprotect } from "../../../src/dlms/security/apdu-cipher.ts";
import { protectGeneral } from "../../../src/dlms/security/general-ciphering.ts";
import { respond, verify } from "../../../src/dlms/security/hls.ts";
import { unwrapKey, wrapKey } from "../../../src/dlms/security/key-wrap.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { SecretBytes } from "../../../src/dlms/security/secret-bytes.ts";
import { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import { securityControl } from "../../../src/dlms/security/security-control.ts";
import { client, getRequest, refusalOf, server } from "./samples.ts";

/** Material that no output may contain by chance. */
const material = fromHex("A1B7C3D9E5F1A8B2C4D6E8F0B1C3D5E7");
const scalar = Uint8Array.of(...material, ...material);
const spellings = [
  toHex(material.subarray(0, 6)),
  toHex(material.subarray(0, 6)).toLowerCase(),
  toHex(material.subarray(0, 4), " ").toLowerCase(),
  Array.from(material.subarray(0, 4)).join(","),
  Array.from(material.subarray(0, 4)).join(", "),
  Buffer.from(material.subarray(0, 6)).toString("base64"),
  Buffer.from(material.subarray(0, 6)).toString("latin1"),
  Buffer.from(material).toString("base64url").slice(0, 8),
];

const key = SecretKey.from(material);
const secret = SecretBytes.from(material);
const privateKey = PrivateKey.from(scalar);

const header = {
  transactionId: Uint8Array.of(1),
  originatorSystemTitle: server,
  recipientSystemTitle: client,
  dateTime: new Uint8Array(),
  otherInformation: new Uint8Array(),
};
const exchange = {
  sentChallenge: new Uint8Array(8),
  receivedChallenge: new Uint8Array(8).fill(1),
  systemTitle: server,
  peerSystemTitle: client,
};

const holders: Readonly<Record<string, object>> = {
  "a secret key": key,
  "secret octets": secret,
  "a private key": privateKey,
  "cipher options": { key, authenticationKey: key, systemTitle: server },
  "GMAC credentials": { mechanism: "hls-gmac", suite: 0, key, authenticationKey: key },
  "digest credentials": { mechanism: "hls-sha256", secret },
  "ECDSA credentials": {
    mechanism: "hls-ecdsa",
    signingKey: privateKey,
    verificationKey: PrivateKey.from(Uint8Array.of(...scalar).reverse()).publicKey,
  },
  "general-ciphering options": { header, key: { type: "wrapped", masterKey: key, key }, authenticationKey: key },
  "recipient keys": { systemTitle: client, authenticationKey: key, masterKey: key, presentKey: key, agreementKey: privateKey },
  "a map of keys": new Map([["guek", key]]),
  "a set of keys": new Set([key, secret, privateKey]),
};

/** Every text that a program makes of a value without meaning to reveal it. */
function textsOf(value: object): string[] {
  const clone = () => {
    try {
      return structuredClone(value);
    } catch (error) {
      return `${error}`;
    }
  };
  return [
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    inspect(value, { customInspect: false, depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    String(value),
    `${value}`,
    inspect(Object.getOwnPropertyDescriptors(value), { depth: 5 }),
    Object.entries(value).join(),
    inspect(clone(), { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    JSON.stringify(clone()),
  ];
}

describe("Secrets", () => {
  for (const [what, holder] of Object.entries(holders)) {
    it(`are in no text that can be made of ${what}`, () => {
      for (const text of textsOf(holder)) {
        for (const spelling of spellings) expect(text).to.not.include(spelling);
      }
    });
  }

  it("are found by this test where they are not hidden", () => {
    const found = textsOf({ material, buffer: Buffer.from(material) }).filter((text) =>
      spellings.some((spelling) => text.includes(spelling)),
    );
    expect(found).to.have.lengthOf.at.least(5);
  });

  it("are in no error message", () => {
    const options = { key, authenticationKey: key, systemTitle: server };
    const general = { header, key: { type: "wrapped", masterKey: key, key: SecretKey.from(scalar) }, authenticationKey: key } as const;
    const faults: readonly (() => unknown)[] = [
      () => SecretKey.from(material.subarray(1)),
      () => PrivateKey.from(material),
      () => PrivateKey.fromPkcs8(scalar),
      () => PrivateKey.from(new Uint8Array(32).fill(0xff)),
      () => unprotect(options, client, protect(options, securityControl(0, "both"), 1, getRequest)),
      () => protect(options, securityControl(2, "both"), 1, getRequest),
      () => protectGeneral(general, securityControl(0, "both"), 1, getRequest),
      () => unwrapKey(key, wrapKey(key, key).reverse()),
      () => respond({ mechanism: "hls-gmac", suite: 0, key, authenticationKey: key }, exchange),
      () => verify({ mechanism: "hls-md5", secret }, exchange, new Uint8Array(16)),
    ];
    for (const fault of faults) {
      let caught: unknown;
      try {
        fault();
      } catch (error) {
        caught = error;
      }
      expect(caught).to.be.instanceOf(Error);
      const text = [inspect(caught, { depth: 10, showHidden: true }), (caught as Error).stack, JSON.stringify(caught)].join();
      for (const spelling of spellings) expect(text).to.not.include(spelling);
    }
  });

  it("say what they are, and passwords not even how long they are", () => {
    expect(`${key} ${SecretKey.from(scalar)} ${secret} ${privateKey}`).to.equal(
      "SecretKey(16) SecretKey(32) SecretBytes PrivateKey(P-256)",
    );
    expect(JSON.stringify({ key, secret })).to.equal('{"key":"SecretKey(16)","secret":"SecretBytes"}');
    expect(inspect({ key })).to.equal("{ key: SecretKey(16) }");
  });

  it("are copies of what they were made from, and give copies out", () => {
    const octets = material.slice();
    const copied = SecretKey.from(octets);
    octets.fill(0);
    expect(copied.equals(key)).to.equal(true);
    copied.exposeSecret().fill(0);
    expect(toHex(copied.exposeSecret())).to.equal(toHex(material));
  });

  it("are equal when their octets are", () => {
    expect(key.equals(SecretKey.from(material))).to.equal(true);
    expect(key.equals(secret)).to.equal(true);
    expect(key.equals(SecretKey.from(material.slice().reverse()))).to.equal(false);
    expect(secret.equals(SecretBytes.from(material.subarray(1)))).to.equal(false);
    expect(SecretBytes.from(new Uint8Array()).equals(SecretBytes.from(new Uint8Array()))).to.equal(true);
  });

  it("are keys with sixteen or thirty-two octets only", () => {
    for (let length = 0; length <= 40; length++) {
      const refused = refusalOf(() => SecretKey.from(new Uint8Array(length)));
      expect(refused, `${length} octets`).to.equal(length === 16 || length === 32 ? undefined : "bad-length");
    }
  });

  it("are reached by no file outside their folder", () => {
    const sources = new URL("../../../src/", import.meta.url);
    const importers = readdirSync(sources, { recursive: true, encoding: "utf8" })
      .filter(
        (path) => path.endsWith(".ts") && readFileSync(new URL(path.replaceAll("\\", "/"), sources), "utf8").includes("key-object.ts"),
      )
      .map((path) => path.replaceAll("\\", "/").replace(/[^/]*$/, ""));
    expect([...new Set(importers)]).to.deep.equal(["dlms/security/"]);
  });
});
