import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { AccessElement, ServiceRequest } from "../../../src/dlms/association/services.ts";
import { AssociationPair, attribute, dataOfSize, method, RawServer, without } from "./pair.ts";
import { errorOf, RawClient } from "./raw-client.ts";

const register = "0003 0100010800FF";
const elements: readonly AccessElement[] = [
  { service: "get", ...attribute },
  { service: "get", ...attribute, selection: { selector: 1, parameters: fromHex("1101") } },
  { service: "set", ...attribute, value: fromHex("1105") },
  { service: "action", method, parameter: undefined },
];
const access: ServiceRequest = { service: "access", elements };
const request = `D9 C0000001 00 04 01${register}02 04${register}020111 01 02${register}02 03${register}01 04 00 00 1105 00`;

const success = (sent: ServiceRequest) => ({
  service: "access" as const,
  results: (sent.service === "access" ? sent.elements : []).map(({ service }) =>
    service === "get"
      ? { service, data: fromHex("1107") }
      : service === "set"
        ? { service, result: "success" as const }
        : { service, result: "success" as const, returned: fromHex("1109") },
  ),
});

describe("ACCESS", () => {
  it("asks for a mix of services in one APDU", () => {
    const client = new RawClient().associate();
    client.client.request(access, 0);
    // InitiateResponse of RawClient knows no ACCESS, but what is asked for is the caller's choice.
    expect(client.sent()).to.deep.equal([toHex(fromHex(request))]);
  });

  it("takes the results in their order, data apart from how it went", () => {
    const client = new RawClient().associate();
    client.client.request(access, 0);
    const [event] = client.receive("DA C0000001 00 00 04 1107 00 00 1109 04 01 00 01 04 02 00 03 00");
    expect(event?.type === "response" && event.result.results).to.deep.equal([
      { service: "get", data: fromHex("1107") },
      { service: "get", error: "object-undefined" },
      { service: "set", result: "success" },
      { service: "action", result: "success", returned: fromHex("1109") },
    ]);
  });

  it("refuses results that are not of what was asked for, or not as many", () => {
    for (const answer of ["DA C0000001 00 00 01 00 01 01 00", "DA C0000001 00 00 04 00 00 00 00 04 02 00 01 00 02 00 03 00"]) {
      const client = new RawClient().associate();
      client.client.request(access, 0);
      expect(errorOf(client.receive(answer))?.code).to.equal("remote-protocol-error");
    }
  });

  it("is answered with what was asked for, where the client wants the answer to describe itself", () => {
    const server = new RawServer({}, success).associate();
    expect(server.send(`D9 50000001 00 01 01${register}02 01 00`)).to.equal(
      toHex(fromHex(`DA 50000001 00 01 01 01${register}02 01 1107 01 01 00`)),
    );
    expect(server.send(`D9 40000002 00 01 01${register}02 01 00`)).to.equal(toHex(fromHex("DA 40000002 00 00 01 1107 01 01 00")));
  });

  it("is carried out and not answered, where the client wants no answer", () => {
    const server = new RawServer({}, success).associate();
    expect(server.send(`D9 00000001 00 01 02${register}02 01 1105`)).to.equal("");
    expect(server.takeEvents()).to.deep.equal(["indication"]);
  });

  it("is refused where it, or a service in it, was not negotiated", () => {
    for (const name of ["access", "get", "set", "action", "selective-access"] as const) {
      const server = new RawServer({ supportedConformance: without(name) }, success).associate();
      expect(server.send(request), name).to.equal("D80102");
      expect(server.takeEvents(), name).to.deep.equal([]);
    }
  });

  it("is not carried out where its results could not be told", () => {
    const server = new RawServer({}, success).associate({ clientMaxReceivePduSize: 16 });
    const set = (count: number) => `D9 40000001 00 0${count} ${`02${register}02`.repeat(count)} 0${count} ${"1105".repeat(count)}`;
    expect(server.send(set(2))).to.equal(toHex(fromHex("DA 40000001 00 00 02 0000 02 0200 0200")));
    expect(server.send(set(3))).to.equal("D80101");
    expect(server.takeEvents()).to.deep.equal(["indication"]);
  });

  it("loses data there is no room for, and still tells how each element went", () => {
    const pair = new AssociationPair({
      client: { maxReceivePduSize: 64 },
      handle: () => ({
        service: "access",
        results: [
          { service: "get", data: dataOfSize(100) },
          { service: "set", result: "success" },
          { service: "action", result: "success", returned: dataOfSize(10) },
        ],
      }),
    }).associate();
    const [event] = pair.request({ service: "access", elements: [elements[0], elements[2], elements[3]] as AccessElement[] });
    expect(event?.type === "response" && event.result.results).to.deep.equal([
      { service: "get", error: "other-reason" },
      { service: "set", result: "success" },
      { service: "action", result: "success", returned: undefined },
    ]);
  });

  it("answers with an exception where not even that fits", () => {
    const server = new RawServer({}, success).associate({ clientMaxReceivePduSize: 16 });
    const get = `D9 40000001 00 04 ${`01${register}02`.repeat(4)} 04 00000000`;
    expect(server.send(get)).to.equal("D80103");
  });
});
