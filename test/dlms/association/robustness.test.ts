import { readdirSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { fromHex } from "../../../src/bytes/hex.ts";
import { supportedConformance } from "../../../src/dlms/association/negotiation.ts";
import { NotificationReceiver } from "../../../src/dlms/association/notification-receiver.ts";
import { refuseAll } from "../../../src/dlms/association/services.ts";
import { encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { apdu as anyApdu } from "../../support/arbitraries.ts";
import { loadVectors } from "../../support/vectors.ts";
import { AssociationPair, aarqOf, attribute, dataOfSize, method, RawServer } from "./pair.ts";
import { kinds, RawClient } from "./raw-client.ts";

const scale = process.env["TEST_SCALE"] === "long" ? 50 : 1;

const vectors = readdirSync(new URL("../../vectors/", import.meta.url))
  .filter((name) => /^(acse|xdlms|gbt).*\.json$/.test(name))
  .flatMap((name) => loadVectors(name).map(({ hex }) => fromHex(hex)));

/** What a peer may send: noise, APDUs of any content, and APDUs that were damaged or cut on the way. */
const hostile: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  { weight: 2, arbitrary: anyApdu.map(encodeApdu) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...vectors), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.option(fc.nat()))
      .map(([vector, changes, end]) => {
        const damaged = end === null ? vector.slice() : vector.slice(0, end % (vector.length + 1));
        for (const [place, octet] of changes) if (damaged.length > 0) damaged[place % damaged.length] = octet;
        return damaged;
      }),
  },
);
const hostileSequence = fc.array(hostile, { minLength: 1, maxLength: 8 });

const get = { service: "get", list: false, attributes: [attribute] } as const;
const longSet = { service: "set", list: false, attributes: [attribute], values: [dataOfSize(500)] } as const;
const longAction = { service: "action", list: false, methods: [{ method, parameter: dataOfSize(500) }] } as const;
const small = { client: { maxReceivePduSize: 64 }, server: { maxReceivePduSize: 64 } };

/** A client brought to a state in which it hears something. */
const clientStates: Readonly<Record<string, () => AssociationPair>> = {
  idle: () => new AssociationPair(),
  associating: () => {
    const pair = new AssociationPair();
    pair.client.associate(0);
    return pair;
  },
  associated: () => new AssociationPair(small).associate(),
  "waiting for an answer": () => {
    const pair = new AssociationPair(small).associate();
    pair.client.request(get, 0);
    pair.client.request(get, 0);
    return pair;
  },
  "receiving blocks": () => {
    const pair = new AssociationPair(small).associate();
    pair.client.request(get, 0);
    pair.client.receiveApdu(fromHex("C402C1000000000100020905"), 0);
    return pair;
  },
  "sending the blocks of a SET": () => {
    const pair = new AssociationPair(small).associate();
    pair.client.request(longSet, 0);
    pair.client.receiveApdu(fromHex("C502C100000001"), 0);
    return pair;
  },
  "sending the blocks of an ACTION": () => {
    const pair = new AssociationPair(small).associate();
    pair.client.request(longAction, 0);
    return pair;
  },
  releasing: () => {
    const pair = new AssociationPair().associate();
    pair.client.release(0);
    return pair;
  },
  aborted: () => {
    const pair = new AssociationPair().associate();
    pair.client.receiveApdu(fromHex("6403800100"), 0);
    return pair;
  },
};

/** A server brought to a state in which it hears something. */
const serverStates: Readonly<Record<string, () => RawServer>> = {
  idle: () => new RawServer(),
  "idle, with a password": () => new RawServer({ authentication: { mechanism: "lls", password: fromHex("3132333435363738") } }),
  associated: () => new RawServer().associate(),
  "with a request under way": () => {
    const server = new RawServer().associate();
    server.send("C001C100030100010800FF0200");
    return server;
  },
  "receiving blocks": () => {
    const server = new RawServer({ maxRequestLength: 50 }).associate();
    server.send("C102C1 0003 0100010800FF 0200 00 00000001 02 0905");
    return server;
  },
  "sending blocks": () => {
    const server = new RawServer({}, () => ({ service: "get", results: [{ data: dataOfSize(400) }] })).associate({
      clientMaxReceivePduSize: 64,
    });
    server.send("C001C100030100010800FF0200");
    return server;
  },
};

describe("DlmsClientConnection, whatever it hears", () => {
  for (const [state, make] of Object.entries(clientStates)) {
    it(`does not throw while ${state}, and waits for nothing without end`, () => {
      fc.assert(
        fc.property(hostileSequence, (apdus) => {
          const { client } = make();
          for (const apdu of apdus) client.receiveApdu(apdu, 1);
          // Deadlines come to an end: each of them ends what was awaited, or begins the next.
          for (let expired = 0; client.nextTimeout !== undefined; expired++) {
            expect(expired).to.be.lessThan(10);
            client.handleTimeout(client.nextTimeout);
          }
          expect(client.state).to.be.oneOf(["idle", "associated", "aborted"]);
        }),
        { numRuns: 150 * scale },
      );
    }).timeout(120_000);
  }

  it("answers every request once or is over", () => {
    fc.assert(
      fc.property(hostileSequence, (apdus) => {
        const { client } = new AssociationPair(small).associate();
        const asked = [client.request(get, 0), client.request(longSet, 0), client.request(longAction, 0)];
        const events = apdus.flatMap((apdu) => client.receiveApdu(apdu, 1));
        while (client.nextTimeout !== undefined) events.push(...client.handleTimeout(client.nextTimeout));
        const answered = events.flatMap((event) => (event.type === "response" || event.type === "failed" ? [event.invokeId] : []));
        const over = events.some(({ type }) => type === "aborted");
        expect(new Set(answered).size).to.equal(answered.length);
        if (!over) expect(answered).to.deep.equal(asked);
      }),
      { numRuns: 300 * scale },
    );
  }).timeout(120_000);
});

describe("DlmsServerConnection, whatever it hears", () => {
  for (const [state, make] of Object.entries(serverStates)) {
    it(`does not throw while ${state}`, () => {
      fc.assert(
        fc.property(hostileSequence, (apdus) => {
          const server = make();
          for (const apdu of apdus) server.sendBytes(apdu);
        }),
        { numRuns: 200 * scale },
      );
    }).timeout(120_000);
  }

  it("serves the next client as if nothing had happened", () => {
    fc.assert(
      fc.property(hostileSequence, (apdus) => {
        const server = new RawServer({}, ({ service }) =>
          service === "get" ? { service, results: [{ data: fromHex("1105") }] } : undefined,
        ).associate();
        for (const apdu of apdus) server.sendBytes(apdu);
        expect(server.sendBytes(aarqOf())).to.match(/^6129.*A203020100/);
        expect(server.send("C001C100030100010800FF0200")).to.equal("C401C1001105");
      }),
      { numRuns: 300 * scale },
    );
  }).timeout(120_000);

  it("never answers an APDU with more than one, nor with more octets than the client takes", () => {
    fc.assert(
      fc.property(hostile, (apdu) => {
        const server = new RawServer({}, (request) =>
          request.service === "get"
            ? { service: "get", results: request.attributes.map(() => ({ data: dataOfSize(40) })) }
            : request.service === "set"
              ? { service: "set", results: request.attributes.map(() => "success") }
              : request.service === "action"
                ? { service: "action", results: request.methods.map(() => ({ result: "success", returned: { data: dataOfSize(40) } })) }
                : refuseAll(request, "other-reason"),
        ).associate({ clientMaxReceivePduSize: 12 });
        const answer = server.sendBytes(apdu);
        expect(answer).not.to.contain(" ");
        // ACSE is not bound by a size that it has yet to agree on.
        if (!/^6[0-9]/.test(answer)) expect(answer.length / 2).to.be.at.most(12);
      }),
      { numRuns: 500 * scale },
    );
  }).timeout(120_000);
});

describe("Blocks in blocks, as deep as one APDU can hold", () => {
  /** The abort of a general block transfer. */
  const abort = "E0800000000000";
  const nested = nestedBlocks(65_000);

  it("are no answer to a client, which goes on", () => {
    const client = new RawClient().associate();
    client.request();
    client.sent();
    expect(kinds(client.receive(nested))).to.deep.equal(["failed"]);
    expect(client.sent()).to.deep.equal([abort]);
    client.request();
    client.sent();
    expect(kinds(client.receive("C401C2001105"))).to.deep.equal(["response"]);
  });

  it("are nothing to a client that asked for nothing", () => {
    expect(new RawClient().receive(nested)).to.deep.equal([]);
    expect(new RawClient().associate().receive(nested)).to.deep.equal([]);
  });

  it("are no notification", () => {
    const receiver = new NotificationReceiver(100_000);
    expect(receiver.receiveApdu(nested)).to.deep.equal([]);
    expect(receiver.receiveApdu(fromHex("0F00000001001105")).map(({ type }) => type)).to.deep.equal(["notification"]);
  });

  it("are no request, and the next one is answered", () => {
    const server = new RawServer({}, () => ({ service: "get", results: [{ data: fromHex("1105") }] }));
    server.associate({ proposedConformance: supportedConformance });
    expect(server.sendBytes(nested)).to.equal(abort);
    expect(server.send("C001C100030100010800FF0200")).to.equal("C401C1001105");
  });
});

/** One octet in a block, in a block, in a block, ... of `size` octets or a few more. */
function nestedBlocks(size: number): Uint8Array {
  let apdu = fromHex("00");
  while (apdu.length < size) {
    apdu = encodeApdu({
      type: "general-block-transfer",
      lastBlock: true,
      streaming: false,
      window: 1,
      blockNumber: 1,
      blockNumberAck: 0,
      raw: apdu,
    });
  }
  return apdu;
}
