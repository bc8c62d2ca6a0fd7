import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { encodeRlrq } from "../../../src/dlms/acse/codec.ts";
import { supportedConformance, supportedFor } from "../../../src/dlms/association/negotiation.ts";
import type { ServiceRequest, ServiceResult } from "../../../src/dlms/association/services.ts";
import type { HlsCredentials } from "../../../src/dlms/security/hls.ts";
import { SecretBytes } from "../../../src/dlms/security/secret-bytes.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";
import { AssociationPair, attribute, dataOfSize, method, type PairOptions } from "./pair.ts";
import {
  authenticatedOnly,
  both,
  clientTitle,
  encryptedOnly,
  gmac,
  keys,
  random,
  secureOptions,
  security,
  serverTitle,
} from "./secure-pair.ts";

const get: ServiceRequest = { service: "get", list: false, attributes: [attribute] };
const value =
  (data: Uint8Array) =>
  (request: ServiceRequest): ServiceResult => {
    switch (request.service) {
      case "set":
        return { service: "set", results: request.attributes.map(() => "success") };
      case "access":
        return { service: "access", results: request.elements.map(() => ({ service: "get", data })) };
      case "read":
        return { service: "read", results: request.variables.map(() => ({ data })) };
      case "action":
        return { service: "action", results: request.methods.map(() => ({ result: "success", returned: { data } })) };
      default:
        return { service: "get", results: [{ data }] };
    }
  };

const five = fromHex("1105");

function pairOf(options: PairOptions): AssociationPair {
  return new AssociationPair({ handle: value(five), ...options });
}

const lastError = (pair: AssociationPair): string | undefined => {
  const event = pair.clientEvents.at(-1);
  return event !== undefined && "error" in event ? event.error.code : undefined;
};

/** Names of what went over the line since `start`. */
const tagsSince = (pair: AssociationPair, start: number): string[] =>
  pair.carried.slice(start).map(({ bytes }) => toHex(bytes.subarray(0, 1)));

describe("A ciphered association", () => {
  it("opens with HLS, and carries every service under the global key", () => {
    const pair = pairOf(secureOptions()).associate();
    expect(pair.client.state).to.equal("associated");
    expect(pair.server.state).to.equal("associated");
    expect(pair.serverEvents.map(({ type }) => type)).to.deep.equal(["associated"]);
    const start = pair.carried.length;
    expect(pair.request(get)[0]?.type).to.equal("response");
    expect(pair.request({ service: "set", list: false, attributes: [attribute], values: [five] })[0]?.type).to.equal("response");
    expect(pair.request({ service: "action", list: false, methods: [{ method, parameter: five }] })[0]?.type).to.equal("response");
    expect(tagsSince(pair, start)).to.deep.equal(["C8", "CC", "C9", "CD", "CB", "CF"]);
  });

  it("has nothing on the line that was not protected, but for the headers of AARQ and AARE", () => {
    const secret = fromHex(`0910${"5E".repeat(16)}`);
    const pair = new AssociationPair({ ...secureOptions(), handle: value(secret) }).associate();
    pair.request(get);
    const line = pair.carried.map(({ bytes }) => toHex(bytes)).join(" ");
    expect(line).not.to.contain("5E5E5E5E");
    expect(line, "the Initiate request").not.to.contain("5F1F04");
    expect(line, "a descriptor").not.to.contain("0100010800FF");
  });

  for (const suite of [0, 1, 2] as const)
    for (const [name, policy] of [
      ["authenticated and encrypted", both],
      ["authenticated alone", authenticatedOnly],
    ] as const) {
      it(`works in suite ${suite}, ${name}`, () => {
        const pair = pairOf(secureOptions({ suite, policy }, { suite, policy })).associate();
        expect(pair.request(get)[0]?.type).to.equal("response");
      });
    }

  it("uses a dedicated key from then on, which nobody can read", () => {
    const pair = pairOf(secureOptions({ dedicatedKey: keys.dedicated() })).associate();
    const start = pair.carried.length;
    expect(pair.request(get)[0]?.type).to.equal("response");
    expect(tagsSince(pair, start)).to.deep.equal(["D0", "D4"]);
    expect(pair.carried.map(({ bytes }) => toHex(bytes)).join(" ")).not.to.contain(toHex(keys.dedicated().exposeSecret()).slice(0, 16));
  });

  it("carries ACCESS in the general form, as it has no tag of its own", () => {
    const pair = pairOf(secureOptions()).associate();
    const start = pair.carried.length;
    expect(pair.request({ service: "access", elements: [{ service: "get", ...attribute }] })[0]?.type).to.equal("response");
    expect(tagsSince(pair, start)).to.deep.equal(["DB", "DB"]);
  });

  it("carries short names", () => {
    const { client, server } = secureOptions();
    const pair = pairOf({
      client: { ...client, referencing: "short-name", proposedConformance: supportedFor("short-name") },
      server,
    }).associate();
    const [event] = pair.request({ service: "read", variables: [{ variableName: 0x1008, selection: undefined }] });
    expect(event?.type).to.equal("response");
  });

  for (const [name, proposedConformance] of [
    ["blocks of the services", undefined],
    ["general block transfer", supportedConformance],
  ] as const) {
    it(`carries what is long in ${name}, within the sizes of both`, () => {
      const { client, server } = secureOptions();
      const data = dataOfSize(3000);
      const pair = new AssociationPair({
        client: { ...client, maxReceivePduSize: 200, ...(proposedConformance === undefined ? {} : { proposedConformance }) },
        server: { ...server, maxReceivePduSize: 200 },
        handle: value(data),
      }).associate();
      const start = pair.carried.length;
      const [event] = pair.request({ service: "action", list: false, methods: [{ method, parameter: data }] });
      expect(event?.type === "response" && event.result.results).to.deep.equal([{ result: "success", returned: { data } }]);
      expect(pair.longest("server", start)).to.be.at.most(200);
      expect(pair.longest("client", start)).to.be.at.most(200);
    });
  }

  it("sends notifications protected", () => {
    const pair = pairOf(secureOptions()).associate();
    const invoke = { longInvokeId: 1, selfDescriptive: false, breakOnError: false, confirmed: false, highPriority: false, reserved: 0 };
    const start = pair.carried.length;
    pair.server.notify({ type: "data-notification", invoke, dateTime: undefined, body: five });
    pair.run();
    expect(tagsSince(pair, start)).to.deep.equal(["DB"]);
    expect(pair.clientEvents.at(-1)?.type).to.equal("notification");
  });

  it("is released with a request that only the client can have sent", () => {
    const pair = pairOf(secureOptions()).associate();
    pair.client.release(0);
    pair.run();
    expect(pair.clientEvents.at(-1)?.type).to.equal("released");
    const rlrq = pair.carried.find(({ bytes }) => bytes[0] === apduTags.rlrq.plain);
    expect(toHex(rlrq?.bytes ?? new Uint8Array())).to.match(/^62..800100BE..04..21/);
  });

  it("is not released by who cannot prove that he is the client", () => {
    const recorded = pairOf(secureOptions()).associate();
    recorded.client.release(0);
    recorded.run();
    const stale = recorded.carried.find(({ bytes }) => bytes[0] === apduTags.rlrq.plain)?.bytes ?? new Uint8Array();
    const spoiled = Uint8Array.from(stale);
    spoiled[spoiled.length - 1] = (spoiled.at(-1) as number) ^ 1;
    const inClear = encodeRlrq({ reason: 0, userInformation: fromHex("01000000065F1F0400FFFFFFFFFF") });
    for (const rlrq of [encodeRlrq({ reason: 0 }), inClear, spoiled]) {
      const { server } = pairOf(secureOptions()).associate();
      expect(server.receiveApdu(rlrq), toHex(rlrq)).to.deep.equal([]);
      expect(server.state, toHex(rlrq)).to.equal("associated");
    }
  });

  it("is released in clear where no protection is asked for", () => {
    const policy = { authenticated: false, encrypted: false };
    const { server } = pairOf(secureOptions({ policy }, { policy })).associate();
    expect(server.receiveApdu(encodeRlrq({ reason: 0 }))).to.deep.equal([{ type: "released" }]);
  });

  it("is refused with a dedicated key of another suite", () => {
    const pair = pairOf(secureOptions({ dedicatedKey: keys.dedicated(2) })).associate();
    expect(pair.server.state).to.equal("idle");
  });
});

describe("High level security", () => {
  const secret = SecretBytes.from(new TextEncoder().encode("a secret of some length"));
  const mechanisms: readonly HlsCredentials[] = [
    { mechanism: "hls-manufacturer", transform: (challenge) => challenge.map((octet) => octet ^ 0x5a) },
    { mechanism: "hls-md5", secret },
    { mechanism: "hls-sha1", secret },
    { mechanism: "hls-sha256", secret },
  ];
  const inClear = (client: HlsCredentials, server: HlsCredentials): PairOptions => ({
    client: { authentication: { mechanism: "hls", credentials: client, systemTitle: clientTitle, random } },
    server: { authentication: { mechanism: "hls", credentials: server, systemTitle: serverTitle }, random },
  });

  for (const credentials of mechanisms) {
    it(`opens an association with ${credentials.mechanism}`, () => {
      const { client, server } = inClear(credentials, credentials);
      if (credentials.mechanism === "hls-sha256") {
        const pair = pairOf({
          client: { ...client, security: security(clientTitle) },
          server: { ...server, security: security(serverTitle) },
        }).associate();
        expect(pair.request(get)[0]?.type).to.equal("response");
        return;
      }
      expect(
        pairOf({ client: client ?? {}, server: server ?? {} })
          .associate()
          .request(get)[0]?.type,
      ).to.equal("response");
    });
  }

  it("refuses a client with another secret, in pass 3, and ends the association", () => {
    const wrong: HlsCredentials = { mechanism: "hls-md5", secret: SecretBytes.from(new TextEncoder().encode("another")) };
    const pair = pairOf(inClear(wrong, { mechanism: "hls-md5", secret })).associate();
    expect(lastError(pair)).to.equal("authentication-failed");
    expect(pair.server.state).to.equal("idle");
    expect(pair.serverEvents).to.deep.equal([]);
  });

  it("allows nothing but pass 3 before pass 3", () => {
    const { server } = inClear({ mechanism: "hls-md5", secret }, { mechanism: "hls-md5", secret });
    const pair = pairOf({ server: server ?? {} });
    const aarq = fromHex(
      "6036A1090607608574050801018A0207808B0760857405080203AC0A80083132333435363738BE10040E01000000065F1F0400007E1F04B0",
    );
    pair.server.receiveApdu(aarq, 0);
    expect(pair.server.state).to.equal("authenticating");
    pair.server.apduToSend();
    for (const request of ["C001C1000301000108 00FF0200", "C301C1 0003 0100010800FF 01 010F00", "E0850001000001C0"]) {
      expect(pair.server.receiveApdu(fromHex(request), 0)).to.deep.equal([]);
      expect(toHex(pair.server.apduToSend()?.bytes ?? new Uint8Array()), request).to.equal("D80101");
    }
  });

  it("gives up a client that does not answer its challenge in time", () => {
    const pair = pairOf(inClear({ mechanism: "hls-md5", secret }, { mechanism: "hls-md5", secret }));
    pair.client.associate(0);
    pair.server.receiveApdu(pair.client.apduToSend()?.bytes ?? new Uint8Array(), 0);
    expect(pair.server.nextTimeout).to.equal(10_000);
    pair.server.handleTimeout(10_000);
    expect(pair.server.state).to.equal("idle");
  });

  it("does not accept a meter that cannot answer the client's challenge", () => {
    const pair = pairOf(inClear({ mechanism: "hls-md5", secret }, { mechanism: "hls-md5", secret }));
    pair.client.associate(0);
    pair.server.receiveApdu(pair.client.apduToSend()?.bytes ?? new Uint8Array(), 0);
    pair.client.receiveApdu(pair.server.apduToSend()?.bytes ?? new Uint8Array(), 0);
    pair.client.apduToSend();
    const [event] = pair.client.receiveApdu(fromHex(`C701C00001000910${"00".repeat(16)}`), 0);
    expect(event?.type === "aborted" && event.error.code).to.equal("authentication-failed");
  });

  it("does not answer its own challenge, sent back", () => {
    const pair = pairOf(inClear({ mechanism: "hls-md5", secret }, { mechanism: "hls-md5", secret }));
    pair.client.associate(0);
    const aarq = toHex(pair.client.apduToSend()?.bytes ?? new Uint8Array());
    const challenge = aarq.slice(aarq.indexOf("AC") + 8, aarq.indexOf("BE10"));
    pair.server.receiveApdu(fromHex(aarq), 0);
    const aare = toHex(pair.server.apduToSend()?.bytes ?? new Uint8Array());
    const at = aare.indexOf("AA") + 8;
    const reflected = aare.slice(0, at) + challenge + aare.slice(at + challenge.length);
    const [event] = pair.client.receiveApdu(fromHex(reflected), 0);
    expect(event?.type).to.equal("aborted");
    expect(pair.client.apduToSend()).to.equal(undefined);
  });

  it("makes a client that nobody knows no wiser than one with a wrong secret", () => {
    const answers = [gmac(0, keys.other()), undefined].map((credentials) => {
      let draw = 0;
      const fixed = (length: number): Uint8Array => Uint8Array.from({ length }, () => draw++ & 0xff);
      const pair = pairOf({
        client: { authentication: { mechanism: "hls", credentials: { mechanism: "hls-md5", secret }, random: fixed } },
        server: {
          random: (length) => new Uint8Array(length).fill(7),
          authentication:
            credentials === undefined
              ? undefined
              : { mechanism: "hls", credentials: { mechanism: "hls-md5", secret: SecretBytes.from(fromHex("00")) } },
        },
      });
      pair.associate();
      return pair.carried.filter(({ from }) => from === "server").map(({ bytes }) => toHex(bytes));
    });
    expect(answers[0]).to.have.length(2);
    expect(answers[1]).to.deep.equal(answers[0]);
  });
});

describe("A server with keys", () => {
  it("refuses an association in clear", () => {
    const { server } = secureOptions();
    const pair = pairOf({ server }).associate();
    expect(pair.clientEvents.at(-1)?.type).to.equal("rejected");
  });

  it("refuses another key, another title and another suite, all alike", () => {
    const seen = new Set<string>();
    for (const client of [{ globalKey: keys.other() }, { authenticationKey: keys.other() }, { systemTitle: fromHex("4D4D4D00000000FF") }]) {
      const pair = pairOf(secureOptions(client)).associate();
      expect(pair.server.state, Object.keys(client)[0]).not.to.equal("associated");
      seen.add(
        pair.carried
          .filter(({ from }) => from === "server")
          .map(({ bytes }) => toHex(bytes))[0]
          ?.slice(0, 60) ?? "",
      );
    }
    expect(seen.size).to.be.at.most(2);
  });

  it("carries out nothing that is protected less than its policy says", () => {
    for (const policy of [authenticatedOnly, encryptedOnly]) {
      const pair = pairOf(secureOptions({ policy })).associate();
      if (pair.client.state === "associated") pair.request(get);
      expect(pair.serverEvents.some(({ type }) => type === "indication")).to.equal(false);
    }
  });

  it("refuses a request in clear within the association", () => {
    const pair = pairOf(secureOptions()).associate();
    expect(pair.server.receiveApdu(fromHex("C001C1 0003 0100010800FF 0200"), 0)).to.deep.equal([]);
    expect(toHex(pair.server.apduToSend()?.bytes ?? new Uint8Array())).to.equal("D80101");
  });

  it("tells a sender of an old counter the lowest it takes, and carries nothing out", () => {
    const pair = pairOf(secureOptions()).associate();
    pair.request(get);
    const request = pair.carried.findLast(({ from }) => from === "client");
    const before = pair.serverEvents.length;
    pair.server.receiveApdu(request?.bytes ?? new Uint8Array(), 0);
    expect(pair.serverEvents.length).to.equal(before);
    expect(toHex(pair.server.apduToSend()?.bytes ?? new Uint8Array())).to.match(/^D80106000000/);
  });

  it("is not moved by a forged counter", () => {
    const pair = pairOf(secureOptions()).associate();
    pair.request(get);
    const forged = Uint8Array.from(pair.carried.findLast(({ from }) => from === "client")?.bytes ?? []);
    forged.fill(0xff, 3, 6);
    pair.server.receiveApdu(forged, 0);
    expect(toHex(pair.server.apduToSend()?.bytes ?? new Uint8Array())).to.equal("D80105");
    expect(pair.request(get)[0]?.type).to.equal("response");
  });
});

describe("A client with keys", () => {
  it("takes no answer in clear for its own", () => {
    const pair = pairOf(secureOptions()).associate();
    const id = pair.client.request(get, 0);
    const request = pair.client.apduToSend();
    expect(request?.bytes[0]).to.equal(0xc8);
    for (let invoke = 0xc0; invoke <= 0xcf; invoke++) {
      expect(pair.client.receiveApdu(fromHex(`C401${invoke.toString(16)}001105`), 0)).to.deep.equal([]);
    }
    expect(pair.client.nextTimeout, `request ${id} still waits`).not.to.equal(undefined);
  });

  it("takes no answer whose tag somebody has taken off", () => {
    for (const policy of [both, authenticatedOnly]) {
      const pair = pairOf(secureOptions({ policy }, { policy })).associate();
      pair.client.request(get, 0);
      const request = pair.client.apduToSend()?.bytes ?? new Uint8Array();
      const [event] = pair.server.receiveApdu(request, 0);
      if (event?.type === "indication") pair.server.respond(event.invokeId, { service: "get", results: [{ data: five }] });
      const answer = pair.server.apduToSend()?.bytes ?? new Uint8Array();
      for (const control of [0x20, 0x00]) {
        const stripped = answer.slice(0, -12);
        stripped[1] = stripped.length - 2;
        stripped[2] = control;
        expect(pair.client.receiveApdu(stripped, 0)).to.deep.equal([]);
      }
      expect(pair.client.receiveApdu(answer, 0)[0]?.type, "the right one is still taken").to.equal("response");
    }
  });

  it("does not take a server that answers in clear", () => {
    const { client } = secureOptions();
    const pair = pairOf({ client });
    pair.client.associate(0);
    const [event] = pair.client.receiveApdu(
      fromHex("6129A109060760857405080103A203020100A305A103020100BE10040E0800065F1F0400007E1F01F40007"),
      0,
    );
    expect(event?.type === "aborted" && event.error.code).to.equal("policy");
  });
});
