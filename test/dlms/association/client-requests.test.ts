import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { ClientEvent } from "../../../src/dlms/association/events.ts";
import type { ServiceRequest } from "../../../src/dlms/association/services.ts";
import { LocalProtocolError } from "../../../src/errors.ts";
import { plain } from "../../support/vectors.ts";
import { attribute, dataOfSize, method } from "./pair.ts";
import { aareOf, errorOf, first, initiateResponse, kinds, RawClient } from "./raw-client.ts";

describe("DlmsClientConnection", () => {
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
      const foreign = ["C401C2001105", "C501C200", "C701C20000", aareOf(), "6303800100", initiateResponse, "C001C200030100010800FF0200"];
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

    it("takes an answer with octets behind it, as Gurux C gives of its clock", () => {
      const client = new RawClient().associate();
      client.request();
      const clock = "090C07EA0B160715262B00000000";
      const events = client.receive(`C401C100${clock}090F${clock}090F`);
      expect(kinds(events)).to.deep.equal(["response"]);
      expect(JSON.stringify(events, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value))).to.contain(clock);
    });

    it("fails the one that is answered with nonsense", () => {
      for (const [hex, code] of [
        ["C401C100", "truncated"],
        ["C401C10011", "truncated"],
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

    it("takes a block that comes twice once, as over a link that may double it", () => {
      const client = new RawClient().associate();
      client.request();
      client.receive("C402C1000000000100020905");
      expect(client.receive("C402C1000000000100020905")).to.deep.equal([]);
      expect(first(client.receive("C402C10100000002000501020304 05"))).to.nested.include({ "result.results[0].data": "09050102030405" });
    });

    it("tells of notifications whenever they come", () => {
      const client = new RawClient().associate();
      client.request();
      expect(kinds(client.receive("C2 00 0003 0100010800FF 02 06 00001234"))).to.deep.equal(["notification"]);
      expect(kinds(client.receive("C401C1001105"))).to.deep.equal(["response"]);
      expect(kinds(client.receive("18 00 01 02 FA00 01 1105"))).to.deep.equal(["notification"]);
    });

    it("confirms a data-notification that wants to be confirmed, and no other", () => {
      const client = new RawClient().associate();
      client.receive("0F 40000007 00 1105");
      expect(client.sent()).to.deep.equal(["104000000700"]);
      client.receive("0F 00000008 00 1105");
      expect(client.sent()).to.deep.equal([]);
    });

    it("fails a transfer whose blocks come out of order or without end", () => {
      const started = () => {
        const client = new RawClient({ maxResponseLength: 10 }).associate();
        client.request();
        client.receive("C402C1000000000100020905");
        return client;
      };
      for (const number of [0, 3]) {
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
});
