import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { refuseAll, type ServiceRequest, type ServiceResult } from "../../../src/dlms/association/services.ts";
import type { ConformanceName } from "../../../src/dlms/xdlms/conformance.ts";
import { plain } from "../../support/vectors.ts";
import { dataOfSize, RawServer, without } from "./pair.ts";

const register = "0003 0100010800FF";
const get = `C001C1${register}0200`;
const set = `C101C1${register}0200 1105`;
const action = `C301C1${register}01 010F00`;

/** Every attribute is the number five, every SET and ACTION succeeds. */
function success(request: ServiceRequest): ServiceResult {
  switch (request.service) {
    case "get":
      return { service: "get", results: request.attributes.map(() => ({ data: fromHex("1105") })) };
    case "set":
      return { service: "set", results: request.attributes.map(() => "success") };
    case "action":
      return { service: "action", results: request.methods.map(() => ({ result: "success", returned: undefined })) };
    default:
      return refuseAll(request, "other-reason");
  }
}

/** Answers every GET and ACTION with `size` octets, in blocks that fit into 64. */
function longAnswers(size = 150): RawServer {
  const data = dataOfSize(size);
  return new RawServer({}, ({ service }) =>
    service === "get"
      ? { service, results: [{ data }] }
      : service === "action"
        ? { service, results: [{ result: "success", returned: { data } }] }
        : { service: "set", results: ["success"] },
  ).associate({ clientMaxReceivePduSize: 64 });
}

describe("DlmsServerConnection", () => {
  describe("asked for a service", () => {
    it("indicates it and answers when told to", () => {
      const server = new RawServer({}, success).associate();
      expect(server.send(get)).to.equal("C401C1001105");
      expect(server.send(set)).to.equal("C501C100");
      expect(server.send(action)).to.equal("C701C10000");
      expect(server.takeEvents()).to.deep.equal(["indication", "indication", "indication"]);
    });

    it("passes on what was asked, selection and parameter included", () => {
      const server = new RawServer().associate();
      server.send("C001C1 0007 0100630100FF 02 01 02 0203110111021103");
      server.send(action);
      const requests = server.events.map((event) => (event.type === "indication" ? plain(event.request) : undefined));
      const attribute = { classId: 7, logicalName: "0100630100FF", attributeId: 2 };
      expect(requests[0]).to.deep.include({ service: "get", list: false });
      expect((requests[0] as { attributes: unknown[] }).attributes[0]).to.deep.include({
        attribute,
        selection: { selector: 2, parameters: "0203110111021103" },
      });
      expect((requests[1] as { methods: unknown[] }).methods[0]).to.deep.include({
        method: { classId: 3, logicalName: "0100010800FF", methodId: 1 },
        parameter: "0F00",
      });
    });

    it("repeats invoke id and priority of the request, reserved bits included", () => {
      const server = new RawServer({}, success).associate();
      for (const octet of ["40", "4F", "C7", "F5"]) expect(server.send(get.replace("C1", octet)).slice(4, 6)).to.equal(octet);
    });

    it("carries out what needs no confirmation, and does not answer it", () => {
      const server = new RawServer({}, success).associate();
      expect(server.send(set.replace("C101C1", "C10181"))).to.equal("");
      expect(server.takeEvents()).to.deep.equal(["indication"]);
    });

    it("answers whenever it is told to, each request once", () => {
      const server = new RawServer().associate();
      expect(server.send(get)).to.equal("");
      const [indication] = server.events;
      const invokeId = indication?.type === "indication" ? indication.invokeId : -1;
      const result: ServiceResult = { service: "get", results: [{ data: fromHex("1105") }] };
      server.server.respond(invokeId, result);
      server.server.respond(invokeId, result);
      expect(server.answers()).to.equal("C401C1001105");
    });

    it("says nothing about a request whose association has ended", () => {
      const server = new RawServer().associate();
      server.send(get);
      server.send("6200");
      server.server.respond(1, { service: "get", results: [{ data: fromHex("1105") }] });
      server.associate();
      server.server.respond(1, { service: "get", results: [{ data: fromHex("1105") }] });
      expect(server.answers()).to.equal("");
    });

    it("keeps a request after the link has reused its octets", () => {
      const server = new RawServer().associate();
      const octets = fromHex(set);
      const [event] = server.server.receiveApdu(octets);
      octets.fill(0xee);
      expect(event?.type === "indication" && event.request.service === "set" && toHex(event.request.values[0] as Uint8Array)).to.equal(
        "1105",
      );
    });
  });

  describe("given something it does not take", () => {
    const cases: readonly [what: string, hex: string, answer: string][] = [
      ["an unknown tag", "FE00", "D80202"],
      ["no octets at all", "", "D80202"],
      ["a ciphered request", "C8 1E 30 00000001", "D80202"],
      ["a general-glo-ciphered request", "DB 00 05 30 00000001", "D80202"],
      ["a request with short names", "05 01 02 60F8", "D80102"],
      ["an ACCESS request with fewer data than elements", `D9 40000000 00 01 01 ${register}02 00`, "D80101"],
      ["a response", "C4 01 C1 00 00", "D80202"],
      ["an initiate request of its own", "01 00 00 00 06 5F1F0400 007E1F 04B0", "D80202"],
      ["a request of no kind", "C0 04 C1", "D80103"],
      ["a request cut short", "C0 01 C1 00 03", "D80103"],
      ["a request with an octet too many", `${get}00`, "D80103"],
      ["data of an unused type", `C101C1${register}0200 0800`, "D80103"],
      ["a list with fewer values than attributes", `C104C1 02 ${register}0200 ${register}0200 01 00`, "D80101"],
      ["a list with more parameters than methods", `C303C1 01 ${register}01 02 0000`, "D80101"],
    ];
    for (const [what, hex, answer] of cases) {
      it(`refuses ${what}, and goes on`, () => {
        const server = new RawServer({}, success).associate();
        expect(server.send(hex)).to.equal(answer);
        expect(server.takeEvents()).to.deep.equal([]);
        expect(server.send(get)).to.equal("C401C1001105");
      });
    }

    it("refuses services before there is an association", () => {
      for (const request of [get, set, action]) expect(new RawServer({}, success).send(request)).to.equal("D80101");
      expect(new RawServer().send("FE")).to.equal("D80202");
    });

    it("refuses what is longer than it said it takes, to the octet", () => {
      const server = new RawServer({ maxReceivePduSize: 20 }, success).associate();
      const sized = (length: number) => `C101C1${register}0200 09${toHex(Uint8Array.of(length - 15))}${"AA".repeat(length - 15)}`;
      expect(server.send(sized(20))).to.equal("C501C100");
      expect(server.send(sized(21))).to.equal("D80104");
      expect(server.takeEvents()).to.deep.equal(["indication"]);
    });

    const list = `02 ${register}0200 ${register}0200`;
    const block = "00 00000001 01 00";
    const missing: readonly [what: string, conformance: ConformanceName, hex: string][] = [
      ["GET", "get", get],
      ["SET", "set", set],
      ["ACTION", "action", action],
      ["GET with list", "multiple-references", `C003C1${list}`],
      ["SET with list", "multiple-references", `C104C1${list} 02 0000`],
      ["ACTION with list", "multiple-references", `C303C1 01 ${register}01 01 00`],
      ["selective access", "selective-access", `C001C1${register}02 01 01 00`],
      ["selective access in a SET", "selective-access", `C101C1${register}02 01 01 00 1105`],
      ["selective access in a list", "selective-access", `C003C1 01 ${register}02 01 01 00`],
      ["SET in blocks", "block-transfer-with-set-or-write", `C102C1${register}0200 ${block}`],
      ["SET with list in blocks", "block-transfer-with-set-or-write", `C105C1${list} ${block}`],
      ["ACTION in blocks", "block-transfer-with-action", `C304C1${register}01 ${block}`],
      ["ACTION with list in blocks", "block-transfer-with-action", `C305C1 01 ${register}01 ${block}`],
    ];
    for (const [what, conformance, hex] of missing) {
      it(`refuses ${what} where it was not negotiated`, () => {
        const server = new RawServer({ supportedConformance: without(conformance) }, success).associate();
        expect(server.send(hex)).to.equal("D80102");
        expect(server.takeEvents()).to.deep.equal([]);
        expect(new RawServer({}).associate().send(hex), "where it was").not.to.equal("D80102");
      });
    }

    it("does not carry out a SET in blocks that selects without being allowed to, nor take more of it", () => {
      const server = new RawServer({ supportedConformance: without("selective-access") }, success).associate();
      expect(server.send(`C102C1${register}02 01 01 00 01 00000001 01 00`)).to.equal("D80102");
      expect(server.send("C103C1 01 00000002 01 00")).to.equal("C503C11200000002");
    });
  });

  describe("sending blocks", () => {
    const next = (number: number, invoke = "C1") => `C002${invoke}${toHex(Uint8Array.of(0, 0, 0, number))}`;
    const nextPblock = (number: number, invoke = "C1") => `C302${invoke}${toHex(Uint8Array.of(0, 0, 0, number))}`;

    it("numbers them from 1 and marks the last", () => {
      const server = longAnswers();
      const blocks = [server.send(get), server.send(next(1)), server.send(next(2))];
      expect(blocks.map((block) => block.slice(0, 16))).to.deep.equal(["C402C10000000001", "C402C10000000002", "C402C10100000003"]);
    });

    it("refuses a GET block out of order with data-block-number-invalid, and ends the transfer", () => {
      for (const wrong of [0, 2, 9]) {
        const server = longAnswers();
        server.send(get);
        expect(server.send(next(wrong))).to.equal(`C402C101000000${toHex(Uint8Array.of(wrong))}0113`);
        expect(server.send(next(1)), "the transfer is gone").to.equal("C402C101000000010110");
      }
    });

    it("sends a GET block again to a client that did not get it", () => {
      const server = longAnswers(150);
      server.send(get);
      const second = server.send(next(1));
      expect(server.send(next(1))).to.equal(second);
      const last = server.send(next(2));
      expect(server.send(next(2))).to.equal(last);
    });

    it("refuses a GET block of another invoke id, of none in progress, and behind the last", () => {
      const server = longAnswers();
      expect(server.send(next(1))).to.equal("C402C101000000010110");
      server.send(get);
      expect(server.send(next(1, "C2"))).to.equal("C402C201000000010110");
      server.send(get);
      server.send(next(1));
      server.send(next(2));
      expect(server.send(next(3))).to.equal("C402C101000000030110");
    });

    it("ends a GET transfer with the next request", () => {
      const server = longAnswers();
      server.send(get);
      server.send(set);
      expect(server.send(next(1))).to.equal("C402C101000000010110");
    });

    it("starts its numbers anew with every transfer", () => {
      const server = longAnswers();
      server.send(get);
      server.send(next(1));
      expect(server.send(get).slice(0, 16)).to.equal("C402C10000000001");
    });

    it("refuses ACTION blocks out of order, and those of none in progress", () => {
      const server = longAnswers();
      expect(server.send(nextPblock(1))).to.equal("C701C11000");
      expect(server.send(action).slice(0, 16)).to.equal("C702C10000000001");
      expect(server.send(nextPblock(2))).to.equal("C701C10F00");
      expect(server.send(nextPblock(1))).to.equal("C701C11000");
      server.send(action);
      expect(server.send(nextPblock(1, "C5"))).to.equal("C701C51000");
    });

    it("does not mix up the transfers of GET and ACTION", () => {
      const server = longAnswers();
      server.send(get);
      expect(server.send(nextPblock(1))).to.equal("C701C11000");
      server.send(action);
      expect(server.send(next(1))).to.equal("C402C101000000010110");
    });
  });

  describe("receiving blocks", () => {
    const first = (number = 1, last = "00", raw = "0905") =>
      `C102C1${register}0200 ${last} 0000000${number} ${toHex(Uint8Array.of(raw.length / 2))}${raw}`;
    const further = (number: number, last = "00", raw = "0102", invoke = "C1") =>
      `C103${invoke} ${last} 0000000${number} ${toHex(Uint8Array.of(raw.length / 2))}${raw}`;
    const firstPblock = (number = 1, last = "00", raw = "0905") =>
      `C304C1${register}01 ${last} 0000000${number} ${toHex(Uint8Array.of(raw.length / 2))}${raw}`;
    const pblock = (number: number, last = "00", raw = "0102", invoke = "C1") =>
      `C306${invoke} ${last} 0000000${number} ${toHex(Uint8Array.of(raw.length / 2))}${raw}`;
    const server = () => new RawServer({ maxRequestLength: 20 }, success).associate();

    it("acknowledges each, and answers the last with the result", () => {
      const set = server();
      expect([set.send(first()), set.send(further(2)), set.send(further(3, "01", "030405"))]).to.deep.equal([
        "C502C100000001",
        "C502C100000002",
        "C503C10000000003",
      ]);
      expect(set.takeEvents()).to.deep.equal(["indication"]);
      const act = server();
      expect([act.send(firstPblock()), act.send(pblock(2)), act.send(pblock(3, "01", "030405"))]).to.deep.equal([
        "C704C100000001",
        "C704C100000002",
        "C701C10000",
      ]);
    });

    it("takes a transfer of a single block", () => {
      expect(server().send(first(1, "01", "1105"))).to.equal("C503C10000000001");
      expect(server().send(firstPblock(1, "01", "1105"))).to.equal("C701C10000");
    });

    it("refuses a block out of order, and ends the transfer", () => {
      for (const wrong of [0, 3]) {
        const set = server();
        set.send(first());
        expect(set.send(further(wrong))).to.equal(`C503C1130000000${wrong}`);
        expect(set.send(further(2))).to.equal("C503C11200000002");
        const act = server();
        act.send(firstPblock());
        expect(act.send(pblock(wrong))).to.equal("C701C10F00");
        expect(act.send(pblock(2))).to.equal("C701C11000");
        expect([...set.takeEvents(), ...act.takeEvents()]).to.deep.equal([]);
      }
    });

    it("acknowledges a block again for a client that did not hear of it", () => {
      const set = server();
      const acknowledged = set.send(first());
      expect(set.send(further(1))).to.equal(acknowledged);
      expect(set.send(further(2))).to.equal("C502C100000002");
    });

    it("refuses a transfer that does not begin with block 1", () => {
      expect(server().send(first(2))).to.equal("C503C11300000002");
      expect(server().send(firstPblock(2))).to.equal("C701C10F00");
    });

    it("refuses a block of none in progress, of another invoke id and of the other service", () => {
      expect(server().send(further(2))).to.equal("C503C11200000002");
      expect(server().send(pblock(2))).to.equal("C701C11000");
      const set = server();
      set.send(first());
      expect(set.send(further(2, "00", "01", "C2"))).to.equal("C503C21200000002");
      expect(set.send(pblock(2))).to.equal("C701C11000");
      expect(set.send(further(2)), "the transfer itself is not harmed").to.equal("C502C100000002");
    });

    it("aborts a transfer that is longer than it takes", () => {
      const set = server();
      set.send(first());
      expect(set.send(further(2, "00", "00".repeat(18)))).to.equal("C502C100000002");
      expect(set.send(further(3, "00", "00"))).to.equal("C503C11100000003");
      expect(set.send(further(4, "01", ""))).to.equal("C503C11200000004");
      const act = server();
      act.send(firstPblock());
      expect(act.send(pblock(2, "00", "00".repeat(19)))).to.equal("C701C10F00");
    });

    it("aborts a transfer that never ends because its blocks are empty", () => {
      const set = server();
      let answer = set.send(first(1, "00", ""));
      let number = 1;
      while (answer.startsWith("C502") && number < 1000) {
        number += 1;
        answer = set.send(`C103C1 00 ${number.toString(16).padStart(8, "0")} 00`);
      }
      expect(answer).to.equal("C503C11100000015");
    });

    it("refuses joined blocks that are not one value", () => {
      for (const raw of ["", "0905", "11050000", "08"]) expect(server().send(first(1, "01", raw)), raw).to.equal("C503C10C00000001");
      expect(server().send(firstPblock(1, "01", "0905"))).to.equal("C701C10C00");
    });

    it("refuses joined lists of another length than their references", () => {
      const list = `C105C1 02 ${register}0200 ${register}0200 01 00000001`;
      expect(server().send(`${list} 03 020000`)).to.equal("C504C102000000000001");
      expect(server().send(`${list} 02 0100`)).to.equal("C503C10C00000001");
    });

    it("drops a transfer when another request comes in between", () => {
      const set = server();
      set.send(first());
      expect(set.send(get)).to.equal("C401C1001105");
      expect(set.send(further(2))).to.equal("C503C11200000002");
    });

    it("starts anew with a new first block", () => {
      const set = server();
      set.send(first());
      expect(set.send(first(1, "01", "1105"))).to.equal("C503C10000000001");
    });
  });
});
