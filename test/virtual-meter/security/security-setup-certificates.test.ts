import { expect } from "chai";
import { toHex } from "../../../src/bytes/hex.ts";
import { parseCertificateRequest } from "../../../src/dlms/security/certificate-request.ts";
import { type PublicKeySuite, securitySuites } from "../../../src/dlms/security/suite.ts";
import { MemoryKeyStore } from "../../../src/virtual-meter/security/key-store.ts";
import { always, deviceCertificate, newKey, oneYear, root } from "../../dlms/security/certificate-samples.ts";
import { certifiedSetup, clientTitle, refusalIn, securitySetup, serverTitle } from "./samples.ts";

describe("Certificates of a security setup", () => {
  const byEntity = (
    certificateEntity: number | "server" | "client" | "authority",
    certificateType: "digital-signature" | "key-agreement" | "tls" | "other",
    systemTitle: Uint8Array,
  ) => ({ by: "entity", options: { certificateEntity: certificateEntity as "server", certificateType, systemTitle } }) as const;

  for (const suite of [1, 2] as const satisfies readonly PublicKeySuite[])
    it(`come about by key pair, request, authority and import (suite ${suite})`, () => {
      const authority = root(securitySuites[suite].curve);
      const store = new MemoryKeyStore();
      const options = { suite, store, trustAnchors: [authority.certificate] };
      const setup = securitySetup(options);
      expect(refusalIn(setup.generateCsr("digital-signature"))).to.equal("no-key-pair");
      expect(setup.generateKeyPair("digital-signature")).to.equal(undefined);
      const csr = setup.generateCsr("digital-signature");
      const request = parseCertificateRequest("value" in csr ? csr.value : new Uint8Array());
      expect([toHex(request.systemTitle ?? new Uint8Array()), request.purpose]).to.deep.equal([toHex(serverTitle), "digital-signature"]);
      const certificate = authority.issue({
        systemTitle: serverTitle,
        publicKey: request.publicKey,
        purpose: "digital-signature",
        ...always,
      });
      expect(setup.importCertificate(certificate.octets)).to.equal(undefined);
      expect(setup.effective.keyPairs).to.deep.equal({});
      setup.commit();
      expect(setup.effective.keyPairs["digital-signature"]?.publicKey.equals(request.publicKey)).to.equal(true);
      expect(setup.certificates.map(({ certificateEntity, certificateType }) => [certificateEntity, certificateType])).to.deep.equal([
        ["authority", "other"],
        ["server", "digital-signature"],
      ]);
      const restarted = securitySetup(options);
      expect(restarted.effective.keyPairs["digital-signature"]?.publicKey.equals(request.publicKey)).to.equal(true);
      expect(restarted.certificates).to.deep.equal(setup.certificates);
    });

  it("leave the key pair in use until that of a new one is imported", () => {
    const { setup, authority, serverSigning } = certifiedSetup();
    setup.generateKeyPair("digital-signature");
    setup.commit();
    expect(setup.effective.keyPairs["digital-signature"]).to.equal(serverSigning);
    const fresh = setup.effective.newKeyPairs["digital-signature"] ?? newKey();
    expect(setup.importCertificate(deviceCertificate(authority, "digital-signature", fresh, serverTitle).octets)).to.equal(undefined);
    setup.commit();
    expect([setup.effective.keyPairs["digital-signature"], setup.effective.newKeyPairs]).to.deep.equal([fresh, {}]);
    const own = setup.certificates.filter(({ certificateEntity }) => certificateEntity === "server");
    expect(own.map(({ certificateType }) => certificateType)).to.deep.equal(["key-agreement", "digital-signature"]);
  });

  it("are refused from an authority that nobody trusts", () => {
    const { setup } = certifiedSetup();
    for (const stranger of [root("P-256", "stranger"), root()]) {
      const { octets } = deviceCertificate(stranger, "digital-signature", newKey(), clientTitle);
      expect(setup.importCertificate(octets)).to.equal("untrusted");
      expect(setup.importCertificate(stranger.certificate.octets)).to.equal("trust-anchor");
    }
    expect(setup.pending).to.equal(false);
  });

  it("are taken over an authority that was imported before", () => {
    const { setup, authority } = certifiedSetup();
    const below = authority.createAuthority({ name: "below", privateKey: newKey(), ...always });
    const certificate = deviceCertificate(below, "key-agreement", newKey(), clientTitle);
    expect(setup.importCertificate(certificate.octets)).to.equal("untrusted");
    expect(setup.importCertificate(below.certificate.octets)).to.equal(undefined);
    expect(setup.importCertificate(certificate.octets)).to.equal(undefined);
    setup.commit();
    expect(setup.peerKeys(clientTitle)?.agreementKey?.equals(certificate.fields.publicKey)).to.equal(true);
  });

  it("are refused for this device with a key that it does not have, or has for something else", () => {
    const { setup, authority, serverSigning } = certifiedSetup();
    for (const [purpose, key] of [
      ["digital-signature", newKey()],
      ["key-agreement", serverSigning],
      ["tls", serverSigning],
    ] as const)
      expect(setup.importCertificate(deviceCertificate(authority, purpose, key, serverTitle).octets)).to.equal("unsuitable-certificate");
  });

  it("are refused on another curve than that of the suite, and as octets that are none", () => {
    const anchor = root("P-384");
    const setup = securitySetup({ suite: 1, trustAnchors: [anchor.certificate] });
    expect(setup.importCertificate(deviceCertificate(anchor, "digital-signature", newKey("P-384"), clientTitle).octets)).to.equal(
      "unsuitable-certificate",
    );
    expect(setup.importCertificate(deviceCertificate(anchor, "digital-signature", newKey("P-256"), clientTitle).octets)).to.equal(
      undefined,
    );
    for (const octets of [new Uint8Array(), new Uint8Array(9000), Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)])
      expect(setup.importCertificate(octets)).to.equal("malformed");
  });

  it("are refused before and after their time where the meter has a time", () => {
    const authority = root();
    let now: number | undefined = oneYear.notAfter + 1;
    const setup = securitySetup({ suite: 1, trustAnchors: [authority.certificate], now: () => now });
    const { octets } = authority.issue({
      systemTitle: clientTitle,
      publicKey: newKey().publicKey,
      purpose: "digital-signature",
      ...oneYear,
    });
    expect(setup.importCertificate(octets)).to.equal("untrusted");
    now = undefined;
    expect(setup.importCertificate(octets)).to.equal(undefined);
  });

  it("are exported by entity, and by serial number", () => {
    const { setup, authority } = certifiedSetup();
    for (const info of setup.certificates) {
      const exported = setup.exportCertificate({ by: "serial-number", options: info });
      expect("value" in exported).to.equal(true);
    }
    const exported = setup.exportCertificate(byEntity("authority", "other", new Uint8Array()));
    expect("value" in exported && toHex(exported.value)).to.equal(toHex(authority.certificate.octets));
    const client = setup.exportCertificate(byEntity("client", "digital-signature", clientTitle));
    expect("value" in client && toHex(client.value)).to.equal(toHex(setup.effective.certificates[2]?.octets ?? new Uint8Array()));
    for (const absent of [
      byEntity("client", "tls", clientTitle),
      byEntity("client", "digital-signature", serverTitle),
      byEntity(7, "other", clientTitle),
    ])
      expect(refusalIn(setup.exportCertificate(absent))).to.equal("no-certificate");
  });

  it("of the server take their private key along when they are removed", () => {
    const store = new MemoryKeyStore();
    const { setup, serverSigning } = certifiedSetup({ store });
    expect(setup.removeCertificate(byEntity("server", "digital-signature", serverTitle))).to.equal(undefined);
    expect(setup.effective.keyPairs["digital-signature"]).to.equal(serverSigning);
    setup.commit();
    expect(Object.keys(setup.effective.keyPairs)).to.deep.equal(["key-agreement"]);
    expect(Object.keys(store.load(setup.logicalName)?.keyPairs ?? {})).to.deep.equal(["key-agreement"]);
    expect(refusalIn(setup.generateCsr("digital-signature"))).to.equal("no-key-pair");
  });

  it("of others go alone", () => {
    const { setup } = certifiedSetup();
    expect(setup.removeCertificate(byEntity("client", "digital-signature", clientTitle))).to.equal(undefined);
    setup.commit();
    expect([Object.keys(setup.effective.keyPairs).length, setup.peerKeys(clientTitle)]).to.deep.equal([2, undefined]);
    expect(setup.removeCertificate(byEntity("client", "digital-signature", clientTitle))).to.equal("no-certificate");
  });

  it("that are trusted as they are, or that the policy needs, cannot be removed", () => {
    const { setup } = certifiedSetup();
    expect(setup.removeCertificate(byEntity("authority", "other", new Uint8Array()))).to.equal("trust-anchor");
    setup.activatePolicy(0x90);
    for (const [entity, title] of [
      ["server", serverTitle],
      ["client", clientTitle],
    ] as const)
      expect(setup.removeCertificate(byEntity(entity, "digital-signature", title))).to.equal("policy-impossible");
  });

  it("are not kept without end", () => {
    const { setup, authority } = certifiedSetup();
    const publicKey = newKey().publicKey;
    const issue = (index: number) =>
      authority.issue({
        systemTitle: Uint8Array.of(0x4d, 0x4d, 0x4d, 0, 1, 0, 0, index),
        publicKey,
        purpose: "digital-signature",
        ...always,
      });
    const answers = Array.from({ length: 40 }, (_, index) => setup.importCertificate(issue(index).octets));
    expect(answers.filter((answer) => answer === undefined)).to.have.length(29);
    expect(answers.slice(29)).to.deep.equal(Array(11).fill("too-many-certificates"));
    expect(setup.importCertificate(issue(0).octets)).to.equal(undefined);
  });

  it("do not exist in suite 0", () => {
    const setup = securitySetup();
    const identification = byEntity("server", "tls", serverTitle);
    expect([
      refusalIn(setup.agreeKeys([])),
      setup.generateKeyPair("tls"),
      refusalIn(setup.generateCsr("tls")),
      setup.importCertificate(new Uint8Array()),
      refusalIn(setup.exportCertificate(identification)),
      setup.removeCertificate(identification),
    ]).to.deep.equal(Array(6).fill("suite-without-public-keys"));
  });

  it("and key pairs have no purpose but the three", () => {
    const { setup } = certifiedSetup();
    for (const type of ["other", 9] as const)
      expect([setup.generateKeyPair(type), refusalIn(setup.generateCsr(type))]).to.deep.equal(["no-key-pair", "no-key-pair"]);
  });
});
