import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { AssociationSecurity } from "../../src/dlms/association/protection.ts";
import type { ServiceRequest, ServiceResult } from "../../src/dlms/association/services.ts";
import { type HlsCredentials, respond } from "../../src/dlms/security/hls.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../../src/dlms/security/invocation-counter.ts";
import { SecretBytes } from "../../src/dlms/security/secret-bytes.ts";
import { apduTags } from "../../src/dlms/xdlms/tags.ts";
import { AttemptBook } from "../../src/server/attempt-limiter.ts";
import { AssociationPair, aarqOf, attribute, type PairOptions, RawServer } from "../dlms/association/pair.ts";
import {
  authenticatedOnly,
  both,
  Counters,
  clientTitle,
  encryptedOnly,
  gmac,
  keys,
  random,
  secureOptions,
  security,
  serverTitle,
} from "../dlms/association/secure-pair.ts";
import { scaled } from "../support/scale.ts";

/*
 * Rows of the security bar as tests; the ids are those of its table.
 */

const set: ServiceRequest = { service: "set", list: false, attributes: [attribute], values: [fromHex("1105")] };
const get: ServiceRequest = { service: "get", list: false, attributes: [attribute] };
const handle = (request: ServiceRequest): ServiceResult =>
  request.service === "set" ? { service: "set", results: ["success"] } : { service: "get", results: [{ data: fromHex("1105") }] };

const executed = (pair: AssociationPair): number => pair.serverEvents.filter(({ type }) => type === "indication").length;

/** Counters of one end as they are stored, for a process that ends and another that begins. */
class StoredCounters {
  readonly received = new Map<string, number>();
  sent = 0;

  /** What a process starts with, from what the one before left. */
  security(systemTitle: Uint8Array, fields: Partial<AssociationSecurity> = {}): AssociationSecurity {
    const counters = new Map<string, InvocationCounterReceiver>();
    return security(systemTitle, {
      ...fields,
      sendCounter: new InvocationCounterSender({
        next: this.sent,
        blockSize: 8,
        reservation: {
          reserve: (upTo) => {
            this.sent = upTo;
          },
        },
      }),
      receiveCounter: (originator, key) => {
        const name = toHex(originator) + key;
        const counter =
          counters.get(name) ??
          new InvocationCounterReceiver({
            lowestAcceptable: this.received.get(name) ?? 0,
            store: {
              store: (lowest) => {
                this.received.set(name, lowest);
              },
            },
          });
        counters.set(name, counter);
        return counter;
      },
    });
  }
}

function pairWith(client: AssociationSecurity, server: AssociationSecurity): AssociationPair {
  const options = secureOptions();
  return new AssociationPair({ client: { ...options.client, security: client }, server: { ...options.server, security: server }, handle });
}

describe("S3: a ciphered session replayed APDU by APDU", () => {
  const stored = { client: new StoredCounters(), server: new StoredCounters() };
  const session = pairWith(stored.client.security(clientTitle), stored.server.security(serverTitle)).associate();
  for (let count = 0; count < 5; count++) session.request(count % 2 === 0 ? set : get);
  const recorded = session.carried.filter(({ from }) => from === "client").map(({ bytes }) => bytes);
  const replay = (pair: AssociationPair, apdus: readonly Uint8Array[]): void => {
    for (const apdu of apdus) {
      for (const event of pair.server.receiveApdu(apdu, 0)) pair.serverEvents.push(event);
      while (pair.server.apduToSend() !== undefined);
    }
  };
  const services = recorded.filter(([tag]) => tag === apduTags["set-request"].global || tag === apduTags["get-request"].global);

  it("is executed once", () => {
    expect(executed(session)).to.equal(5);
    expect(services).to.have.length(5);
  });

  it("executes nothing when replayed at once", () => {
    replay(session, services);
    expect(executed(session)).to.equal(5);
  });

  it("executes nothing when replayed into a later association of the same client", () => {
    const later = pairWith(stored.client.security(clientTitle), stored.server.security(serverTitle)).associate();
    replay(later, services);
    expect(executed(later)).to.equal(0);
    expect(later.request(get)[0]?.type, "the right client goes on").to.equal("response");
  });

  it("executes nothing when the whole session is replayed, from its AARQ on, after a restart", () => {
    const restarted = pairWith(stored.client.security(clientTitle), stored.server.security(serverTitle));
    replay(restarted, recorded);
    expect(executed(restarted)).to.equal(0);
    expect(restarted.server.state).not.to.equal("associated");
  });

  it("executes nothing when replayed into the association of another client", () => {
    const title = fromHex("4D4D4D00000000AA");
    const other = pairWith(new StoredCounters().security(title), stored.server.security(serverTitle)).associate();
    replay(other, services);
    expect(executed(other)).to.equal(0);
  });

  it("is not moved by forged counters, however high", () => {
    const pair = pairWith(stored.client.security(clientTitle), stored.server.security(serverTitle)).associate();
    for (const counter of ["00FFFFFF", "7FFFFFFF", "FFFFFFFE", "FFFFFFFF"]) {
      const forged = Uint8Array.from(services[0] ?? []);
      forged.set(fromHex(counter), 3);
      replay(pair, [forged]);
    }
    expect(executed(pair)).to.equal(0);
    expect(pair.request(set)[0]?.type).to.equal("response");
  });
});

describe("S4: tags of other lengths", () => {
  it("are refused, from none to sixteen octets", () => {
    const pair = new AssociationPair({ ...secureOptions(), handle }).associate();
    pair.client.request(set, 0);
    const whole = pair.client.apduToSend()?.bytes ?? new Uint8Array();
    for (let length = 0; length <= 16; length++) {
      if (length === 12) continue;
      const cut = new Uint8Array(whole.length - 12 + length);
      cut.set(whole.subarray(0, Math.min(whole.length, cut.length)));
      cut[1] = cut.length - 2;
      pair.server.receiveApdu(cut, 0);
      expect(pair.server.apduToSend()?.bytes[0], `${length} octets`).to.equal(apduTags["exception-response"].plain);
    }
    expect(executed(pair)).to.equal(0);
  });
});

describe("S5: pairs of key and initialization vector", function () {
  this.timeout(scaled(60_000, 3_600_000));

  it("are never used twice, over reconnects, restarts and crashes, by tokens or by APDUs", () => {
    const total = scaled(100_000, 10_000_000);
    const stored = { client: new StoredCounters(), server: new StoredCounters() };
    // Counters that only rise repeat nothing, and need no memory of millions.
    const first = { client: -1, server: -1 };
    const last = { client: -1, server: -1 };
    let count = 0;
    const note = (from: "client" | "server", counter: number): void => {
      if (counter <= last[from]) expect.fail(`${from} uses ${counter} after ${last[from]}`);
      if (first[from] < 0) first[from] = counter;
      last[from] = counter;
      count += 1;
    };
    const counterAt = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
    let process = 0;
    while (count < total) {
      // Each turn is a process that ends without a word, at whatever point it was.
      process += 1;
      const client = stored.client.security(clientTitle);
      const server = stored.server.security(serverTitle);
      for (let connection = 0; connection < 3 && count < total; connection++) {
        const pair = pairWith(client, server).associate();
        expect(pair.client.state).to.equal("associated");
        for (let request = 0; request < (process * 7) % 40; request++) pair.request(get);
        for (const { from, bytes } of pair.carried) {
          if (bytes[0] === apduTags.aarq.plain || bytes[0] === apduTags.aare.plain) {
            // The Initiate APDU stands at the end: octet string, tag and length, security control, counter.
            const tag = from === "client" ? apduTags["initiate-request"].global : apduTags["initiate-response"].global;
            const at = bytes.findIndex((octet, index) => {
              const left = bytes.length - index;
              return octet === tag && bytes[index - 2] === 0x04 && bytes[index - 1] === left && bytes[index + 1] === left - 2;
            });
            note(from, counterAt(bytes, at + 3));
          } else {
            note(from, counterAt(bytes, 3));
          }
        }
        // The tokens of passes 3 and 4 took a value each, which no APDU has.
        for (const [from, own] of [
          ["client", client],
          ["server", server],
        ] as const) {
          expect(own.sendCounter.next - first[from]).to.be.at.least(pair.carried.filter((apdu) => apdu.from === from).length + 1);
        }
      }
    }
    expect(count).to.be.at.least(total);
  });
});

describe("S6: reflection and downgrade", () => {
  const credentials: HlsCredentials = { mechanism: "hls-md5", secret: SecretBytes.from(new TextEncoder().encode("a secret")) };
  const hls: PairOptions = {
    client: { authentication: { mechanism: "hls", credentials, random } },
    server: { authentication: { mechanism: "hls", credentials }, random },
  };

  it("a recorded pass 3 is of no use against another challenge", () => {
    const first = new AssociationPair({ ...hls, handle });
    first.associate();
    const passThree = first.carried[2]?.bytes ?? new Uint8Array();
    const second = new AssociationPair({ ...hls, handle });
    second.client.associate(0);
    second.server.receiveApdu(second.client.apduToSend()?.bytes ?? new Uint8Array(), 0);
    second.server.receiveApdu(passThree, 0);
    expect(second.server.state).to.equal("idle");
  });

  it("a second pass 3 is no service of an association", () => {
    const pair = new AssociationPair({ ...hls, handle }).associate();
    const before = executed(pair);
    const passThree = pair.carried[2]?.bytes ?? new Uint8Array();
    pair.server.receiveApdu(passThree, 0);
    // It is an ACTION like any other by now: the objects decide, and there the method is not to be had.
    expect(pair.serverEvents.filter(({ type }) => type === "associated")).to.have.length(1);
    expect(executed(pair)).to.be.at.most(before + 1);
  });

  it("pass 3 without a challenge, or after one that failed, opens nothing", () => {
    const server = new RawServer({ authentication: { mechanism: "hls", credentials }, random });
    const answer = respond(credentials, { sentChallenge: new Uint8Array(8).fill(1), receivedChallenge: new Uint8Array(8).fill(2) });
    const passThree = `C301C1 000F 0000280000FF 01 01 09 10 ${toHex(answer)}`;
    expect(server.send(passThree)).to.equal("D80101");
    server.sendBytes(aarqOf({ mechanism: "hls-md5", authenticationRequired: true, authenticationValue: new Uint8Array(8).fill(3) }));
    expect(server.send(passThree)).to.match(/^C701C1FA/);
    expect(server.send(passThree)).to.equal("D80101");
    expect(server.server.state).to.equal("idle");
  });

  it("a challenge of another length than the standard allows is refused", () => {
    for (const length of [0, 1, 7, 65, 100]) {
      const server = new RawServer({ authentication: { mechanism: "hls", credentials }, random });
      server.sendBytes(aarqOf({ mechanism: "hls-md5", authenticationRequired: true, authenticationValue: new Uint8Array(length).fill(3) }));
      expect(server.server.state, String(length)).to.equal("idle");
    }
  });

  it("every context, mechanism and protection less than the client's own is refused", () => {
    const { server } = secureOptions();
    const accepted: string[] = [];
    for (const applicationContext of ["logical-name", "short-name", "logical-name-ciphered", "short-name-ciphered"] as const)
      for (const mechanism of [undefined, "none", "lls", "hls-md5", "hls-sha1", "hls-gmac"] as const)
        for (const authenticationRequired of [false, true]) {
          const raw = new RawServer(server);
          raw.sendBytes(
            aarqOf({
              applicationContext,
              authenticationRequired,
              mechanism,
              callingApTitle: clientTitle,
              authenticationValue: new Uint8Array(16).fill(9),
            }),
          );
          if (raw.server.state !== "idle") accepted.push(`${applicationContext} ${mechanism} ${authenticationRequired}`);
        }
    expect(accepted).to.deep.equal([]);
  });

  it("every protection of a request less than the policy is refused", () => {
    for (const policy of [both, authenticatedOnly])
      for (const sent of [authenticatedOnly, encryptedOnly]) {
        if (policy === authenticatedOnly && sent === authenticatedOnly) continue;
        const client = security(clientTitle, { policy: both });
        const pair = pairWith(client, security(serverTitle, { policy })).associate();
        expect(pair.client.state).to.equal("associated");
        // The association is right; from here on the client sends less than it should.
        const lesser = pairWith({ ...client, policy: sent }, security(serverTitle, { policy }));
        lesser.client.associate(0);
        expect(executed(pair)).to.equal(0);
        lesser.run();
        if (lesser.client.state === "associated") lesser.request(set);
        expect(executed(lesser), `${JSON.stringify(sent)} for ${JSON.stringify(policy)}`).to.equal(0);
      }
  });
});

describe("S8: guessing", function () {
  this.timeout(30_000);
  it("10 000 wrong passwords are looked at once a second, and the right client is in within five seconds", () => {
    const password = fromHex("3030303030303030");
    const book = new AttemptBook();
    let now = 0;
    const attempt = (secret: Uint8Array): { readonly accepted: boolean } => {
      const raw = new RawServer({ authentication: { mechanism: "lls", password }, limiter: book.limiterOf(2, "10.0.0.1") });
      const aarq = aarqOf({ mechanism: "lls", authenticationRequired: true, authenticationValue: secret });
      raw.server.receiveApdu(aarq, now);
      return { accepted: raw.server.state === "associated" };
    };
    for (let count = 0; count < 10_000; count++) {
      now += 1;
      expect(attempt(fromHex("3131313131313131")).accepted).to.equal(false);
    }
    // Whoever guesses right in between is not heard more often than the wrong ones.
    let heard = 0;
    for (let count = 0; count < 2000; count++) {
      now += 1;
      if (attempt(password).accepted) heard += 1;
      else continue;
      break;
    }
    expect(heard).to.equal(1);
    now += 5000;
    expect(attempt(password).accepted).to.equal(true);
  });

  it("wrong keys tell nothing more with the ten thousandth attempt than with the first", () => {
    const counters = new Counters();
    const server = security(serverTitle, { receiveCounter: counters.receive });
    const answers = new Set<string>();
    for (let count = 0; count < 200; count++) {
      const pair = pairWith(security(clientTitle, { globalKey: keys.other() }), server);
      pair.associate();
      expect(pair.server.state).to.equal("idle");
      answers.add(toHex(pair.carried.at(-1)?.bytes ?? new Uint8Array()));
    }
    expect(answers.size).to.equal(1);
    const right = secureOptions();
    const pair = new AssociationPair({ client: right.client, server: { ...right.server, security: server }, handle }).associate();
    expect(pair.request(get)[0]?.type).to.equal("response");
    expect(gmac().mechanism).to.equal("hls-gmac");
  });
});
