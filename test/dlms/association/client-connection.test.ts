import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { Aare } from "../../../src/dlms/acse/apdus.ts";
import { encodeAare } from "../../../src/dlms/acse/codec.ts";
import { DlmsClientConnection } from "../../../src/dlms/association/client-connection.ts";
import type { ClientEvent } from "../../../src/dlms/association/events.ts";
import type { ServiceRequest } from "../../../src/dlms/association/services.ts";
import { type DlmsError, LocalProtocolError } from "../../../src/errors.ts";
import { plain } from "../../support/vectors.ts";
import { AssociationPair, attribute, dataOfSize, method, without } from "./pair.ts";

const get: ServiceRequest = { service: "get", list: false, attributes: [attribute] };
const password = fromHex("3132333435363738");
const initiateResponse = "0800065F1F0400005E1DFFFF0007";

const aareOf = (fields: Partial<Aare> = {}): Uint8Array =>
  encodeAare({
    applicationContext: "logical-name",
    result: "accepted",
    diagnostic: { source: "acse-service-user", value: "null" },
    authenticationRequired: false,
    userInformation: fromHex(initiateResponse),
    ...fields,
  });

type Options = Partial<ConstructorParameters<typeof DlmsClientConnection>[0]>;

/** A client spoken to in octets, at a time that moves only when told to. */
class RawClient {
  readonly client: DlmsClientConnection;
  now = 0;

  constructor(options: Options = {}) {
    this.client = new DlmsClientConnection({ clientSap: 16, serverSap: 1, authentication: { mechanism: "none" }, ...options });
  }

  receive(apdu: string | Uint8Array): ClientEvent[] {
    return this.client.receiveApdu(typeof apdu === "string" ? fromHex(apdu) : apdu, this.now);
  }

  sent(): string[] {
    const apdus: string[] = [];
    for (let apdu = this.client.apduToSend(); apdu !== undefined; apdu = this.client.apduToSend()) apdus.push(toHex(apdu));
    return apdus;
  }

  /** Moves on to the next deadline. */
  expire(): ClientEvent[] {
    this.now = this.client.nextTimeout ?? this.now;
    return this.client.handleTimeout(this.now);
  }

  associate(fields: Partial<Aare> = {}): this {
    this.client.associate(this.now);
    this.receive(aareOf(fields));
    this.sent();
    return this;
  }

  request(request: ServiceRequest = get): number {
    return this.client.request(request, this.now);
  }
}

const errorOf = (events: readonly ClientEvent[]): DlmsError | undefined => {
  const [event] = events;
  return event !== undefined && "error" in event ? event.error : undefined;
};
const first = (events: readonly ClientEvent[]) => plain(events[0]);
const kinds = (events: readonly ClientEvent[]) => events.map(({ type }) => type);

describe("DlmsClientConnection", () => {
  describe("associating", () => {
    it("sends the AARQ of the Green Book's example, but for what it proposes", () => {
      const client = new RawClient({ authentication: { mechanism: "lls", password }, maxReceivePduSize: 1200 });
      client.client.associate(0);
      expect(client.sent()).to.deep.equal([
        "6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738BE10040E01000000065F1F0400005E1D04B0",
      ]);
    });

    it("sends no authentication where there is none", () => {
      const client = new RawClient({ proposedConformance: without("set") });
      client.client.associate(0);
      expect(client.sent()).to.deep.equal(["601DA109060760857405080101BE10040E01000000065F1F0400005E15FFFF"]);
    });

    it("tells what was agreed", () => {
      const client = new RawClient({ maxReceivePduSize: 1200 });
      client.client.associate(0);
      const events = client.receive(aareOf({ userInformation: fromHex("0800065F1F040000501F01F40007") }));
      expect(plain(events)).to.deep.equal([
        {
          type: "associated",
          context: {
            clientSap: 16,
            serverSap: 1,
            applicationContext: "logical-name",
            mechanism: "none",
            conformance: [
              "action",
              "block-transfer-with-get-or-read",
              "event-notification",
              "get",
              "priority-mgmt-supported",
              "selective-access",
              "set",
            ],
            clientMaxReceivePduSize: 1200,
            serverMaxReceivePduSize: 500,
          },
        },
      ]);
      expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["associated", undefined]);
    });

    it("takes a server's size of 0 for no limit, and refuses a reserved one", () => {
      const sized = (size: string) => {
        const client = new RawClient();
        client.client.associate(0);
        return client.receive(aareOf({ userInformation: fromHex(`0800065F1F0400005E1D${size}0007`) }));
      };
      expect(plain(sized("0000")[0])).to.deep.nested.include({ "context.serverMaxReceivePduSize": 0xffff });
      expect(errorOf(sized("000B"))?.code).to.equal("out-of-range");
      expect(kinds(sized("000C"))).to.deep.equal(["associated"]);
    });

    const refusals: readonly [what: string, aare: Partial<Aare>, details: object, hint: RegExp | undefined][] = [
      [
        "a wrong password",
        { diagnostic: { source: "acse-service-user", value: "authentication-failure" }, userInformation: undefined },
        { result: "rejected-permanent", diagnostic: "authentication-failure", initiateError: undefined },
        /password/,
      ],
      [
        "a missing password",
        { diagnostic: { source: "acse-service-user", value: "authentication-required" } },
        { diagnostic: "authentication-required" },
        /--auth lls/,
      ],
      [
        "a version too low",
        { diagnostic: { source: "acse-service-user", value: "no-reason-given" }, userInformation: fromHex("0E010601") },
        { diagnostic: "no-reason-given", initiateError: "dlms-version-too-low" },
        undefined,
      ],
      [
        "a provider without our version",
        { diagnostic: { source: "acse-service-provider", value: "no-common-acse-version" }, userInformation: fromHex("FFFF") },
        { diagnostic: "no-common-acse-version", source: "acse-service-provider" },
        undefined,
      ],
      [
        "a diagnostic nobody named",
        { result: "rejected-transient", diagnostic: { source: "acse-service-user", value: 99 } },
        { result: "rejected-transient", diagnostic: "99" },
        undefined,
      ],
    ];
    for (const [what, aare, details, hint] of refusals) {
      it(`explains a refusal for ${what}, and may try again`, () => {
        const client = new RawClient();
        client.client.associate(0);
        const events = client.receive(aareOf({ result: "rejected-permanent", ...aare }));
        expect(kinds(events)).to.deep.equal(["rejected"]);
        const error = errorOf(events) as DlmsError;
        expect(error.code).to.equal("association-rejected");
        expect(error.details).to.include(details);
        if (hint === undefined) expect(error.hint).to.equal(undefined);
        else expect(error.hint).to.match(hint);
        expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["idle", undefined]);
        client.client.associate(1);
        expect(kinds(client.receive(aareOf()))).to.deep.equal(["associated"]);
      });
    }

    it("takes an acceptance that carries a service error for a refusal", () => {
      const client = new RawClient();
      client.client.associate(0);
      expect(errorOf(client.receive(aareOf({ userInformation: fromHex("0E010602") })))?.details).to.include({
        initiateError: "incompatible-conformance",
      });
    });

    it("explains the exception of a meter that is still associated", () => {
      for (const hex of ["D80101", "0E010604"]) {
        const client = new RawClient();
        client.client.associate(0);
        const events = client.receive(hex);
        expect(kinds(events)).to.deep.equal(["rejected"]);
        expect(errorOf(events)?.hint).to.match(/earlier session/);
      }
    });

    it("gives up on an answer that makes no sense", () => {
      for (const apdu of [
        fromHex("6105A109060760"),
        fromHex("6100"),
        aareOf({ userInformation: undefined }),
        aareOf({ userInformation: fromHex("0800") }),
      ]) {
        const client = new RawClient();
        client.client.associate(0);
        expect(kinds(client.receive(apdu))).to.deep.equal(["aborted"]);
        expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["aborted", undefined]);
      }
    });

    it("gives up when there is no answer in time, not a millisecond earlier", () => {
      const client = new RawClient({ responseTimeout: 3000 });
      client.now = 500;
      client.client.associate(500);
      expect(client.client.nextTimeout).to.equal(3500);
      expect(client.client.handleTimeout(3499)).to.deep.equal([]);
      const events = client.client.handleTimeout(3500);
      expect(kinds(events)).to.deep.equal(["aborted"]);
      expect(errorOf(events)).to.include({ code: "timeout", layer: "acse" });
      expect(client.client.nextTimeout).to.equal(undefined);
    });

    it("is not possible twice, nor is a request before it", () => {
      const client = new RawClient();
      expect(() => client.request()).to.throw(LocalProtocolError);
      expect(() => client.client.release(0)).to.throw(LocalProtocolError);
      client.client.associate(0);
      expect(() => client.client.associate(0)).to.throw(LocalProtocolError);
      expect(() => client.request()).to.throw(LocalProtocolError);
      client.receive(aareOf());
      expect(() => client.client.associate(0)).to.throw(LocalProtocolError);
    });
  });

  describe("with requests", () => {
    it("carries them out one after the other, in their order", () => {
      const client = new RawClient().associate();
      const ids = [client.request(), client.request(), client.request()];
      expect(ids).to.deep.equal([1, 2, 3]);
      expect(client.sent()).to.deep.equal(["C001C100030100010800FF0200"]);
      expect(plain(client.receive("C401C1001105"))).to.deep.equal([
        { type: "response", invokeId: 1, result: { service: "get", results: [{ data: "1105" }] } },
      ]);
      expect(client.sent()).to.deep.equal(["C001C200030100010800FF0200"]);
      client.receive("C401C20103");
      expect(client.sent()).to.deep.equal(["C001C300030100010800FF0200"]);
    });

    it("counts its ids on, though the wire has sixteen", () => {
      const client = new RawClient().associate();
      for (let id = 1; id <= 40; id++) {
        expect(client.request()).to.equal(id);
        const wire = toHex(Uint8Array.of(0xc0 | (id & 15)));
        expect(client.sent()).to.deep.equal([`C001${wire}00030100010800FF0200`]);
        expect(kinds(client.receive(`C401${wire}001105`))).to.deep.equal(["response"]);
      }
    });

    it("gives results octets of their own", () => {
      const client = new RawClient().associate();
      client.request();
      const apdu = fromHex("C401C1001105");
      const [event] = client.receive(apdu);
      apdu.fill(0xee);
      expect(plain(event)).to.nested.include({ "result.results[0].data": "1105" });
    });

    it("ignores late answers, those to others and those nobody asked for", () => {
      const client = new RawClient().associate();
      client.request();
      const foreign = [
        "C401C2001105",
        "C501C200",
        "C701C20000",
        aareOf(),
        "6303800100",
        initiateResponse,
        "C2 00 0003 0100010800FF 02 06 00001234",
        "C001C200030100010800FF0200",
      ];
      for (const apdu of foreign) expect(client.receive(apdu), String(apdu)).to.deep.equal([]);
      expect(kinds(client.receive("C401C1001105"))).to.deep.equal(["response"]);
      for (const apdu of [...foreign, "C401C1001105", "D80101", "0E010601"]) expect(client.receive(apdu), String(apdu)).to.deep.equal([]);
      expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["associated", undefined]);
    });

    it("fails one that is not answered in time, and goes on with the next", () => {
      const client = new RawClient({ responseTimeout: 1000 }).associate();
      client.request();
      client.now = 400;
      client.request();
      expect(client.client.nextTimeout).to.equal(1000);
      const events = client.expire();
      expect(plain(events.map(({ type }) => type))).to.deep.equal(["failed"]);
      expect(errorOf(events)).to.include({ code: "timeout", layer: "xdlms", retriable: true });
      expect(client.client.nextTimeout).to.equal(2000);
      expect(client.receive("C401C1001105"), "the answer comes late").to.deep.equal([]);
      expect(plain(client.receive("C401C2001106"))).to.deep.include({
        type: "response",
        invokeId: 2,
        result: { service: "get", results: [{ data: "1106" }] },
      });
    });

    it("gives every block the whole time", () => {
      const client = new RawClient({ responseTimeout: 1000 }).associate();
      client.request();
      client.now = 900;
      expect(kinds(client.receive("C402C10000000001 00 02 0904"))).to.deep.equal(["progress"]);
      expect(client.client.nextTimeout).to.equal(1900);
    });

    it("fails the one that is answered with nonsense", () => {
      for (const [hex, code] of [
        ["C401C100", "truncated"],
        ["C401C10011", "truncated"],
        ["C401C1001105FF", "trailing-data"],
        ["FE", "bad-tag"],
        ["", "truncated"],
        ["C501C100", "remote-protocol-error"],
        ["C403C10100", "truncated"],
        ["C403C10200110500 1105", "remote-protocol-error"],
        ["D80103", "exception-response"],
        ["D8010600000100", "exception-response"],
        ["0E050500", "exception-response"],
        ["C402C1010000000100020905", "truncated"],
        ["C402C1010000000200021105", "remote-protocol-error"],
        ["C402C1010000000000021105", "remote-protocol-error"],
      ] as const) {
        const client = new RawClient().associate();
        client.request();
        const events = client.receive(hex);
        expect(kinds(events), hex).to.deep.equal(["failed"]);
        expect(errorOf(events)?.code, hex).to.equal(code);
        expect(client.client.nextTimeout, hex).to.equal(undefined);
        client.request();
        expect(kinds(client.receive("C401C2001105")), "the association goes on").to.deep.equal(["response"]);
      }
    });

    it("fails a transfer whose blocks come out of order, again, or without end", () => {
      const started = () => {
        const client = new RawClient({ maxResponseLength: 10 }).associate();
        client.request();
        client.receive("C402C1000000000100020905");
        return client;
      };
      for (const number of [0, 1, 3]) {
        expect(errorOf(started().receive(`C402C1000000000${number}000101`))?.code).to.equal("remote-protocol-error");
      }
      expect(errorOf(started().receive("C402C1000000000200090102030405060708FF"))?.message).to.match(/longer than/);
      const client = started();
      let events: ClientEvent[] = [];
      for (let number = 2; number < 100 && kinds(events)[0] !== "failed"; number++) {
        events = client.receive(`C402C100${toHex(Uint8Array.of(0, 0, 0, number))}0000`);
      }
      expect(errorOf(events)?.code).to.equal("remote-protocol-error");
    });

    it("reports the refusal of a transfer as the result", () => {
      const client = new RawClient().associate();
      client.request();
      client.receive("C402C1000000000100020905");
      expect(plain(client.receive("C402C101000000020113"))).to.deep.include({
        type: "response",
        invokeId: 1,
        result: { service: "get", results: [{ error: "data-block-number-invalid" }] },
      });
    });

    it("takes a refusal of a list as a whole for each of its elements", () => {
      const client = new RawClient().associate();
      client.request({ service: "get", list: true, attributes: [attribute, attribute] });
      expect(first(client.receive("C401C101FA"))).to.nested.include({ "result.results[1].error": "other-reason" });
      client.request({ service: "set", list: true, attributes: [attribute, attribute], values: [dataOfSize(1), dataOfSize(1)] });
      expect(first(client.receive("C501C203"))).to.nested.include({ "result.results[1]": "read-write-denied" });
      client.request({
        service: "action",
        list: true,
        methods: [
          { method, parameter: undefined },
          { method, parameter: undefined },
        ],
      });
      expect(first(client.receive("C701C30300"))).to.nested.include({ "result.results[1].result": "read-write-denied" });
    });

    it("takes return parameters in blocks with and without their choice", () => {
      for (const raw of ["1105", "00 1105"]) {
        const client = new RawClient().associate();
        client.request({ service: "action", list: false, methods: [{ method, parameter: undefined }] });
        const octets = fromHex(raw);
        const events = client.receive(`C702C10100000001${toHex(Uint8Array.of(octets.length))}${toHex(octets)}`);
        expect(first(events)).to.nested.include({ "result.results[0].returned.data": "1105" });
      }
    });

    it("fails one that cannot be sent when its caller knows its id, and sends the next", () => {
      const client = new RawClient().associate({ userInformation: fromHex("0800065F1F0400000010000C0007") });
      const id = client.request({ service: "set", list: false, attributes: [attribute], values: [dataOfSize(100)] });
      expect(client.client.nextTimeout).to.equal(client.now);
      const events = client.expire();
      expect(first(events)).to.nested.include({ type: "failed", invokeId: id, "error.code": "local-protocol-error" });
      expect(client.client.nextTimeout).to.equal(undefined);
    });

    it("loses neither failure nor time when the next request is answered first", () => {
      const client = new RawClient({ responseTimeout: 1000 }).associate({ userInformation: fromHex("0800065F1F040000001000400007") });
      const impossible: ServiceRequest = { service: "set", list: false, attributes: [attribute], values: [dataOfSize(100)] };
      client.request(impossible);
      client.request();
      client.request(impossible);
      expect(client.client.nextTimeout).to.equal(0);
      const answered = client.receive("C401C2001105");
      expect(answered.map((event) => ("invokeId" in event ? [event.type, event.invokeId] : []))).to.deep.equal([
        ["response", 2],
        ["failed", 3],
      ]);
      expect(client.client.nextTimeout).to.equal(0);
      expect(client.expire().map((event) => ("invokeId" in event ? [event.type, event.invokeId] : []))).to.deep.equal([["failed", 1]]);
      expect(client.client.nextTimeout).to.equal(undefined);
    });

    it("keeps the time of a request that waits while an earlier failure is told", () => {
      const client = new RawClient({ responseTimeout: 1000 }).associate({ userInformation: fromHex("0800065F1F040000001000400007") });
      client.request({ service: "set", list: false, attributes: [attribute], values: [dataOfSize(100)] });
      client.request();
      expect(kinds(client.expire())).to.deep.equal(["failed"]);
      expect(client.client.nextTimeout).to.equal(1000);
      expect(kinds(client.expire())).to.deep.equal(["failed"]);
    });

    it("refuses at once what is no request", () => {
      const client = new RawClient().associate();
      client.request();
      expect(() => client.request({ service: "get", list: false, attributes: [] })).to.throw(LocalProtocolError);
      expect(() => client.request({ service: "get", list: false, attributes: [attribute, attribute] })).to.throw(LocalProtocolError);
      expect(() => client.request({ service: "set", list: true, attributes: [attribute, attribute], values: [dataOfSize(1)] })).to.throw(
        LocalProtocolError,
      );
      expect(() => client.request({ service: "action", list: false, methods: [] })).to.throw(LocalProtocolError);
      expect(kinds(client.receive("C401C1001105"))).to.deep.equal(["response"]);
      expect(client.client.nextTimeout).to.equal(undefined);
    });

    it("passes notifications on, whatever else is under way", () => {
      const notification = "0F 00000005 00 1105";
      const client = new RawClient();
      expect(kinds(client.receive(notification))).to.deep.equal(["notification"]);
      client.client.associate(0);
      expect(kinds(client.receive(notification))).to.deep.equal(["notification"]);
      client.receive(aareOf());
      client.request();
      expect(first(client.receive(notification))).to.nested.include({ "notification.body": "1105", "notification.invoke.longInvokeId": 5 });
      expect(kinds(client.receive("C401C1001105"))).to.deep.equal(["response"]);
    });
  });

  describe("leaving", () => {
    it("releases, and may associate again", () => {
      const client = new RawClient().associate();
      client.client.release(0);
      expect(client.sent()).to.deep.equal(["6203800100"]);
      expect(kinds(client.receive("6303800100"))).to.deep.equal(["released"]);
      expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["idle", undefined]);
      client.client.associate(0);
      expect(kinds(client.receive(aareOf()))).to.deep.equal(["associated"]);
    });

    it("counts as released when the meter does not know how to answer", () => {
      for (const answer of ["D80101", "63", "FF", ""]) {
        const client = new RawClient({ releaseTimeout: 700 }).associate();
        client.client.release(0);
        expect(client.receive(answer), answer).to.deep.equal([]);
        expect(client.client.nextTimeout, answer).to.equal(700);
        expect(kinds(client.expire()), answer).to.deep.equal(["released"]);
      }
    });

    it("drops the requests under way, and is not confused by their answers", () => {
      const client = new RawClient({ releaseTimeout: 700 }).associate();
      client.request();
      client.request();
      client.sent();
      client.client.release(0);
      expect(client.sent()).to.deep.equal(["6203800100"]);
      expect(client.receive("C401C1001105")).to.deep.equal([]);
      expect(client.client.nextTimeout, "still waiting for the release").to.equal(700);
      expect(kinds(client.receive("6303800100"))).to.deep.equal(["released"]);
      client.associate();
      client.request();
      expect(client.sent(), "the next association starts clean").to.deep.equal(["C001C300030100010800FF0200"]);
    });

    it("forgets a request that could not be sent, too", () => {
      const client = new RawClient({ releaseTimeout: 700 }).associate({ userInformation: fromHex("0800065F1F040000001000400007") });
      client.request({ service: "set", list: false, attributes: [attribute], values: [dataOfSize(100)] });
      client.client.release(0);
      expect(client.client.nextTimeout).to.equal(700);
      expect(kinds(client.expire())).to.deep.equal(["released"]);
      expect(client.client.nextTimeout).to.equal(undefined);
    });

    it("is over when the meter aborts, with every request", () => {
      const client = new RawClient().associate();
      client.request();
      client.request();
      const events = client.receive("6403800101");
      expect(kinds(events)).to.deep.equal(["aborted"]);
      expect(errorOf(events)?.details).to.include({ source: 1 });
      expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["aborted", undefined]);
      expect(client.receive("C401C1001105")).to.deep.equal([]);
      expect(() => client.request()).to.throw(LocalProtocolError);
    });

    it("has nothing to time out once it is over", () => {
      const client = new RawClient();
      expect(client.client.handleTimeout(1e9)).to.deep.equal([]);
      client.associate();
      expect(client.client.handleTimeout(1e9)).to.deep.equal([]);
    });
  });

  describe("with a server", () => {
    const lls = { server: { authentication: { mechanism: "lls", password } } } as const;

    it("associates with the right password", () => {
      const pair = new AssociationPair({ ...lls, client: { authentication: { mechanism: "lls", password } } }).associate();
      expect(kinds(pair.clientEvents)).to.deep.equal(["associated"]);
      expect(pair.client.state).to.equal("associated");
    });

    it("is refused with a wrong one, and for an address nobody has", () => {
      const wrong = { authentication: { mechanism: "lls", password: fromHex("00") } } as const;
      const answers = [lls, { server: { authentication: undefined } }].map((server) => {
        const pair = new AssociationPair({ ...server, client: wrong }).associate();
        expect(kinds(pair.clientEvents)).to.deep.equal(["rejected"]);
        return toHex(pair.carried.at(-1)?.bytes ?? new Uint8Array());
      });
      expect(answers[0]).to.equal(answers[1]);
    });

    it("agrees on the same context", () => {
      const pair = new AssociationPair({
        client: { maxReceivePduSize: 300 },
        server: { maxReceivePduSize: 400, supportedConformance: without("action") },
      }).associate();
      expect(plain(pair.clientEvents[0])).to.deep.equal(plain(pair.serverEvents[0]));
    });

    it("releases on both sides", () => {
      const pair = new AssociationPair().associate();
      pair.client.release(0);
      pair.run();
      expect([kinds(pair.clientEvents).at(-1), pair.serverEvents.at(-1)?.type]).to.deep.equal(["released", "released"]);
      expect([pair.client.state, pair.server.state]).to.deep.equal(["idle", "idle"]);
    });
  });
});
