import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { ClientCounters } from "../../src/client/client-counters.ts";
import { openWithCounters } from "../../src/client/counter-recovery.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { parseSecretReference, resolveSecret, type SecretReference } from "../../src/config/secret.ts";
import { authenticationMechanisms } from "../../src/dlms/acse/object-identifiers.ts";
import type { ServiceRequest, ServiceResult } from "../../src/dlms/association/services.ts";
import { decipherUnverified, readSecurityHeader } from "../../src/dlms/security/apdu-cipher.ts";
import { readCipheredApdu } from "../../src/dlms/security/ciphered-apdu.ts";
import { type HlsCredentials, respond } from "../../src/dlms/security/hls.ts";
import { agreeKey, type KeyAgreement, openEphemeralKey } from "../../src/dlms/security/key-agreement.ts";
import { PrivateKey } from "../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../src/dlms/security/public-key.ts";
import { sign, verifySignature } from "../../src/dlms/security/signature.ts";
import { apduTags } from "../../src/dlms/xdlms/tags.ts";
import { TransportError } from "../../src/errors.ts";
import { AssociationPair, aarqOf, attribute, RawServer } from "../dlms/association/pair.ts";
import { authenticatedOnly, clientTitle, keys, random, secureOptions, security, serverTitle } from "../dlms/association/secure-pair.ts";
import { counting, vector } from "../dlms/security/samples.ts";
import { MemoryCounterBook } from "../support/counter-book.ts";

/*
 * Pitfalls of security that others have met, by their numbers in the notes on the Green Book.
 */

const get: ServiceRequest = { service: "get", list: false, attributes: [attribute] };
const handle = (): ServiceResult => ({ service: "get", results: [{ data: fromHex("1105") }] });

describe("Keys that are not all known", () => {
  it("an answer with a tag is not taken without the authentication key, and can be read unverified only (pitfall 14)", () => {
    const { client, server } = secureOptions();
    const whole = new AssociationPair({ client, server, handle }).associate();
    whole.request(get);
    const answer = readCipheredApdu(whole.carried.at(-1)?.bytes ?? new Uint8Array());
    const options = { key: keys.global(), authenticationKey: undefined, systemTitle: clientTitle };
    const read = decipherUnverified(options, serverTitle, answer.content);
    expect(toHex(read.plain)).to.match(/^C401..001105$/);
    expect(read.authenticated).to.equal(false);

    const partial = new AssociationPair({
      client: { ...client, security: security(clientTitle, { authenticationKey: undefined }) },
      server,
      handle,
    }).associate();
    expect(partial.client.state).to.equal("idle");
    expect(partial.server.state).to.equal("idle");
  });

  it("two ends that have no authentication key understand each other (pitfall 14)", () => {
    const without = { authenticationKey: undefined };
    const { client, server } = secureOptions(without, without);
    const withoutKey = { mechanism: "hls-gmac", suite: 0, key: keys.global(), authenticationKey: undefined } as const;
    const pair = new AssociationPair({
      client: { ...client, authentication: { mechanism: "hls", credentials: withoutKey, systemTitle: clientTitle, random } },
      server: { ...server, authentication: { mechanism: "hls", credentials: withoutKey, systemTitle: serverTitle } },
      handle,
    }).associate();
    expect(pair.request(get)[0]?.type).to.equal("response");
  });

  it("no key stands in the sources, but for the benchmark's own (pitfall 15)", () => {
    const root = new URL("../../src/", import.meta.url);
    const found = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.startsWith("cli/bench/"))
      .flatMap((path) => [...readFileSync(new URL(path, root), "utf8").matchAll(/"([0-9A-Fa-f]{2}[ :]?){16,32}"/g)].map(() => path));
    expect(found).to.deep.equal([]);
    const benchmark = readFileSync(new URL("cli/bench/bench-security.ts", root), "utf8");
    expect(benchmark, "the pattern finds keys").to.match(/"([0-9A-Fa-f]{2}[ :]?){16,32}"/);
  });
});

describe("Counters out of step", () => {
  /** Attempts of a client whose meter keeps silent about counters below `wanted`, and shows its last one to the public client. */
  async function attempts(wanted: number, used: number, code: "timeout" | "closed") {
    const counters = new ClientCounters(new MemoryCounterBook(), clientTitle, "key");
    for (let count = 0; count < used; count++) counters.sendCounter.take();
    const taken: number[] = [];
    const shown = { getMany: async () => [{ value: { type: "double-long-unsigned", value: wanted - 1 } }], close: async () => {} };
    const outcome = await openWithCounters(
      counters,
      1,
      async () => {
        const counter = counters.sendCounter.take();
        taken.push(counter);
        if (counter < wanted) throw new TransportError(code, "no answer");
        return {} as DlmsClient;
      },
      async () => shown as unknown as DlmsClient,
    ).then(
      () => "open",
      (error: unknown) => (error instanceof TransportError ? error.code : error),
    );
    return { outcome, taken, next: counters.sendCounter.take() };
  }

  for (const code of ["timeout", "closed"] as const)
    it(`a meter that answers a low one with ${code} is asked through the public client, and the client goes up (pitfall 21)`, async () => {
      const { outcome, taken, next } = await attempts(7000, 3, code);
      expect(outcome).to.equal("open");
      expect(taken).to.deep.equal([3, 7000]);
      expect(next).to.equal(7001);
    });

  it("one of its own is never lowered, whatever a meter shows (pitfall 21)", async () => {
    const counters = new ClientCounters(new MemoryCounterBook(), clientTitle, "key");
    for (let count = 0; count < 100; count++) counters.sendCounter.take();
    for (const shown of [0, 1, 99, 100]) expect(counters.raise(shown), String(shown)).to.equal(false);
    expect(counters.sendCounter.take()).to.equal(100);
  });

  it("every use takes one: tokens, Initiate APDUs and services in both directions have each its own (pitfall 28)", () => {
    // Authenticated and not encrypted, so that the token in pass 3 and pass 4 can be seen.
    const { client, server } = secureOptions({ policy: authenticatedOnly }, { policy: authenticatedOnly });
    const pair = new AssociationPair({ client, server, handle }).associate();
    for (let count = 0; count < 3; count++) pair.request(get);
    for (const from of ["client", "server"] as const) {
      const counters = pair.carried.filter((apdu) => apdu.from === from).flatMap(({ bytes }) => countersIn(bytes));
      // Initiate, pass 3 or 4 with its token, and three services.
      expect(counters, from).to.have.length(6);
      expect(new Set(counters).size, from).to.equal(6);
      expect(Math.max(...counters) - Math.min(...counters), from).to.equal(5);
    }
  });
});

/** Invocation counters in an APDU: its own, and of a token in it. */
function countersIn(bytes: Uint8Array): readonly number[] {
  if (bytes[0] === apduTags.aarq.plain || bytes[0] === apduTags.aare.plain) {
    const tag = bytes[0] === apduTags.aarq.plain ? apduTags["initiate-request"].global : apduTags["initiate-response"].global;
    return [readSecurityHeader(bytes.subarray(bytes.lastIndexOf(tag) + 2)).invocationCounter];
  }
  const { content } = readCipheredApdu(bytes);
  const own = readSecurityHeader(content).invocationCounter;
  // An octet string of seventeen: security control of a tag alone, counter, tag.
  const token = /0911(10[0-9A-F]{8})[0-9A-F]{24}/.exec(toHex(content.subarray(5)))?.[1];
  return token === undefined ? [own] : [own, readSecurityHeader(fromHex(token)).invocationCounter];
}

describe("Secrets and mechanisms", () => {
  const octetsOf = (text: string): string =>
    toHex(
      resolveSecret(parseSecretReference(text) as SecretReference, { path: "--password", format: "text", environment: {}, directory: "." })
        .bytes,
    );

  it("a password is octets, and says itself whether it is written as text or in hex (pitfall 26)", () => {
    expect(octetsOf("text:12345678")).to.equal("3132333435363738");
    expect(octetsOf("hex:12345678")).to.equal("12345678");
    expect(parseSecretReference("12345678"), "neither").to.equal(undefined);
  });

  it("a password of any octets travels as it is, and another of the same look is another (pitfall 26)", () => {
    const password = fromHex("00FF3130800A");
    const pair = new AssociationPair({
      client: { authentication: { mechanism: "lls", password } },
      server: { authentication: { mechanism: "lls", password } },
    }).associate();
    expect(pair.client.state).to.equal("associated");
    expect(toHex(pair.carried[0]?.bytes ?? new Uint8Array())).to.include(toHex(password));
    const server = new RawServer({ authentication: { mechanism: "lls", password: fromHex("3030") } });
    server.sendBytes(aarqOf({ mechanism: "lls", authenticationRequired: true, authenticationValue: fromHex("00") }));
    expect(server.server.state).to.equal("idle");
  });

  it("mechanism 2 is whatever function the manufacturer has (pitfall 27)", () => {
    const coded = (key: number): HlsCredentials => ({
      mechanism: "hls-manufacturer",
      transform: (challenge) => challenge.map((octet, index) => octet ^ (key + index)),
    });
    const associated = (ofClient: HlsCredentials, ofServer: HlsCredentials): boolean => {
      const pair = new AssociationPair({
        client: { authentication: { mechanism: "hls", credentials: ofClient, random } },
        server: { authentication: { mechanism: "hls", credentials: ofServer }, random },
      }).associate();
      return pair.client.state === "associated" && pair.server.state === "associated";
    };
    expect(associated(coded(7), coded(7))).to.equal(true);
    expect(associated(coded(7), coded(8))).to.equal(false);
  });

  it("mechanisms have the numbers of the standard: GMAC is 5, SHA-256 is 6, ECDSA is 7 (pitfall 32)", () => {
    expect(authenticationMechanisms).to.deep.equal({
      none: 0,
      lls: 1,
      "hls-manufacturer": 2,
      "hls-md5": 3,
      "hls-sha1": 4,
      "hls-gmac": 5,
      "hls-sha256": 6,
      "hls-ecdsa": 7,
    });
    for (const [mechanism, number] of Object.entries(authenticationMechanisms)) {
      if (mechanism === "none") continue;
      const aarq = aarqOf({ mechanism: mechanism as keyof typeof authenticationMechanisms, authenticationRequired: true });
      expect(toHex(aarq), mechanism).to.include(`8B07608574050802${toHex(Uint8Array.of(number))}`);
    }
  });
});

describe("Agreed keys and signatures", () => {
  const agreement = (name: string, privateKey: string, publicKey: string): KeyAgreement & { readonly scheme: "2e0s" } => ({
    scheme: "2e0s",
    suite: 1,
    privateKey: PrivateKey.from(vector(name).key(privateKey)),
    publicKey: PublicKey.from(vector(name).key(publicKey)),
    systemTitleU: vector(name).result("party_u").subarray(0, 8),
    systemTitleV: vector(name).result("party_v"),
  });
  const keyOf = (agreed: KeyAgreement): string => toHex(agreeKey(agreed).exposeSecret());

  it("the AlgorithmID is 60 85 74 05, and with a switch the misprinted 06 (pitfall 29)", () => {
    const agreed = agreement("ka-2e0s-guek", "esk_s", "epk_c");
    expect(keyOf(agreed)).to.equal(toHex(vector("ka-2e0s-guek").bytes));
    expect(keyOf({ ...agreed, legacyAlgorithmId: true })).to.equal(toHex(vector("ka-2e0s-guek").result("legacy_ed8_key")));
  });

  it("the transaction id has its length before it in what the key is derived from (pitfall 29)", () => {
    const party = vector("ka-0e2s-key").result("party_u");
    expect(party[8], "its length").to.equal(party.length - 9);
    const agreed = { ...agreement("ka-0e2s-key", "ka_sk_c", "ka_pk_s"), scheme: "0e2s", transactionId: party.subarray(9) } as const;
    expect(keyOf(agreed)).to.equal(toHex(vector("ka-0e2s-key").bytes));
  });

  it("an ephemeral key is signed with the id of the key in key_agreement, and alone in general-ciphering (pitfall 29)", () => {
    const signer = PublicKey.from(vector("ka-2e0s-client-signature").key("sign_pk_c"));
    for (const [name, keyId] of [
      ["ka-2e0s-client-signature", 0],
      ["ka-1e1s-client-epk-signature", undefined],
    ] as const) {
      const { bytes, result } = vector(name);
      const ephemeral = result("signed_data").subarray(keyId === undefined ? 0 : 1);
      const data = Uint8Array.of(...ephemeral, ...bytes);
      expect(toHex(openEphemeralKey(signer, data, keyId).octets), name).to.equal(toHex(ephemeral));
      expect(() => openEphemeralKey(signer, data, keyId === undefined ? 0 : undefined), name).to.throw();
    }
  });

  it("a signature is R and S at their full length, whatever their values (pitfall 31)", () => {
    for (const [curve, length] of [
      ["P-256", 64],
      ["P-384", 96],
    ] as const) {
      const key = PrivateKey.generate(curve, counting());
      for (let count = 0; count < 40; count++) expect(sign(key, Uint8Array.of(count))).to.have.length(length);
    }
  });

  it("a signature in DER is understood where a meter sends it, in HLS too (pitfall 31)", () => {
    const [own, peer] = [PrivateKey.generate("P-256", counting(1)), PrivateKey.generate("P-256", counting(9))];
    const exchange = { sentChallenge: random(32), receivedChallenge: random(32), systemTitle: serverTitle, peerSystemTitle: clientTitle };
    const answer = respond({ mechanism: "hls-ecdsa", signingKey: own, verificationKey: peer.publicKey }, exchange);
    const signed = Uint8Array.of(...serverTitle, ...clientTitle, ...exchange.receivedChallenge, ...exchange.sentChallenge);
    for (const signature of [answer, derOf(answer)]) {
      expect(verifySignature(own.publicKey, signed, signature)).to.equal(true);
      expect(verifySignature(peer.publicKey, signed, signature)).to.equal(false);
    }
  });
});

/** R and S as a sequence of two integers, by hand. */
function derOf(signature: Uint8Array): Uint8Array {
  const integers = [signature.subarray(0, signature.length / 2), signature.subarray(signature.length / 2)].flatMap((half) => {
    const start = half.findIndex((octet) => octet !== 0);
    const digits = [...half.subarray(start)];
    if ((digits[0] as number) >= 0x80) digits.unshift(0);
    return [0x02, digits.length, ...digits];
  });
  return Uint8Array.of(0x30, integers.length, ...integers);
}
