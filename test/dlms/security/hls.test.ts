import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { decipherUnverified, protect } from "../../../src/dlms/security/apdu-cipher.ts";
import { createChallenge, type HlsCredentials, type HlsExchange, respond, verify } from "../../../src/dlms/security/hls.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../../src/dlms/security/public-key.ts";
import { SecretBytes } from "../../../src/dlms/security/secret-bytes.ts";
import { securityControl } from "../../../src/dlms/security/security-control.ts";
import {
  authenticationKey,
  client,
  counting,
  encryptionKey,
  longAuthenticationKey,
  longKey,
  otherKey,
  refusalOf,
  server,
  vector,
} from "./samples.ts";
import { newKeyPair, signEcdsa, verifyEcdsa } from "./web-crypto.ts";

const clientChallenge = fromHex("4B35366956616759");
const serverChallenge = fromHex("503677524A323146");

const ofClient: HlsExchange = {
  sentChallenge: clientChallenge,
  receivedChallenge: serverChallenge,
  systemTitle: client,
  peerSystemTitle: server,
};
const ofServer: HlsExchange = {
  sentChallenge: serverChallenge,
  receivedChallenge: clientChallenge,
  systemTitle: server,
  peerSystemTitle: client,
};

const secret = SecretBytes.from(fromHex("3132333435363738"));
const gmac = { mechanism: "hls-gmac", suite: 0, key: encryptionKey, authenticationKey } as const;

/** Mechanism 2 as some meters have it. */
const reversing = { mechanism: "hls-manufacturer", transform: (challenge: Uint8Array) => challenge.slice().reverse() } as const;

const examples: readonly (readonly [name: string, credentials: HlsCredentials, own: HlsExchange, peer: HlsExchange, counter?: number])[] = [
  ["hls3-md5-pass3", { mechanism: "hls-md5", secret }, ofClient, ofServer],
  ["hls4-sha1-pass3", { mechanism: "hls-sha1", secret }, ofClient, ofServer],
  ["hls5-pass3", gmac, ofClient, ofServer, 1],
  ["hls5-pass4", gmac, ofServer, ofClient, 0x01234567],
  ["hls6-sha256-pass3", { mechanism: "hls-sha256", secret }, ofClient, ofServer],
  ["hls6-sha256-pass4", { mechanism: "hls-sha256", secret }, ofServer, ofClient],
];

/** Credentials of both ends for each mechanism. */
function everyMechanism(): readonly (readonly [ofClient: HlsCredentials, ofServer: HlsCredentials])[] {
  const keys = ["P-256", "P-384"] as const;
  const ecdsa = keys.map((curve): readonly [HlsCredentials, HlsCredentials] => {
    const [a, b] = [PrivateKey.generate(curve, counting(1)), PrivateKey.generate(curve, counting(2))];
    return [
      { mechanism: "hls-ecdsa", signingKey: a, verificationKey: b.publicKey },
      { mechanism: "hls-ecdsa", signingKey: b, verificationKey: a.publicKey },
    ];
  });
  const suite2 = { mechanism: "hls-gmac", suite: 2, key: longKey, authenticationKey: longAuthenticationKey } as const;
  const keyless = { ...gmac, authenticationKey: undefined };
  const alike: HlsCredentials[] = [
    reversing,
    gmac,
    suite2,
    keyless,
    ...(["hls-md5", "hls-sha1", "hls-sha256"] as const).map((mechanism) => ({ mechanism, secret })),
  ];
  return [...alike.map((both) => [both, both] as const), ...ecdsa];
}

describe("High level security", () => {
  for (const [name, credentials, own, peer, counter] of examples) {
    it(`answers as ${name} does, and its peer verifies it`, () => {
      expect(toHex(respond(credentials, own, counter))).to.equal(toHex(vector(name).bytes));
      expect(verify(credentials, peer, vector(name).bytes)).to.equal(counter);
    });
  }

  for (const [ours, theirs] of everyMechanism()) {
    const suffix =
      "suite" in ours ? ` of suite ${ours.suite}${ours.authenticationKey === undefined ? " without authentication key" : ""}` : "";
    const curve = ours.mechanism === "hls-ecdsa" ? ` with ${ours.signingKey?.curve}` : "";
    const title = `${ours.mechanism}${suffix}${curve}`;

    it(`lets both ends prove themselves with ${title}`, () => {
      verify(theirs, ofServer, respond(ours, ofClient, 7));
      verify(ours, ofClient, respond(theirs, ofServer, 9));
    });

    it(`refuses any other answer with ${title}`, () => {
      const answer = respond(ours, ofClient, 7);
      for (let bit = 0; bit < answer.length * 8; bit++) {
        const damaged = Uint8Array.from(answer);
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(
          refusalOf(() => verify(theirs, ofServer, damaged)),
          `bit ${bit}`,
        ).to.equal("authentication-failed");
      }
      for (const wrong of [answer.subarray(1), answer.subarray(0, -1), Uint8Array.of(...answer, 0), new Uint8Array(), serverChallenge]) {
        expect(
          refusalOf(() => verify(theirs, ofServer, wrong)),
          `${wrong.length} octets`,
        ).to.equal("authentication-failed");
      }
    });

    it(`does not take an answer for another challenge with ${title}`, () => {
      const answer = respond(ours, ofClient, 7);
      const later = { ...ofServer, sentChallenge: fromHex("0102030405060708") };
      expect(refusalOf(() => verify(theirs, later, answer))).to.equal("authentication-failed");
    });

    it(`refuses its own challenge sent back with ${title}`, () => {
      const mirrored = { ...ofClient, receivedChallenge: clientChallenge };
      expect(refusalOf(() => respond(ours, mirrored, 7))).to.equal("authentication-failed");
      expect(refusalOf(() => verify(ours, mirrored, new Uint8Array(17)))).to.equal("authentication-failed");
    });

    if (ours.mechanism !== "hls-manufacturer") {
      it(`does not take its own answer for the peer's with ${title}`, () => {
        expect(refusalOf(() => verify(ours, ofClient, respond(ours, ofClient, 7)))).to.equal("authentication-failed");
      });
    }
  }

  it("refuses a peer with its own system title", () => {
    expect(refusalOf(() => respond(gmac, { ...ofClient, peerSystemTitle: client }, 1))).to.equal("authentication-failed");
  });

  it("takes challenges of eight to sixty-four octets", () => {
    for (let length = 0; length <= 70; length++) {
      const refused = refusalOf(() =>
        respond({ mechanism: "hls-md5", secret }, { ...ofClient, receivedChallenge: new Uint8Array(length) }),
      );
      expect(refused, `${length} octets`).to.equal(length < 8 || length > 64 ? "bad-length" : undefined);
    }
  });

  it("draws challenges of sixteen octets, of thirty-two for signatures, or as long as it is told", () => {
    expect(createChallenge("hls-gmac", counting())).to.have.lengthOf(16);
    expect(createChallenge("hls-ecdsa", counting())).to.have.lengthOf(32);
    expect(toHex(createChallenge("hls-gmac", counting(), 8))).to.equal("0102030405060708");
    for (const length of [7, 65]) expect(refusalOf(() => createChallenge("hls-gmac", counting(), length))).to.equal("bad-length");
    expect(refusalOf(() => createChallenge("hls-gmac", () => new Uint8Array(3)))).to.equal("bad-length");
  });

  it("needs the system titles where they go into the answer", () => {
    const untitled = { sentChallenge: clientChallenge, receivedChallenge: serverChallenge };
    for (const [credentials] of everyMechanism()) {
      const needed = ["hls-gmac", "hls-sha256", "hls-ecdsa"].includes(credentials.mechanism);
      expect(
        refusalOf(() => respond(credentials, untitled, 1)),
        credentials.mechanism,
      ).to.equal(needed ? "policy" : undefined);
      expect(refusalOf(() => respond(credentials, { ...ofClient, systemTitle: new Uint8Array(7) }, 1))).to.equal(
        needed ? "bad-length" : undefined,
      );
    }
  });

  it("needs an invocation counter for GMAC, one that can be used", () => {
    expect(refusalOf(() => respond(gmac, ofClient))).to.equal("policy");
    expect(refusalOf(() => respond(gmac, ofClient, 0xffffffff))).to.equal("counter-exhausted");
  });

  it("refuses a GMAC answer under other keys, of another suite or with encryption", () => {
    const answer = respond(gmac, ofClient, 7);
    for (const other of [
      { ...gmac, key: otherKey },
      { ...gmac, authenticationKey: otherKey },
      { ...gmac, suite: 1 as const },
    ]) {
      expect(refusalOf(() => verify(other, ofServer, answer))).to.equal("authentication-failed");
    }
    expect(refusalOf(() => verify(gmac, ofServer, Uint8Array.of(0x30, ...answer.subarray(1))))).to.equal("authentication-failed");
  });

  it("refuses the tag of an enciphered APDU, though its cipher text is the challenge", () => {
    const options = { key: encryptionKey, authenticationKey, systemTitle: client };
    const enciphered = Uint8Array.of(0x30, 0, 0, 0, 7, ...serverChallenge, ...new Uint8Array(12));
    const { plain } = decipherUnverified(options, client, enciphered);
    const whole = protect(options, securityControl(0, "both"), 7, plain);
    expect(toHex(whole.subarray(5, -12))).to.equal(toHex(serverChallenge));
    const answer = Uint8Array.of(...whole.subarray(0, 5), ...whole.subarray(-12));
    expect(refusalOf(() => verify(gmac, ofServer, answer))).to.equal("authentication-failed");
  });

  it("passes on what a manufacturer's function throws", () => {
    const broken = { mechanism: "hls-manufacturer", transform: () => fromHex("0") } as const;
    expect(refusalOf(() => respond(broken, ofClient))).to.equal("bad-length");
  });

  for (const curve of ["P-256", "P-384"] as const) {
    it(`signs and verifies as a second implementation does with ${curve}`, async () => {
      const [a, b] = [await newKeyPair(curve), await newKeyPair(curve)];
      const ours = {
        mechanism: "hls-ecdsa",
        signingKey: PrivateKey.from(a.privateKey),
        verificationKey: PublicKey.from(b.publicKey),
      } as const;
      const pass3 = Uint8Array.of(...client, ...server, ...serverChallenge, ...clientChallenge);
      const pass4 = Uint8Array.of(...server, ...client, ...clientChallenge, ...serverChallenge);
      expect(await verifyEcdsa(a, pass3, respond(ours, ofClient))).to.equal(true);
      verify(ours, ofClient, await signEcdsa(b, pass4));
      expect(refusalOf(() => verify(ours, ofClient, new Uint8Array(2 * a.privateKey.length)))).to.equal("authentication-failed");
    });
  }

  it("throws nothing but refusals, whatever a peer answers", () => {
    const mechanisms = everyMechanism();
    fc.assert(
      fc.property(fc.nat(mechanisms.length - 1), fc.uint8Array({ maxLength: 100 }), (index, answer) => {
        const [ours] = mechanisms[index] as (typeof mechanisms)[number];
        expect(refusalOf(() => verify(ours, ofClient, answer))).to.equal("authentication-failed");
      }),
      { numRuns: 200 },
    );
  });
});
