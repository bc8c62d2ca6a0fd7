import { X509Certificate } from "node:crypto";
import { inspect } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { Certificate } from "../../../src/dlms/security/certificate.ts";
import { CertificateAuthority, neverExpires } from "../../../src/dlms/security/certificate-authority.ts";
import { der, derObjectIdentifier, derTags } from "../../../src/dlms/security/certificate-der.ts";
import { commonNames, nameOf, systemTitleIn } from "../../../src/dlms/security/certificate-name.ts";
import { secureRandom } from "../../../src/dlms/security/secure-random.ts";
import { InvariantError } from "../../../src/errors.ts";
import { always, deviceCertificate, deviceTitle, newKey, oneYear, root } from "./certificate-samples.ts";
import { refusalOf } from "./samples.ts";

describe("Certificates", () => {
  for (const curve of ["P-256", "P-384"] as const) {
    it(`of ${curve} say the same to OpenSSL, which verifies them`, () => {
      const authority = root(curve);
      const key = newKey(curve);
      const certificate = authority.issue({
        systemTitle: deviceTitle,
        publicKey: key.publicKey,
        purpose: "digital-signature",
        ...oneYear,
      });
      const openssl = new X509Certificate(certificate.octets);
      const issuer = new X509Certificate(authority.certificate.octets);
      expect([openssl.subject, openssl.issuer]).to.deep.equal(["CN=4D4D4D0000BC614E", "CN=test root"]);
      expect([issuer.ca, openssl.ca]).to.deep.equal([true, false]);
      expect([issuer.verify(issuer.publicKey), openssl.verify(issuer.publicKey), openssl.checkIssued(issuer)]).to.deep.equal([
        true,
        true,
        true,
      ]);
      expect(new Date(openssl.validTo).getTime()).to.equal(oneYear.notAfter);
      // Without the zero octet that keeps a number from being negative.
      expect(toHex(certificate.fields.serialNumber).replace(/^00(?=.)/, "")).to.equal(openssl.serialNumber);
    });

    it(`of ${curve} are read as they were made`, () => {
      const authority = root(curve, "somebody");
      const key = newKey(curve);
      const { fields, purpose } = authority.issue({
        systemTitle: deviceTitle,
        publicKey: key.publicKey,
        purpose: "key-agreement",
        ...always,
      });
      expect(fields.publicKey.equals(key.publicKey)).to.equal(true);
      expect([purpose, [...fields.keyUsage], fields.authority]).to.deep.equal(["key-agreement", ["keyAgreement"], false]);
      expect([fields.notBefore, fields.notAfter]).to.deep.equal([always.notBefore, neverExpires]);
      expect([toHex(fields.systemTitle ?? new Uint8Array()), commonNames(fields.issuer)]).to.deep.equal([toHex(deviceTitle), ["somebody"]]);
    });
  }

  it("have a purpose by their key usage, authorities none", () => {
    const authority = root();
    for (const purpose of ["digital-signature", "key-agreement", "tls"] as const)
      expect(deviceCertificate(authority, purpose).purpose).to.equal(purpose);
    expect(authority.certificate.purpose).to.equal(undefined);
    expect([...authority.certificate.fields.keyUsage]).to.deep.equal(["keyCertSign", "cRLSign"]);
  });

  it("know their issuer by name and signature", () => {
    const [authority, namesake, other] = [root(), root(), root("P-256", "another")];
    const certificate = deviceCertificate(authority);
    expect([authority, namesake, other].map((one) => certificate.isIssuedBy(one.certificate))).to.deep.equal([true, false, false]);
    expect([authority.certificate.selfIssued, certificate.selfIssued]).to.deep.equal([true, false]);
  });

  it("name the device by a system title in hex, or by the serial number of its hardware", () => {
    const hardware = (serial: Uint8Array) => {
      const name = der(derTags.sequence, derObjectIdentifier("2B0601040101"), der(derTags.octetString, serial));
      return der(derTags.sequence, der(derTags.context0, derObjectIdentifier("2B06010505070804"), der(derTags.context0, name)));
    };
    const title = (subject: Uint8Array, alternative: Uint8Array = new Uint8Array()) => {
      const found = systemTitleIn(subject, alternative);
      return found && toHex(found);
    };
    const empty = der(derTags.sequence);
    expect(title(nameOf("4d4d4d0000bc614e"))).to.equal("4D4D4D0000BC614E");
    expect(title(nameOf("4D4D4D0000BC61"))).to.equal(undefined);
    expect(title(nameOf("Meters, Inc."))).to.equal(undefined);
    expect(title(empty, hardware(deviceTitle))).to.equal("4D4D4D0000BC614E");
    expect(title(empty, hardware(fromHex("01")))).to.equal(undefined);
    expect(title(nameOf("somebody"), hardware(deviceTitle))).to.equal(undefined);
    expect(title(empty)).to.equal(undefined);
  });

  it("with two common names name no device", () => {
    const one = nameOf("4D4D4D0000BC614E").subarray(2);
    const other = nameOf("4D4D4D0000000001").subarray(2);
    expect(systemTitleIn(der(derTags.sequence, one, other), new Uint8Array())).to.equal(undefined);
  });

  it("are refused as a whole when they end early or go on", () => {
    const { octets } = deviceCertificate(root());
    for (let end = 0; end < octets.length; end++)
      expect(
        refusalOf(() => Certificate.parse(octets.slice(0, end))),
        `${end}`,
      ).to.be.a("string");
    expect(refusalOf(() => Certificate.parse(Uint8Array.of(...octets, 0)))).to.equal("trailing-data");
    expect(refusalOf(() => Certificate.parse(new Uint8Array(10_000)))).to.equal("limit");
  });

  it("with any bit inverted are no certificates, or not those of their issuer", function () {
    this.timeout(20_000);
    const authority = root();
    const { octets } = deviceCertificate(authority);
    for (let bit = 0; bit < octets.length * 8; bit++) {
      const damaged = octets.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      let trusted = false;
      const refusal = refusalOf(() => {
        trusted = Certificate.parse(damaged).isIssuedBy(authority.certificate);
      });
      expect(refusal === undefined && trusted, `octet ${bit >> 3}, bit ${bit & 7}`).to.equal(false);
    }
  });

  it("survive anything that is no certificate", () => {
    const { octets } = deviceCertificate(root());
    const change = fc.record({ at: fc.nat(octets.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.uint8Array({ maxLength: 60 }), (changes, tail) => {
        const damaged = Uint8Array.of(...octets);
        for (const { at, value } of changes) damaged[at] = value;
        refusalOf(() => Certificate.parse(damaged));
        refusalOf(() => Certificate.parse(tail));
        refusalOf(() => Certificate.parse(der(derTags.sequence, tail)));
      }),
      { numRuns: 300 },
    );
  });

  it("are issued with the key of the authority only, which shows nowhere", () => {
    const key = newKey();
    const authority = CertificateAuthority.createRoot({ name: "root", privateKey: key, ...always }, secureRandom);
    expect(() => new CertificateAuthority(authority.certificate, newKey(), secureRandom)).to.throw(InvariantError);
    const secret = toHex(key.exposeSecret());
    for (const text of [inspect(authority, { depth: 9, showHidden: true }), JSON.stringify(authority), String(authority.certificate)])
      expect(text.toUpperCase()).to.not.include(secret);
  });

  it("have serial numbers that differ", () => {
    const authority = root();
    const numbers = Array.from({ length: 20 }, () => toHex(deviceCertificate(authority).fields.serialNumber));
    expect(new Set(numbers).size).to.equal(20);
  });
});
