import { expect } from "chai";
import { Certificate } from "../../../src/dlms/security/certificate.ts";
import { CertificateAuthority } from "../../../src/dlms/security/certificate-authority.ts";
import { type Trust, verifyChain } from "../../../src/dlms/security/certificate-chain.ts";
import { der, derBitString, derObjectIdentifier, derTags, derTime, derUnsigned } from "../../../src/dlms/security/certificate-der.ts";
import { nameOf, nameOfDevice } from "../../../src/dlms/security/certificate-name.ts";
import { subjectPublicKeyInfo } from "../../../src/dlms/security/certificate-request.ts";
import { signatureAlgorithm, signDer } from "../../../src/dlms/security/certificate-signature.ts";
import { secureRandom } from "../../../src/dlms/security/secure-random.ts";
import { always, closing, deviceCertificate, deviceTitle, newKey, oneYear, opening, root } from "./certificate-samples.ts";
import { refusalOf } from "./samples.ts";

const verdict = (certificate: Certificate, trust: Trust) => refusalOf(() => verifyChain(certificate, trust));

describe("A chain of certificates", () => {
  it("leads from a device over its authorities to an anchor", () => {
    const anchor = root("P-384");
    const between = anchor.createAuthority({ name: "between", privateKey: newKey("P-384"), ...always });
    const below = between.createAuthority({ name: "below", privateKey: newKey(), ...always });
    const certificate = deviceCertificate(below);
    const intermediates = [below.certificate, between.certificate];
    expect(verifyChain(certificate, { anchors: [anchor.certificate], intermediates })).to.deep.equal([
      certificate,
      below.certificate,
      between.certificate,
      anchor.certificate,
    ]);
    expect(verifyChain(certificate, { anchors: [below.certificate] })).to.have.length(2);
    expect(verifyChain(anchor.certificate, { anchors: [anchor.certificate] })).to.deep.equal([anchor.certificate]);
  });

  it("is refused when it leads to another authority, even to one of the same name", () => {
    const certificate = deviceCertificate(root());
    expect(verdict(certificate, { anchors: [root("P-256", "another").certificate] })).to.equal("unknown-key");
    expect(verdict(certificate, { anchors: [root().certificate] })).to.equal("signature-invalid");
    expect(verdict(certificate, { anchors: [] })).to.equal("unknown-key");
  });

  it("finds the right one of several authorities with the same name", () => {
    const [namesake, authority] = [root(), root()];
    const certificate = deviceCertificate(authority);
    expect(verdict(certificate, { anchors: [namesake.certificate, authority.certificate] })).to.equal(undefined);
  });

  it("is refused when a root that nobody trusts vouches for itself", () => {
    const stranger = root("P-256", "stranger");
    expect(verdict(stranger.certificate, { anchors: [root().certificate] })).to.equal("unknown-key");
    const intermediates = [stranger.certificate];
    expect(verdict(deviceCertificate(stranger), { anchors: [root().certificate], intermediates })).to.equal("unknown-key");
  });

  it("is refused where a device issued a certificate", () => {
    const anchor = root();
    const key = newKey();
    const device = deviceCertificate(anchor, "digital-signature", key);
    const forged = new CertificateAuthority(device, key, secureRandom).issue({
      systemTitle: deviceTitle,
      publicKey: newKey().publicKey,
      purpose: "digital-signature",
      ...always,
    });
    expect(verdict(forged, { anchors: [anchor.certificate], intermediates: [device] })).to.equal("policy");
  });

  it("is no longer than an authority allows", () => {
    const anchor = root("P-256", "short", { pathLength: 0 });
    const below = anchor.createAuthority({ name: "below", privateKey: newKey(), ...always });
    expect(verdict(deviceCertificate(anchor), { anchors: [anchor.certificate] })).to.equal(undefined);
    const trust = { anchors: [anchor.certificate], intermediates: [below.certificate] };
    expect(verdict(deviceCertificate(below), trust)).to.equal("policy");
  });

  it("has an end, whatever authorities say", () => {
    const anchor = root();
    const authorities = [anchor];
    for (let depth = 0; depth < 6; depth++)
      authorities.push((authorities.at(-1) as CertificateAuthority).createAuthority({ name: `${depth}`, privateKey: newKey(), ...always }));
    const intermediates = authorities.slice(1).map((authority) => authority.certificate);
    const certificate = deviceCertificate(authorities.at(-1) as CertificateAuthority);
    expect(verdict(certificate, { anchors: [anchor.certificate], intermediates })).to.equal("policy");
  });

  it("does not go round in circles", () => {
    const [keyA, keyB] = [newKey(), newKey()];
    const a = CertificateAuthority.createRoot({ name: "a", privateKey: keyA, ...always }, secureRandom);
    const b = CertificateAuthority.createRoot({ name: "b", privateKey: keyB, ...always }, secureRandom);
    const aByB = b.createAuthority({ name: "a", privateKey: keyA, ...always });
    const bByA = a.createAuthority({ name: "b", privateKey: keyB, ...always });
    const trust = { anchors: [root().certificate], intermediates: [aByB.certificate, bByA.certificate] };
    expect(verdict(deviceCertificate(aByB), trust)).to.equal("unknown-key");
  });

  it("is refused before and after its time, where there is a time", () => {
    const anchor = root();
    const certificate = anchor.issue({
      systemTitle: deviceTitle,
      publicKey: newKey().publicKey,
      purpose: "digital-signature",
      ...oneYear,
    });
    const at = (now: number | undefined) => verdict(certificate, { anchors: [anchor.certificate], now });
    expect([opening - 1, opening, closing, closing + 1, undefined].map(at)).to.deep.equal([
      "policy",
      undefined,
      undefined,
      "policy",
      undefined,
    ]);
  });

  it("is refused when an authority on the way has expired", () => {
    const anchor = root();
    const below = anchor.createAuthority({ name: "below", privateKey: newKey(), ...oneYear });
    const trust = { anchors: [anchor.certificate], intermediates: [below.certificate], now: closing + 1 };
    expect(verdict(deviceCertificate(below), trust)).to.equal("policy");
  });

  it("does not let a key of P-256 vouch for one of P-384", () => {
    const weak = root("P-256");
    const certificate = deviceCertificate(weak, "digital-signature", newKey("P-384"));
    expect(verdict(certificate, { anchors: [weak.certificate] })).to.equal("policy");
  });

  /** A certificate with any extensions, and any algorithm written into it. */
  function handmade(extensions: readonly Uint8Array[], algorithm = signatureAlgorithm("P-256")) {
    const key = newKey();
    const anchor = new CertificateAuthority(
      CertificateAuthority.createRoot({ name: "maker", privateKey: key, ...always }, secureRandom).certificate,
      key,
      secureRandom,
    );
    const content = der(
      derTags.sequence,
      der(derTags.context0, derUnsigned(Uint8Array.of(2))),
      derUnsigned(Uint8Array.of(9)),
      algorithm,
      nameOf("maker"),
      der(derTags.sequence, derTime(opening), derTime(closing)),
      nameOfDevice(deviceTitle),
      subjectPublicKeyInfo(newKey().publicKey),
      ...(extensions.length === 0 ? [] : [der(derTags.context3, der(derTags.sequence, ...extensions))]),
    );
    return { octets: signDer(key, content), anchors: [anchor.certificate] };
  }

  const extension = (critical: boolean) =>
    der(
      derTags.sequence,
      derObjectIdentifier("2A0304"),
      ...(critical ? [der(derTags.boolean, Uint8Array.of(0xff))] : []),
      der(derTags.octetString, Uint8Array.of(5, 0)),
    );

  it("is refused for a critical extension that is not understood, not for others", () => {
    for (const critical of [true, false]) {
      const { octets, anchors } = handmade([extension(critical)]);
      expect(verdict(Certificate.parse(octets), { anchors })).to.equal(critical ? "policy" : undefined);
    }
  });

  it("needs certificates of one algorithm, with every extension once", () => {
    expect(refusalOf(() => Certificate.parse(handmade([extension(false), extension(false)]).octets))).to.equal("out-of-range");
    expect(refusalOf(() => Certificate.parse(handmade([], signatureAlgorithm("P-384")).octets))).to.equal("out-of-range");
    const rsa = der(derTags.sequence, derObjectIdentifier("2A864886F70D01010B"));
    const foreign = der(derTags.sequence, der(derTags.sequence), rsa, derBitString(Uint8Array.of(1)));
    expect(refusalOf(() => Certificate.parse(foreign))).to.equal("out-of-range");
    expect(Certificate.parse(handmade([]).octets).purpose).to.equal(undefined);
  });
});
