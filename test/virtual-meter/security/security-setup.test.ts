import { inspect } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../../src/bytes/hex.ts";
import { keyIds, type SetupKey } from "../../../src/cosem-objects/classes/security-setup.ts";
import { parseCertificateRequest } from "../../../src/dlms/security/certificate-request.ts";
import { type PublicKeySuite, type SecuritySuite, securitySuites } from "../../../src/dlms/security/suite.ts";
import { InvariantError, StoreError } from "../../../src/errors.ts";
import { MemoryKeyStore } from "../../../src/virtual-meter/security/key-store.ts";
import { always, deviceCertificate, newKey, oneYear, root } from "../../dlms/security/certificate-samples.ts";
import {
  certifiedSetup,
  clientTitle,
  effectiveKey,
  FailingStore,
  keyOf,
  keysOf,
  refusalIn,
  securitySetup,
  serverTitle,
  wrapped,
} from "./samples.ts";

const suites = [0, 1, 2] as const satisfies readonly SecuritySuite[];

describe("The policy of a security setup", () => {
  it("takes effect when the answer to its activation is out", () => {
    const setup = securitySetup();
    expect(setup.activatePolicy(0x6c)).to.equal(undefined);
    expect([setup.effective.policy, setup.latest.policy, setup.pending]).to.deep.equal([0, 0x6c, true]);
    expect(setup.commit()).to.deep.equal([]);
    expect([setup.effective.policy, setup.pending]).to.deep.equal([0x6c, false]);
    expect(setup.requiredProtection.response).to.deep.equal({ authenticated: true, encrypted: true, signed: false });
  });

  it("can be strengthened and never weakened, whichever it is", () => {
    const policy = fc.nat(0x3f).map((bits) => bits << 2);
    fc.assert(
      fc.property(policy, policy, (present, wanted) => {
        const { setup } = shared;
        const ring = { ...setup.effective, policy: present };
        const stronger = securitySetup({ suite: 1, initial: ring });
        const refusal = stronger.activatePolicy(wanted);
        const keepsAll = (present & wanted) === present;
        expect(refusal).to.equal(keepsAll ? undefined : "policy-weakened");
        expect(stronger.latest.policy).to.equal(keepsAll ? wanted : present);
      }),
      { numRuns: 60 },
    );
  });
  const shared = certifiedSetup();

  it("cannot be weakened within the APDU that strengthened it", () => {
    const setup = securitySetup();
    expect([setup.activatePolicy(0x24), setup.activatePolicy(0x0c)]).to.deep.equal([undefined, "policy-weakened"]);
  });

  it("does not have the bits that are reserved", () => {
    for (const policy of [0x01, 0x02, 0x6d, 0x100]) expect(securitySetup().activatePolicy(policy)).to.equal("policy-impossible");
  });

  it("does not ask for signatures that nobody could make, or ciphering without a key", () => {
    const setup = securitySetup({ suite: 1 });
    expect([setup.activatePolicy(0x10), setup.activatePolicy(0x80)]).to.deep.equal(["policy-impossible", "policy-impossible"]);
    expect(securitySetup({ initial: {} }).activatePolicy(0x08)).to.equal("policy-impossible");
    const certified = certifiedSetup().setup;
    expect([certified.activatePolicy(0x10), certified.activatePolicy(0x90)]).to.deep.equal([undefined, undefined]);
  });
});

describe("Key transfer", () => {
  for (const suite of suites)
    it(`of suite ${suite} installs every key when the answer is out`, () => {
      const setup = securitySetup({ suite });
      const names = Object.keys(keyIds) as SetupKey[];
      const items = names.map((name, index) => wrapped(name, keyOf(suite, 0x10 + index), keysOf(suite).master));
      expect(setup.transferKeys(items)).to.equal(undefined);
      for (const name of names) expect(effectiveKey(setup, name)).to.equal(toHex(keysOf(suite)[name].exposeSecret()));
      expect(setup.commit()).to.deep.equal(["global-unicast", "global-broadcast"]);
      names.forEach((name, index) => {
        expect(effectiveKey(setup, name)).to.equal(toHex(keyOf(suite, 0x10 + index).exposeSecret()));
      });
      expect(setup.commit()).to.deep.equal([]);
    });

  const master = keysOf(0).master;
  const good = wrapped("global-unicast", keyOf(0, 1), master);
  const damaged = good.data.map((octet, index) => (index === 3 ? octet ^ 1 : octet));
  const refusals = [
    ["a wrap under another key", [wrapped("global-unicast", keyOf(0, 1), keyOf(0, 0x77))], "wrong-wrap"],
    ["a wrap that was changed", [{ keyId: "global-unicast", data: damaged }], "wrong-wrap"],
    ["a wrap that is cut off", [{ keyId: "global-unicast", data: good.data.subarray(1) }], "malformed"],
    ["no octets", [{ keyId: "global-unicast", data: new Uint8Array() }], "malformed"],
    ["a key in clear", [{ keyId: "global-unicast", data: new Uint8Array(16) }], "malformed"],
    ["a key of another suite", [wrapped("global-unicast", keyOf(2, 1), master)], "key-length"],
    ["a key that there is not", [wrapped(4, keyOf(0, 1), master)], "no-such-key"],
    ["no key", [], "key-list"],
    ["a key twice", [good, good], "key-list"],
    ["a good one and a wrong one", [good, wrapped("authentication", keyOf(0, 2), keyOf(0, 0x77))], "wrong-wrap"],
    ["a wrong one and a good one", [wrapped("master", keyOf(0, 2), keyOf(0, 0x77)), good], "wrong-wrap"],
    ["a good one and an unknown one", [good, wrapped(9, keyOf(0, 2), master)], "no-such-key"],
    [
      "a key under the new master key of the same list",
      [wrapped("master", keyOf(0, 5), master), wrapped("authentication", keyOf(0, 6), keyOf(0, 5))],
      "wrong-wrap",
    ],
  ] as const;
  for (const [what, items, refusal] of refusals)
    it(`installs nothing for ${what}`, () => {
      const store = new MemoryKeyStore();
      const setup = securitySetup({ store });
      expect(setup.transferKeys(items)).to.equal(refusal);
      expect([setup.pending, setup.commit(), store.load(setup.logicalName)]).to.deep.equal([false, [], undefined]);
      for (const [name, key] of Object.entries(keysOf(0)))
        expect(effectiveKey(setup, name as SetupKey)).to.equal(toHex(key.exposeSecret()));
    });

  it("takes no keys without a master key", () => {
    const setup = securitySetup({ initial: { keys: { "global-unicast": keyOf(0, 1) } } });
    expect(setup.transferKeys([good])).to.equal("no-master-key");
  });

  it("keeps the counter of a key that is sent again, whose initialization vectors would repeat", () => {
    const setup = securitySetup();
    const keys = keysOf(0);
    setup.transferKeys([wrapped("global-unicast", keys["global-unicast"], master), wrapped("global-broadcast", keyOf(0, 9), master)]);
    expect(setup.commit()).to.deep.equal(["global-broadcast"]);
  });

  it("keeps the counters when other keys are replaced", () => {
    const setup = securitySetup();
    setup.transferKeys([wrapped("authentication", keyOf(0, 9), master), wrapped("master", keyOf(0, 8), master)]);
    expect(setup.commit()).to.deep.equal([]);
    expect(setup.transferKeys([good])).to.equal("wrong-wrap");
    expect(setup.transferKeys([wrapped("global-unicast", keyOf(0, 1), keyOf(0, 8))])).to.equal(undefined);
  });

  it("adds up within one APDU", () => {
    const setup = securitySetup();
    setup.transferKeys([good]);
    setup.transferKeys([wrapped("authentication", keyOf(0, 2), master)]);
    setup.activatePolicy(0x24);
    expect(setup.commit()).to.deep.equal(["global-unicast"]);
    expect([effectiveKey(setup, "global-unicast"), effectiveKey(setup, "authentication"), setup.effective.policy]).to.deep.equal([
      "01".repeat(16),
      "02".repeat(16),
      0x24,
    ]);
  });

  it("is in effect after a restart between change and answer", () => {
    const store = new MemoryKeyStore();
    securitySetup({ store }).transferKeys([good]);
    expect(effectiveKey(securitySetup({ store }), "global-unicast")).to.equal("01".repeat(16));
  });

  it("changes nothing when it cannot be stored", () => {
    const store = new FailingStore();
    const setup = securitySetup({ store });
    store.failing = true;
    expect(() => setup.transferKeys([good])).to.throw(StoreError);
    expect([setup.pending, effectiveKey(setup, "global-unicast")]).to.deep.equal([false, "E1".repeat(16)]);
  });
});

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

describe("A security setup", () => {
  it("refuses keys and stored records of another suite", () => {
    expect(() => securitySetup({ suite: 2, initial: { keys: keysOf(0) } })).to.throw(InvariantError);
    expect(() => securitySetup({ suite: 1, initial: { keyPairs: { tls: newKey("P-384") } } })).to.throw(InvariantError);
    const store = new MemoryKeyStore();
    securitySetup({ store }).activatePolicy(0x24);
    expect(() => securitySetup({ store, suite: 1 })).to.throw(StoreError, "suite 0");
    const record = store.load("0.0.43.0.4.255");
    if (record !== undefined) store.save("0.0.43.0.4.255", { ...record, certificates: [Uint8Array.of(1)] });
    expect(() => securitySetup({ store })).to.throw(StoreError, "none");
  });

  it("keeps its store apart from what callers do with records", () => {
    const store = new MemoryKeyStore();
    securitySetup({ store }).activatePolicy(0x24);
    store.load("0.0.43.0.4.255")?.keys.master?.fill(0);
    expect(toHex(store.load("0.0.43.0.4.255")?.keys.master ?? new Uint8Array())).to.equal("E4".repeat(16));
    expect(store.load("0.0.43.0.5.255")).to.equal(undefined);
  });

  it("shows no secret, however it is looked at", () => {
    const store = new MemoryKeyStore();
    const { setup, serverSigning } = certifiedSetup({ store });
    setup.generateKeyPair("tls");
    setup.transferKeys([wrapped("global-unicast", keyOf(1, 0xab), keysOf(1).master)]);
    const secrets = [
      ...["E1", "E2", "E3", "E4", "AB"].map((octet) => octet.repeat(16)),
      toHex(serverSigning.exposeSecret()),
      toHex(setup.latest.newKeyPairs.tls?.exposeSecret() ?? new Uint8Array([1])),
    ];
    const errors = [() => securitySetup({ store, suite: 2 }), () => securitySetup({ suite: 2, initial: { keys: keysOf(0) } })].map(
      (action) => {
        try {
          return action();
        } catch (error) {
          return error;
        }
      },
    );
    const seen = [setup, setup.effective, setup.latest, setup.certificates, store, ...errors];
    for (const value of seen) {
      for (const text of [inspect(value, { depth: 12, showHidden: true }), JSON.stringify(value), String(value)]) {
        const digits = text.toUpperCase().replace(/[^0-9A-F]/g, "");
        for (const secret of secrets) expect(digits).to.not.include(secret);
        expect(text).to.not.match(/225,\s*225,\s*225/);
      }
    }
  });
});
