import { expect } from "chai";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { keyAgreementData, SecuritySetupV0, SecuritySetupV1 } from "../../../src/cosem-objects/classes/security-setup.ts";
import type { CosemObject } from "../../../src/cosem-objects/object.ts";
import { type NegotiatedContext, supportedFor } from "../../../src/dlms/association/negotiation.ts";
import { octetString } from "../../../src/dlms/axdr/data-schemas.ts";
import type { Schema } from "../../../src/dlms/axdr/schema.ts";
import { Certificate } from "../../../src/dlms/security/certificate.ts";
import { parseCertificateRequest } from "../../../src/dlms/security/certificate-request.ts";
import { openEphemeralKey, signEphemeralKey } from "../../../src/dlms/security/key-agreement.ts";
import { wrapKey } from "../../../src/dlms/security/key-wrap.ts";
import { securityObjects } from "../../../src/virtual-meter/mapping/security.ts";
import type { SecuritySetup } from "../../../src/virtual-meter/security/security-setup.ts";
import { always, deviceCertificate, newKey, root } from "../../dlms/security/certificate-samples.ts";
import { certifiedSetup, effectiveKey, FailingStore, keyOf, keysOf, securitySetup, serverTitle } from "../security/samples.ts";

const association: NegotiatedContext = {
  clientSap: 1,
  serverSap: 1,
  applicationContext: "logical-name-ciphered",
  referencing: "logical-name",
  mechanism: "hls-gmac",
  conformance: supportedFor("logical-name"),
  clientMaxReceivePduSize: 0xffff,
  serverMaxReceivePduSize: 0xffff,
};

const objectOf = (setup: SecuritySetup) => securityObjects([setup])[0] as CosemObject;

/** The octets of an attribute. */
function read(setup: SecuritySetup, attributeId: number): string {
  const writer = new ByteWriter(64);
  const result = objectOf(setup).read(attributeId, writer, undefined, { association });
  return result === "success" ? toHex(writer.finish()) : String(result);
}

/** The result of a method, and the octets that it returns. */
function invoke(setup: SecuritySetup, methodId: number, parameter: string): readonly [result: unknown, returned: string] {
  const writer = new ByteWriter(64);
  const result = objectOf(setup).invoke(methodId, fromHex(parameter), writer, { association });
  return [result, toHex(writer.finish())];
}

function encode<T>(schema: Schema<T>, value: T): string {
  const writer = new ByteWriter(64);
  schema.write(writer, value);
  return toHex(writer.finish());
}

const octets = (value: Uint8Array) => encode(octetString, value);
const contentOf = (hex: string) => octetString.read(new ByteReader(fromHex(hex)));

/** Array of one structure of key_id and wrapped key. */
const transfer = (keyId: number, wrapped: Uint8Array) =>
  `01010202${toHex(Uint8Array.of(0x16, keyId, 0x09, wrapped.length))}${toHex(wrapped)}`;

describe("A security setup as an object", () => {
  it("has the class and version of its setup, under its name", () => {
    const objects = securityObjects([securitySetup({ version: 0 }), securitySetup({ logicalName: "0.0.43.0.5.255" })]);
    expect(objects.map(({ cosemClass, logicalName }) => [cosemClass, logicalName])).to.deep.equal([
      [SecuritySetupV0, "0.0.43.0.4.255"],
      [SecuritySetupV1, "0.0.43.0.5.255"],
    ]);
  });

  for (const version of [0, 1] as const)
    it(`shows policy, suite and system titles in version ${version}`, () => {
      const setup = securitySetup({ version });
      expect([1, 2, 3, 4, 5].map((id) => read(setup, id))).to.deep.equal([
        "090600002B0004FF",
        "1600",
        "1600",
        "0900",
        "09084D4D4D0000000001",
      ]);
      setup.clientSystemTitle = fromHex("4D4D4D0000BC614E");
      expect(read(setup, 4)).to.equal("09084D4D4D0000BC614E");
    });

  it("cannot be written, and gives no key away", () => {
    for (const version of [0, 1] as const) {
      const setup = securitySetup({ version });
      for (const id of [2, 3, 4, 5]) expect(objectOf(setup).write(id, fromHex("1600"), { association })).to.equal("read-write-denied");
      for (let id = 0; id < 256; id++) expect(read(setup, id)).to.not.match(/(E1){8}|(E2){8}|(E3){8}|(E4){8}/);
    }
  });

  const policiesV0 = [
    ["1601", 0x24, "1601"],
    ["1602", 0x48, "1602"],
    ["1603", 0x6c, "1603"],
  ] as const;
  for (const [parameter, policy, shown] of policiesV0)
    it(`of version 0 takes policy ${parameter} for both directions`, () => {
      const setup = securitySetup({ version: 0 });
      expect(invoke(setup, 1, parameter)).to.deep.equal(["success", ""]);
      expect([setup.latest.policy, read(setup, 2)]).to.deep.equal([policy, shown]);
    });

  const downgrades = [
    [0, "1603", "1600"],
    [0, "1603", "1601"],
    [0, "1601", "1602"],
    [1, "166C", "1600"],
    [1, "166C", "160C"],
    [1, "1624", "1648"],
  ] as const;
  for (const [version, first, second] of downgrades)
    it(`of version ${version} answers that ${second} after ${first} is not allowed`, () => {
      const setup = securitySetup({ version });
      expect(invoke(setup, 1, first)[0]).to.equal("success");
      const before = read(setup, 2);
      expect([invoke(setup, 1, second)[0], read(setup, 2), invoke(setup, 1, first)[0]]).to.deep.equal([
        "read-write-denied",
        before,
        "success",
      ]);
    });

  it("refuses policies that there are not, and types that are none", () => {
    expect([invoke(securitySetup({ version: 0 }), 1, "1604"), invoke(securitySetup(), 1, "1601")]).to.deep.equal([
      ["other-reason", ""],
      ["other-reason", ""],
    ]);
    for (const version of [0, 1] as const)
      for (const parameter of ["1106", "00", "16", "160303"])
        expect(invoke(securitySetup({ version }), 1, parameter)[0]).to.equal("type-unmatched");
  });

  for (const version of [0, 1] as const)
    it(`installs a wrapped key from version ${version} once the answer is out`, () => {
      const setup = securitySetup({ version });
      const wrapped = wrapKey(keysOf(0).master, keyOf(0, 0x55));
      expect(invoke(setup, 2, transfer(0, wrapped))).to.deep.equal(["success", ""]);
      expect(effectiveKey(setup, "global-unicast")).to.equal("E1".repeat(16));
      expect(setup.commit()).to.deep.equal(["global-unicast"]);
      expect(effectiveKey(setup, "global-unicast")).to.equal("55".repeat(16));
    });

  const transfers = [
    ["a wrap under another key", transfer(0, wrapKey(keyOf(0, 0x77), keyOf(0, 1))), "other-reason"],
    ["a wrap of another length", transfer(0, new Uint8Array(23)), "type-unmatched"],
    ["a key that there is not", transfer(4, wrapKey(keysOf(0).master, keyOf(0, 1))), "other-reason"],
    ["an empty list", "0100", "other-reason"],
    ["a list of something else", "010116 00", "type-unmatched"],
    ["a list longer than its octets", "018400FFFFFF", "type-unmatched"],
  ] as const;
  for (const [what, parameter, result] of transfers)
    it(`answers ${what} with ${result}, and keeps its keys`, () => {
      const setup = securitySetup();
      expect([invoke(setup, 2, parameter)[0], setup.pending]).to.deep.equal([result, false]);
    });

  it("answers what cannot be stored as a fault of its own", () => {
    const store = new FailingStore();
    const setup = securitySetup({ store });
    store.failing = true;
    expect([invoke(setup, 1, "1624")[0], setup.pending]).to.deep.equal(["hardware-fault", false]);
  });

  it("agrees on keys, and returns what the client needs for them", () => {
    const { setup, clientSigning, serverSigning } = certifiedSetup();
    const keyData = signEphemeralKey(clientSigning, newKey().publicKey, 2);
    const [result, returned] = invoke(setup, 3, encode(keyAgreementData, [{ keyId: "authentication", keyData }]));
    expect(result).to.equal("success");
    const [answer] = keyAgreementData.read(new ByteReader(fromHex(returned)));
    expect(answer?.keyId).to.equal("authentication");
    expect(openEphemeralKey(serverSigning.publicKey, answer?.keyData ?? new Uint8Array(), 2).curve).to.equal("P-256");
    expect(invoke(setup, 3, encode(keyAgreementData, [{ keyId: "master", keyData }]))).to.deep.equal(["other-reason", ""]);
  });

  it("makes a key pair, asks for its certificate, takes it, gives it and removes it", () => {
    const authority = root();
    const setup = securitySetup({ suite: 1, trustAnchors: [authority.certificate] });
    expect(invoke(setup, 4, "1600")).to.deep.equal(["success", ""]);
    const [result, csr] = invoke(setup, 5, "1600");
    expect(result).to.equal("success");
    const { publicKey } = parseCertificateRequest(contentOf(csr));
    const certificate = authority.issue({ systemTitle: serverTitle, publicKey, purpose: "digital-signature", ...always });
    expect(invoke(setup, 6, octets(certificate.octets))).to.deep.equal(["success", ""]);
    const byEntity = `020216000203160016 00${octets(serverTitle)}`;
    const { serialNumber, issuer } = certificate.fields;
    const bySerialNumber = `020216010202${octets(serialNumber)}${octets(issuer)}`;
    for (const identification of [byEntity, bySerialNumber]) {
      const [exported, returned] = invoke(setup, 7, identification);
      expect(exported).to.equal("success");
      expect(Certificate.parse(contentOf(returned)).equals(certificate)).to.equal(true);
    }
    const list = SecuritySetupV1.attributes.certificates.schema.read(new ByteReader(fromHex(read(setup, 6))));
    expect(list.map(({ certificateEntity }) => certificateEntity)).to.deep.equal(["authority", "server"]);
    expect([toHex(list[1]?.serialNumber ?? issuer), toHex(list[1]?.issuer ?? serialNumber)]).to.deep.equal([
      toHex(serialNumber),
      toHex(issuer),
    ]);
    expect(invoke(setup, 8, bySerialNumber)).to.deep.equal(["success", ""]);
    expect([invoke(setup, 8, byEntity)[0], invoke(setup, 7, byEntity)[0], invoke(setup, 5, "1600")[0]]).to.deep.equal([
      "other-reason",
      "other-reason",
      "other-reason",
    ]);
  });

  it("answers certificates by what is wrong with them", () => {
    const { setup, authority } = certifiedSetup();
    const importing = (certificate: Uint8Array) => invoke(setup, 6, octets(certificate))[0];
    expect(importing(fromHex("3000"))).to.equal("type-unmatched");
    expect(importing(deviceCertificate(root()).octets)).to.equal("other-reason");
    expect(importing(authority.certificate.octets)).to.equal("read-write-denied");
    expect(importing(deviceCertificate(authority, "digital-signature", newKey(), serverTitle).octets)).to.equal("other-reason");
    const { serialNumber, issuer } = authority.certificate.fields;
    expect(invoke(setup, 8, `020216010202${octets(serialNumber)}${octets(issuer)}`)[0]).to.equal("read-write-denied");
    expect(invoke(setup, 8, "02021602020209000900")[0]).to.equal("type-unmatched");
  });

  it("has no methods of public keys in suite 0", () => {
    const setup = securitySetup();
    const parameters = { 3: "0100", 4: "1600", 5: "1600", 6: "0900", 7: "02021601020209000900", 8: "02021601020209000900" };
    for (const [id, parameter] of Object.entries(parameters))
      expect(invoke(setup, Number(id), parameter)[0]).to.equal("object-unavailable");
  });
});
