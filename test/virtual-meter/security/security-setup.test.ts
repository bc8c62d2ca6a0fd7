import { inspect } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../../src/bytes/hex.ts";
import { keyIds, type SetupKey } from "../../../src/cosem-objects/classes/security-setup.ts";
import type { SecuritySuite } from "../../../src/dlms/security/suite.ts";
import { InvariantError, StoreError } from "../../../src/errors.ts";
import { MemoryKeyStore } from "../../../src/virtual-meter/security/key-store.ts";
import { newKey } from "../../dlms/security/certificate-samples.ts";
import { certifiedSetup, effectiveKey, FailingStore, keyOf, keysOf, securitySetup, wrapped } from "./samples.ts";

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
    const certified = certifiedSetup().setup;
    const policy = fc.nat(0x3f).map((bits) => bits << 2);
    fc.assert(
      fc.property(policy, policy, (present, wanted) => {
        const ring = { ...certified.effective, policy: present };
        const stronger = securitySetup({ suite: 1, initial: ring });
        const refusal = stronger.activatePolicy(wanted);
        const keepsAll = (present & wanted) === present;
        expect(refusal).to.equal(keepsAll ? undefined : "policy-weakened");
        expect(stronger.latest.policy).to.equal(keepsAll ? wanted : present);
      }),
      { numRuns: 60 },
    );
  });
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
