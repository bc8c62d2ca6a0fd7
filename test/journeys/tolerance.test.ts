import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { associate } from "../../src/client/connect.ts";
import { decodeAarq } from "../../src/dlms/acse/codec.ts";
import { ApduProtection } from "../../src/dlms/association/protection.ts";
import { InvocationCounterSender } from "../../src/dlms/security/invocation-counter.ts";
import { secureRandom } from "../../src/dlms/security/secure-random.ts";
import { DecodeError } from "../../src/errors.ts";
import { HdlcStation } from "../../src/hdlc/station.ts";
import { hour } from "../../src/meter-model/index.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { AssociationPair, dataOfSize } from "../dlms/association/pair.ts";
import { errorOf, first, get, kinds, password, RawClient } from "../dlms/association/raw-client.ts";
import { both, clientTitle, gmac, secureOptions, security, serverTitle } from "../dlms/association/secure-pair.ts";
import { inMemory } from "../support/in-memory.ts";
import { sampleMeter, sampleServer } from "../support/sample-meter.ts";

/*
 * What other stacks were seen to do on the wire, in the order in which the notes on peers list it: recorded octets where
 * there are some, and what this stack makes of them.
 */

/** A client in a ciphered association, with the server's side in the test's hands. */
function cipheredClient(serverCounter = new InvocationCounterSender()): {
  readonly pair: AssociationPair;
  readonly server: ApduProtection;
} {
  const options = secureOptions({}, { sendCounter: serverCounter });
  const pair = new AssociationPair(options).associate();
  const server = new ApduProtection(security(serverTitle, { sendCounter: serverCounter }));
  server.start(clientTitle);
  return { pair, server };
}

const getResponse = fromHex("C401C1000600001234");

describe("A client", () => {
  for (const [server, rlre] of [
    ["Gurux C, in clear", "6311800100BE0F040E0800065F1F0400001E1DFFFF0007"],
    ["Gurux Java", "6311800100BE0F040E0800065F1F040000021C04000007"],
    ["Gurux C, ciphered", "6324800100BE220421281F3000000013282532014D93432131C816A8DB11ED3C3C5AE08301A86300175F"],
  ] as const) {
    it(`takes an RLRE whose lengths are less than what it holds, of ${server} (interop deviation 1)`, () => {
      const client = new RawClient().associate();
      client.client.release(0);
      expect(kinds(client.receive(rlre))).to.deep.equal(["released"]);
      expect(client.client.state).to.equal("idle");
      expect(client.client.nextTimeout).to.equal(undefined);
    });
  }

  it("takes the first of two block replies in one APDU, as Gurux C answers when a profile has no rows (interop deviation 2)", () => {
    const client = new RawClient().associate();
    client.request();
    client.receive("C402C1000000000100 05 0600001234");
    client.sent();
    const events = client.receive("C402C10100000002000000C402C101000000020000");
    expect(first(events)).to.deep.include({ type: "response", result: { service: "get", results: [{ data: "0600001234" }] } });
  });

  it("fails a read whose last reply breaks off behind its header, and goes on (interop deviation 2)", () => {
    const client = new RawClient().associate();
    client.request();
    client.receive("C402C1000000000100 05 0600001234");
    expect(errorOf(client.receive("C402C10103"))).to.be.instanceOf(DecodeError);
    client.request();
    expect(first(client.receive("C401C2000600001234"))).to.deep.include({ type: "response" });
  });

  it("takes general-glo-ciphering for the answer to a request with a tag of its own (interop deviation 3)", () => {
    const { pair, server } = cipheredClient();
    pair.client.request(get, 0);
    expect(toHex(pair.client.apduToSend()?.bytes ?? new Uint8Array())).to.match(/^C8/);
    const answer = server.protect(getResponse, "general-global", both);
    expect(toHex(answer)).to.match(/^DB084D4D4D0000000001/);
    expect(first(pair.client.receiveApdu(answer, 0))).to.deep.include({
      type: "response",
      result: { service: "get", results: [{ data: "0600001234" }] },
    });
  });

  it("sends challenges of a length that every server answers rightly (interop deviation 4)", () => {
    expect(challengeOf(new RawClient(hls)).length).to.be.oneOf([8, 16]);
  });

  it("answers challenges of 8 to 64 octets, and knows the server by its answer (interop deviation 4)", () => {
    for (const length of [8, 16, 32, 64]) {
      const { client, server } = secureOptions();
      const random = (): Uint8Array => Uint8Array.from({ length }, (_, index) => index);
      const pair = new AssociationPair({ client, server: { ...server, random } }).associate();
      expect(kinds(pair.clientEvents), `${length} octets`).to.deep.equal(["associated"]);
    }
  });

  it("takes the first answer of a server whose counter begins with 0 (interop deviation 5)", () => {
    const counter = new InvocationCounterSender();
    expect(counter.next).to.equal(0);
    const { pair } = cipheredClient(counter);
    expect(kinds(pair.clientEvents)).to.deep.equal(["associated"]);
    expect(counter.next).to.be.greaterThan(0);
  });

  it("draws a new challenge for each association (interop deviation 6)", () => {
    const challenges = Array.from({ length: 20 }, () => toHex(challengeOf(new RawClient(hls))));
    expect(new Set(challenges).size).to.equal(challenges.length);
  });

  it("takes the AARE of jDLMS: a version, and the ciphered context for an association in clear (interop deviation 8)", () => {
    const client = new RawClient({ authentication: { mechanism: "lls", password } });
    client.client.associate(0);
    client.sent();
    const [event] = client.receive("612D80020780A109060760857405080103A203020100A305A103020100BE10040E0800065F1F040018123DFFFF0007");
    expect(event).to.have.property("type", "associated");
    expect(client.client.state).to.equal("associated");
    client.request();
    expect(client.sent()).to.deep.equal(["C001C100030100010800FF0200"]);
  });

  for (const octets of [0x10000, 0x10001, 200_000]) {
    it(`takes an answer of ${octets} octets, which is more than two octets count (interop deviation 9)`, () => {
      const value = dataOfSize(octets);
      const pair = new AssociationPair({ handle: () => ({ service: "get", results: [{ data: value }] }) }).associate();
      const [event] = pair.request(get);
      expect(event).to.have.property("type", "response");
      expect(
        event?.type === "response" && event.result.service === "get" && toHex(event.result.results[0]?.data ?? value.slice(1)),
      ).to.equal(toHex(value));
    });
  }

  it("ends its requests at once when the server closes the stream (interop deviation 10)", async () => {
    const { timers, settle } = inMemory();
    const server = sampleServer(sampleMeter(hour), { timers });
    const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
    server.serve("wrapper", b);
    const client = await settle(associate(a, "wrapper", { timers }));
    const asked = timers.now();
    const read = client.getRaw({ classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2 }).then(
      () => "answered",
      () => timers.now() - asked,
    );
    b.close();
    expect(await settle(read)).to.be.lessThan(100);
    await settle(server.close());
  });
});

describe("A server", () => {
  it("answers SNRM without an information field with the parameters of the profile (interop deviation 7)", () => {
    const station = new HdlcStation({ physicalAddress: 17, logicalDevices: [1] });
    const [event] = station.receiveBytes(fromHex("7EA0070321930F017E"), 0);
    expect(event).to.deep.include({ type: "opened", channel: { clientSap: 16, serverSap: 1 } });
    expect(toHex(station.dataToSend() ?? new Uint8Array())).to.match(/^7EA0[0-9A-F]{2}210373/);
  });

  it("releases what it has of a client that ends the stream, and serves the next (interop deviation 10)", async () => {
    const { timers, settle, connect } = inMemory();
    const server = sampleServer(sampleMeter(hour), { timers });
    for (let visit = 0; visit < 3; visit++) {
      const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
      server.serve("wrapper", b);
      await settle(associate(a, "wrapper", { timers }));
      a.close();
      timers.advance(10);
    }
    const client = await connect(server, "wrapper");
    expect(toHex(await settle(client.getRaw({ classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2 })))).to.match(/^090C07EA/);
    await settle(server.close());
  });
});

const hls = { authentication: { mechanism: "hls", credentials: gmac(), systemTitle: clientTitle, random: secureRandom } } as const;

/** The challenge in the AARQ of a client. */
function challengeOf(client: RawClient): Uint8Array {
  client.client.associate(0);
  return decodeAarq(client.client.apduToSend()?.bytes ?? new Uint8Array()).authenticationValue ?? new Uint8Array();
}
