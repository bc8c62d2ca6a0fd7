import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { supportedConformanceWithShortNames } from "../../../src/dlms/association/negotiation.ts";
import type { ServiceRequest, ServiceResult } from "../../../src/dlms/association/services.ts";
import type { ConformanceName } from "../../../src/dlms/xdlms/conformance.ts";
import { aarqOf, dataOfSize, type Handler, RawServer } from "./pair.ts";
import { aareOf, errorOf, first, kinds, RawClient } from "./raw-client.ts";

const withoutNames = (...names: readonly ConformanceName[]) =>
  new Set([...supportedConformanceWithShortNames].filter((name) => name !== "general-block-transfer" && !names.includes(name)));

/** InitiateResponse of a server with short names: everything but general block transfer. */
const initiateResponse = (pduSize = "FFFF") => fromHex(`0800065F1F04001E1BA0${pduSize}FA00`);

function client(pduSize?: string): RawClient {
  const raw = new RawClient({ referencing: "short-name" });
  raw.client.associate(0);
  raw.receive(aareOf({ applicationContext: "short-name", userInformation: initiateResponse(pduSize) }));
  raw.sent();
  return raw;
}

function server(handle: Handler = () => undefined, clientMaxReceivePduSize = 0xffff, without: readonly ConformanceName[] = []): RawServer {
  const raw = new RawServer({}, handle);
  raw.sendBytes(aarqOf({ applicationContext: "short-name" }, { proposedConformance: withoutNames(...without), clientMaxReceivePduSize }));
  raw.takeEvents();
  return raw;
}

const variable = (variableName: number) => ({ variableName, selection: undefined });
const read = (...names: readonly number[]): ServiceRequest => ({ service: "read", variables: names.map(variable) });
const values = (request: ServiceRequest): ServiceResult | undefined => {
  switch (request.service) {
    case "read":
      return { service: "read", results: request.variables.map(() => ({ data: fromHex("1107") })) };
    case "write":
      return { service: "write", results: request.variables.map(() => "success") };
    default:
      return undefined;
  }
};

describe("A client with short names", () => {
  it("reads variables by their names", () => {
    const raw = client();
    raw.request(read(0x60f8));
    expect(raw.sent()).to.deep.equal(["05010260F8"]);
    expect(first(raw.receive("0C01000600000000"))).to.nested.include({ "result.results[0].data": "0600000000" });
    raw.request(read(0xfd08, 0xff08));
    expect(raw.sent()).to.deep.equal(["050202FD0802FF08"]);
    expect(first(raw.receive("0C02 001105 0104"))).to.nested.include({
      "result.results[0].data": "1105",
      "result.results[1].error": "object-undefined",
    });
  });

  it("reads with a selection", () => {
    const raw = client();
    raw.request({ service: "read", variables: [{ variableName: 0x60d8, selection: { selector: 2, parameters: fromHex("1101") } }] });
    expect(raw.sent()).to.deep.equal(["05010460D8021101"]);
  });

  it("writes, and writes without being answered", () => {
    const raw = client();
    const write: ServiceRequest = { service: "write", variables: [variable(0x1008)], values: [fromHex("1105")] };
    raw.request(write);
    expect(raw.sent()).to.deep.equal(["0601021008011105"]);
    expect(first(raw.receive("0D01 0103"))).to.nested.include({ "result.results[0]": "read-write-denied" });
    raw.client.request(write, 0, { confirmed: false });
    expect(raw.sent()).to.deep.equal(["1601021008011105"]);
    expect(kinds(raw.expire())).to.deep.equal(["sent"]);
  });

  it("joins an answer in blocks, asking with the number last received", () => {
    const raw = client();
    raw.request(read(0x1008));
    raw.sent();
    expect(kinds(raw.receive("0C01 02 00 0001 03 010009"))).to.deep.equal(["progress"]);
    expect(raw.sent()).to.deep.equal(["0501050001"]);
    expect(first(raw.receive("0C01 02 01 0002 03 02AABB"))).to.nested.include({ "result.results[0].data": "0902AABB" });
  });

  it("takes blocks that carry the data alone, as some servers send a single variable", () => {
    const raw = client();
    raw.request(read(0x1008));
    raw.receive("0C01 02 00 0001 03 010211");
    expect(first(raw.receive("0C01 02 01 0002 03 051106"))).to.nested.include({ "result.results[0].data": "010211051106" });
  });

  it("fails where blocks come out of order, or what they join to makes no sense", () => {
    const started = () => {
      const raw = client();
      raw.request(read(0x1008));
      raw.receive("0C01 02 00 0001 03 010009");
      return raw;
    };
    expect(errorOf(started().receive("0C01 02 01 0003 03 02AABB"))?.code).to.equal("remote-protocol-error");
    expect(errorOf(started().receive("0C01 02 01 0002 01 02"))?.code).to.equal("trailing-data");
  });

  it("sends a value in blocks, each acknowledged by its number", () => {
    const raw = client("0020");
    const value = dataOfSize(60);
    raw.request({ service: "write", variables: [variable(0x1008)], values: [value] });
    const blocks = raw.sent();
    for (let number = 1; blocks.length === number; number++) {
      raw.receive(`0D01 02 ${toHex(Uint8Array.of(0, number))}`);
      blocks.push(...raw.sent());
    }
    expect(blocks.map((block) => block.slice(0, 12))).to.deep.equal(["060107000001", "060107000002", "060107010003"]);
    expect(Math.max(...blocks.map((block) => block.length / 2))).to.be.at.most(32);
    // Behind the header, the count of data, the tag of octet-string and its length stands the body of the whole request.
    expect(blocks.map((block) => block.slice(18)).join("")).to.equal(`0102100801${toHex(value)}`);
  });

  it("ends the association when an answer does not come, since a late one could be taken for the next", () => {
    const raw = client();
    raw.request(read(0x1008));
    expect(kinds(raw.expire())).to.deep.equal(["aborted"]);
    expect(raw.client.state).to.equal("aborted");
  });

  it("takes no service with logical names", () => {
    const raw = client();
    raw.request();
    expect(errorOf(raw.expire())?.message).to.match(/no service of an association with short names/);
  });

  it("understands the refusals of old meters", () => {
    const raw = client();
    raw.request(read(0x1008));
    expect(errorOf(raw.receive("0E 05 05 01"))?.message).to.match(/read error, access: scope-of-access-violated/);
  });
});

describe("A server with short names", () => {
  it("reads and writes", () => {
    const raw = server(values);
    expect(raw.send("05 02 02FD08 02FF08")).to.equal("0C02001107001107");
    expect(raw.send("06 01 021008 01 1105")).to.equal("0D0100");
    expect(raw.takeEvents()).to.deep.equal(["indication", "indication"]);
  });

  it("does not answer an unconfirmed write", () => {
    const raw = server(values);
    expect(raw.send("16 01 021008 01 1105")).to.equal("");
    expect(raw.takeEvents()).to.deep.equal(["indication"]);
  });

  it("refuses what was not negotiated", () => {
    const cases: readonly [ConformanceName, string][] = [
      ["read", "05 01 021008"],
      ["write", "06 01 021008 01 1105"],
      ["unconfirmed-write", "16 01 021008 01 1105"],
      ["multiple-references", "05 02 021008 021010"],
      ["parameterized-access", "05 01 041008 01 00"],
      ["block-transfer-with-get-or-read", "05 01 06 00 0001 01 01"],
      ["block-transfer-with-set-or-write", "06 01 07 00 0001 01 090101"],
    ];
    for (const [name, apdu] of cases) {
      const raw = server(values, 0xffff, [name]);
      expect(raw.send(apdu), name).to.equal("D80102");
      expect(raw.takeEvents(), name).to.deep.equal([]);
    }
  });

  it("refuses services with logical names, and what makes no sense", () => {
    const raw = server(values);
    expect(raw.send("C001C1 0003 0100010800FF 0200")).to.equal("D80102");
    expect(raw.send("06 02 021008 021010 01 1105"), "fewer data than names").to.equal("D80101");
    expect(raw.send("05 02 021008 050001"), "a block among names").to.equal("D80101");
    expect(raw.send("05 01 03")).to.equal("D80103");
    expect(raw.takeEvents()).to.deep.equal([]);
  });

  it("sends a long answer in blocks of the whole response, again where one is asked for again", () => {
    const data = dataOfSize(50);
    const raw = server(() => ({ service: "read", results: [{ data }] }), 32);
    const blocks = [raw.send("05 01 021008"), raw.send("05 01 050001"), raw.send("05 01 050002")];
    expect(blocks.map((block) => block.slice(0, 12))).to.deep.equal(["0C0102000001", "0C0102000002", "0C0102010003"]);
    expect(blocks.map((block) => block.slice(14)).join("")).to.equal(`0100${toHex(data)}`);
    expect(raw.send("05 01 050002")).to.equal(blocks[2]);
    expect(raw.send("05 01 050003")).to.equal("0C010110");
    expect(raw.send("05 01 050001")).to.equal("0C010110");
  });

  it("refuses a block out of order with data-block-number-invalid", () => {
    const raw = server(() => ({ service: "read", results: [{ data: dataOfSize(100) }] }), 32);
    raw.send("05 01 021008");
    expect(raw.send("05 01 050003")).to.equal("0C010113");
    expect(raw.send("05 01 050001")).to.equal("0C010110");
  });

  it("joins a request in blocks, and acknowledges a repeated one again", () => {
    const raw = server(values);
    expect(raw.send("06 01 07 00 0001 01 0903 010210")).to.equal("0D01020001");
    expect(raw.send("06 01 07 00 0001 01 0903 010210")).to.equal("0D01020001");
    expect(raw.send("06 01 07 01 0002 01 0904 08011105")).to.equal("0D0100");
    const [event] = raw.events;
    expect(event?.type === "indication" && event.request).to.deep.equal({
      service: "write",
      variables: [{ variableName: 0x1008, selection: undefined }],
      values: [fromHex("1105")],
    });
    expect(raw.send("05 01 06 00 0001 03 010210")).to.equal("0C01030001");
    expect(raw.send("05 01 06 01 0002 01 08")).to.equal("0C01001107");
  });

  it("refuses blocks that are out of order, too long, of no transfer or of no sense", () => {
    expect(server(values).send("06 01 07 00 0002 01 090101")).to.equal("0D010112");
    expect(server(values).send("05 01 06 00 0002 01 01")).to.equal("0C010113");
    const raw = server(values);
    raw.send("06 01 07 00 0001 01 090101");
    expect(raw.send("06 01 07 00 0003 01 090101")).to.equal("0D010113");
    expect(raw.send("06 01 07 01 0001 01 090102")).to.equal("0D01010C");
    expect(raw.takeEvents()).to.deep.equal([]);
  });

  it("answers other-reason where there is no room and blocks were not negotiated", () => {
    const raw = server(() => ({ service: "read", results: [{ data: dataOfSize(100) }] }), 32, ["block-transfer-with-get-or-read"]);
    expect(raw.send("05 01 021008")).to.equal("0C0101FA");
  });

  it("does not write what it could not tell the results of", () => {
    const raw = server(values, 12);
    const names = "021008".repeat(6);
    expect(raw.send(`06 06 ${names} 06 ${"1105".repeat(6)}`)).to.equal("D80101");
    expect(raw.takeEvents()).to.deep.equal([]);
  });
});
