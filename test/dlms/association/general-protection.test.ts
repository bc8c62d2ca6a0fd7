import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { GeneralKeys } from "../../../src/dlms/association/general-protection.ts";
import type { AssociationSecurity } from "../../../src/dlms/association/protection.ts";
import type { ServiceRequest } from "../../../src/dlms/association/services.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";
import { AssociationPair, attribute, dataOfSize } from "./pair.ts";
import { both, clientTitle, keys, random, secureOptions, serverTitle } from "./secure-pair.ts";

const get: ServiceRequest = { service: "get", list: false, attributes: [attribute] };

const own = {
  client: [PrivateKey.generate("P-256", random), PrivateKey.generate("P-256", random)],
  server: [PrivateKey.generate("P-256", random), PrivateKey.generate("P-256", random)],
} as const;
const masterKey = keys.other(1);

/** What each side holds: its own keys for signatures and agreement, and the other's public ones. */
function general(side: "client" | "server"): GeneralKeys {
  const [signingKey, agreementKey] = own[side];
  const [peerSigning, peerAgreement] = own[side === "client" ? "server" : "client"];
  const peer = side === "client" ? serverTitle : clientTitle;
  return {
    masterKey,
    signingKey: signingKey as PrivateKey,
    agreementKey: agreementKey as PrivateKey,
    peerKeys: (title) =>
      toHex(title) === toHex(peer)
        ? { verificationKey: (peerSigning as PrivateKey).publicKey, agreementKey: (peerAgreement as PrivateKey).publicKey }
        : undefined,
  };
}

function pairWith(
  client: Partial<AssociationSecurity>,
  server: Partial<AssociationSecurity> = {},
  data = fromHex("1105"),
): AssociationPair {
  const options = secureOptions({ suite: 1, general: general("client"), ...client }, { suite: 1, general: general("server"), ...server });
  return new AssociationPair({ ...options, handle: () => ({ service: "get", results: [{ data }] }) }).associate();
}

const lastTwo = (pair: AssociationPair): (number | undefined)[] => pair.carried.slice(-2).map(({ bytes }) => bytes[0]);
const ciphering = apduTags["general-ciphering"].plain;

describe("General-ciphering in an association", () => {
  const originators: readonly [name: string, keys: Partial<GeneralKeys>][] = [
    ["the global unicast key, named", {}],
    ["the global unicast key, not named", { originatorKey: () => ({ type: "absent", key: keys.global(1) }) }],
    ["a fresh key, wrapped", { originatorKey: () => ({ type: "wrapped", masterKey, key: keys.dedicated(1) }) }],
    [
      "a key agreed on with an ephemeral key",
      {
        originatorKey: () => ({
          type: "1e1s",
          ephemeralKey: PrivateKey.generate("P-256", random),
          signingKey: own.client[0],
          recipientKey: own.server[1].publicKey,
        }),
      },
    ],
    [
      "a key agreed on with static keys",
      { originatorKey: () => ({ type: "0e2s", agreementKey: own.client[1], recipientKey: own.server[1].publicKey }) },
    ],
  ];

  for (const [name, keysOfClient] of originators) {
    it(`carries services under ${name}, both ways`, () => {
      const pair = pairWith({ form: "general-ciphering", general: { ...general("client"), ...keysOfClient } });
      expect(pair.request(get)[0]?.type).to.equal("response");
      expect(lastTwo(pair)).to.deep.equal([ciphering, ciphering]);
    });

    it(`takes nothing twice under ${name}`, () => {
      const pair = pairWith({ form: "general-ciphering", general: { ...general("client"), ...keysOfClient } });
      pair.request(get);
      const before = pair.serverEvents.length;
      pair.server.receiveApdu(pair.carried.at(-2)?.bytes ?? new Uint8Array(), 0);
      expect(pair.serverEvents.length).to.equal(before);
      expect(toHex(pair.server.apduToSend()?.bytes ?? new Uint8Array())).to.match(/^D80106/);
    });
  }

  it("keeps long answers within the client's size", () => {
    const options = secureOptions(
      { suite: 1, general: general("client"), form: "general-ciphering" },
      { suite: 1, general: general("server") },
    );
    const data = dataOfSize(3000);
    const pair = new AssociationPair({
      client: { ...options.client, maxReceivePduSize: 600 },
      server: options.server,
      handle: () => ({ service: "get", results: [{ data }] }),
    }).associate();
    const start = pair.carried.length;
    const [event] = pair.request(get);
    expect(event?.type === "response" && event.result.results).to.deep.equal([{ data }]);
    expect(pair.longest("server", start)).to.be.at.most(600);
  });

  for (const size of [128, 1024]) {
    it(`cost a client that does without them nothing: it fills ${size} octets`, () => {
      const options = secureOptions({ suite: 1 }, { suite: 1, general: general("server") });
      const data = dataOfSize(3000);
      const pair = new AssociationPair({
        client: { ...options.client, maxReceivePduSize: size },
        server: options.server,
        handle: () => ({ service: "get", results: [{ data }] }),
      }).associate();
      const start = pair.carried.length;
      const [event] = pair.request(get);
      expect(event?.type === "response" && event.result.results).to.deep.equal([{ data }]);
      expect(pair.longest("server", start)).to.be.within(size - 12, size);
    });
  }

  it("go in small blocks where the client's size leaves little room beside them", () => {
    const options = secureOptions(
      { suite: 1, general: general("client"), form: "general-ciphering" },
      { suite: 1, general: general("server") },
    );
    const pair = new AssociationPair({
      client: { ...options.client, maxReceivePduSize: 128 },
      server: options.server,
      handle: () => ({ service: "get", results: [{ data: dataOfSize(3000) }] }),
    }).associate();
    const start = pair.carried.length;
    expect(pair.request(get)[0]?.type).to.equal("response");
    expect(pair.longest("server", start)).to.be.at.most(128);
  });
});

describe("Signed APDUs in an association", () => {
  const signedPolicy = { ...both, signed: true };

  it("are signed first, and then ciphered", () => {
    const pair = pairWith({ policy: signedPolicy }, { policy: signedPolicy });
    expect(pair.request(get)[0]?.type).to.equal("response");
    expect(lastTwo(pair)).to.deep.equal([0xdb, 0xdb]);
  });

  it("work inside general-ciphering too", () => {
    const pair = pairWith({ policy: signedPolicy, form: "general-ciphering" }, { policy: signedPolicy });
    expect(pair.request(get)[0]?.type).to.equal("response");
    expect(lastTwo(pair)).to.deep.equal([ciphering, ciphering]);
  });

  it("are demanded by a policy that says so", () => {
    const pair = pairWith({ policy: both }, { policy: signedPolicy });
    // Pass 3 is the first that has to be signed, and is not.
    expect(pair.client.state).to.equal("aborted");
    expect(pair.serverEvents).to.deep.equal([]);
  });

  it("are refused when signed by somebody else", () => {
    const stranger = PrivateKey.generate("P-256", random);
    const pair = pairWith({ policy: signedPolicy, general: { ...general("client"), signingKey: stranger } }, { policy: signedPolicy });
    expect(pair.client.state).to.equal("aborted");
    expect(pair.serverEvents).to.deep.equal([]);
  });
});
