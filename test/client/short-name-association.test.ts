import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { DlmsClient } from "../../src/client/dlms-client.ts";
import { ShortNameAssociation } from "../../src/client/short-name-association.ts";
import { AssociationSn } from "../../src/cosem-objects/classes/association-sn.ts";
import { ProfileGeneric } from "../../src/cosem-objects/classes/profile-generic.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import type { ServiceRequest } from "../../src/dlms/association/services.ts";
import { ActionError, DataAccessError, DecodeError, LocalProtocolError } from "../../src/errors.ts";
import { type Behind, objectListHex, ShortNameMeter } from "./short-name-meter.ts";

const energy = "1.0.1.8.0.255";
const load = "1.0.99.1.0.255";
const list = objectListHex([
  { baseName: 0x1000, classId: 3, version: 0, logicalName: energy },
  { baseName: 0x2000, classId: 7, version: 1, logicalName: load },
]);

/** Two objects, the values of one. */
const variables: Readonly<Record<number, Behind>> = {
  64008: { hex: list },
  4104: { hex: "0600000005" },
  4112: { hex: "02020F00161E" },
  4136: { refusal: "read-write-denied" },
  8200: { hex: "0100" },
  8280: { hex: "00" },
};

function connect(more: Readonly<Record<number, Behind>> = {}) {
  const meter = new ShortNameMeter({ ...variables, ...more });
  const association = new ShortNameAssociation(meter);
  return { meter, association, client: new DlmsClient(association) };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const attribute = (attributeId: number, logicalName: "1.0.1.8.0.255" | "1.0.2.8.0.255" = energy) => ({
  attribute: { classId: 3, logicalName: logicalNameToBytes(logicalName), attributeId },
  selection: undefined,
});

describe("An association with short names", () => {
  it("reads the list of objects once, when the first name is needed", async () => {
    const { meter, client } = connect();
    expect(meter.asked).to.deep.equal([]);
    expect(await client.get(Register, energy, "scalerUnit")).to.include({ unit: 30 });
    await client.get(Register, energy, "scalerUnit");
    expect(meter.asked).to.deep.equal(["read FA08", "read 1010", "read 1010"]);
  });

  it("reads the list once for requests made at the same time", async () => {
    const { meter, client } = connect();
    await Promise.all([client.get(Register, energy, "scalerUnit"), client.get(Register, energy, "scalerUnit")]);
    expect(meter.asked.filter((asked) => asked === "read FA08")).to.have.length(1);
  });

  it("asks for the list again after it was refused", async () => {
    const { meter, client } = connect({ 64008: { refusal: "temporary-failure" } });
    expect(await failure(client.get(Register, energy, "scalerUnit"))).to.be.instanceOf(DataAccessError);
    meter.variables.set(0xfa08, { hex: list });
    expect(await client.get(Register, energy, "scalerUnit")).to.include({ unit: 30 });
  });

  it("fails with DecodeError where the list makes no sense, is cut, or has something behind it", async () => {
    for (const hex of ["1100", list.slice(0, -2), `${list}00`, "0184FFFFFFFF"]) {
      const { client } = connect({ 64008: { hex } });
      expect(await failure(client.get(Register, energy, "scalerUnit")), hex).to.be.instanceOf(DecodeError);
    }
  });

  it("learns the names from a list that somebody asked for", async () => {
    const { meter, client } = connect();
    expect(await client.get(AssociationSn, "0.0.40.0.0.255", "objectList")).to.have.length(2);
    await client.get(Register, energy, "scalerUnit");
    expect(meter.asked).to.deep.equal(["read FA08", "read 1010"]);
  });

  it("learns nothing from a part of the list, nor from one that makes no sense", async () => {
    const { meter, client } = connect({ 64016: { hex: "1101" } });
    const own = { classId: 12, logicalName: "0.0.40.0.0.255" } as const;
    await client.getRaw({ ...own, attribute: 3 });
    await client.getRaw({ ...own, attribute: 2, selection: { selector: 1, parameters: fromHex("120003") } });
    meter.variables.set(0xfa08, { hex: "1100" });
    expect(await client.getRaw({ ...own, attribute: 2 })).to.deep.equal(fromHex("1100"));
    meter.variables.set(0xfa08, { hex: list });
    await client.get(Register, energy, "scalerUnit");
    expect(meter.asked.slice(-2)).to.deep.equal(["read FA08", "read 1010"]);
  });

  it("reads many attributes in one request, and answers for those without a name in their places", async () => {
    const { meter, association } = connect();
    const request: ServiceRequest = {
      service: "get",
      list: true,
      attributes: [attribute(9), attribute(2), attribute(2, "1.0.2.8.0.255"), attribute(3)],
    };
    expect(await association.request(request)).to.deep.equal({
      service: "get",
      results: [
        { error: "object-undefined" },
        { data: fromHex("0600000005") },
        { error: "object-undefined" },
        { data: fromHex("02020F00161E") },
      ],
    });
    expect(meter.asked).to.deep.equal(["read FA08", "read 1008, 1010"]);
  });

  it("asks nothing where no attribute has a name", async () => {
    const { meter, association } = connect();
    const attributes = [attribute(0), attribute(6)];
    const refused = ["object-undefined", "object-undefined"];
    expect(await association.request({ service: "set", list: true, attributes, values: [fromHex("00"), fromHex("00")] })).to.deep.equal({
      service: "set",
      results: refused,
    });
    expect(await association.request({ service: "get", list: true, attributes })).to.deep.equal({
      service: "get",
      results: refused.map((error) => ({ error })),
    });
    expect(meter.asked).to.deep.equal(["read FA08"]);
  });

  it("reads one by one where the meter takes one variable at a time", async () => {
    const { meter, association } = connect();
    const conformance = new Set([...meter.context.conformance].filter((name) => name !== "multiple-references"));
    const client = new DlmsClient({
      context: { ...meter.context, conformance },
      request: (request) => association.request(request),
      close: () => Promise.resolve(),
    });
    await client.getMany([2, 3].map((id) => ({ classId: 3, logicalName: energy, attribute: id })));
    expect(meter.asked).to.deep.equal(["read FA08", "read 1008", "read 1010"]);
  });

  it("hands a selection on", async () => {
    const { meter, client } = connect();
    const selection = { selector: 2, parameters: fromHex("0204060000000106000000001200011200 00") };
    await client.get(ProfileGeneric, load, "buffer", selection);
    expect(meter.asked.at(-1)).to.equal(`read 2008/2 ${toHex(selection.parameters)}`);
  });

  it("writes the attributes that have names, each with its own value", async () => {
    const { meter, association } = connect({ 4112: { refusal: "read-write-denied" } });
    const result = await association.request({
      service: "set",
      list: true,
      attributes: [attribute(12), attribute(2), attribute(3)],
      values: [fromHex("1101"), fromHex("1102"), fromHex("1103")],
    });
    expect(result).to.deep.equal({ service: "set", results: ["object-undefined", "success", "read-write-denied"] });
    expect(meter.asked.at(-1)).to.equal("write 1008 1102, 1010 1103");
  });

  it("invokes a method by writing its parameter", async () => {
    const { meter, client } = connect();
    await client.invoke(ProfileGeneric, load, "reset", 0);
    expect(meter.asked.at(-1)).to.equal("write 2058 0F00");
    const error = await failure(client.invoke(Register, energy, "reset", 0));
    expect(error).to.be.instanceOf(ActionError);
    expect((error as ActionError).message).to.contain("read-write-denied");
  });

  it("invokes a method that returns something by reading it with its parameter", async () => {
    const { meter, client } = connect({ 64048: { hex: "01011105" } });
    const wanted = { classId: 3, logicalName: energy, attributeId: 2 } as const;
    expect(await client.invoke(AssociationSn, "0.0.40.0.0.255", "readByLogicalName", [wanted])).to.deep.equal([
      { type: "unsigned", value: 5 },
    ]);
    expect(meter.asked).to.deep.equal(["read FA30/0 0101020312000309060100010800FF0F02"]);
  });

  it("sends null-data for a method without parameter", async () => {
    const { meter, client } = connect();
    await client.invokeRaw({ classId: 7, logicalName: load, method: 1 }, undefined);
    expect(meter.asked.at(-1)).to.equal("write 2058 00");
  });

  it("tells refusals of methods in the words of methods", async () => {
    const { association } = connect({ 8280: { refusal: "long-set-aborted" }, 64048: { refusal: "object-unavailable" } });
    const invoke = (classId: number, logicalName: "1.0.99.1.0.255" | "0.0.40.0.0.255" | "9.9.9.9.9.9", methodId: number) =>
      association.request({
        service: "action",
        list: false,
        methods: [{ method: { classId, logicalName: logicalNameToBytes(logicalName), methodId }, parameter: undefined }],
      });
    const refused = (result: string) => ({ service: "action", results: [{ result, returned: undefined }] });
    expect(await invoke(7, load, 1)).to.deep.equal(refused("other-reason"));
    expect(await invoke(12, "0.0.40.0.0.255", 3)).to.deep.equal(refused("object-unavailable"));
    expect(await invoke(7, "9.9.9.9.9.9", 1)).to.deep.equal(refused("object-undefined"));
    expect(await invoke(3, load, 1)).to.deep.equal(refused("object-class-inconsistent"));
  });

  it("lets Read and Write through, and refuses ACCESS before anything is sent", async () => {
    const { meter, association } = connect();
    await association.request({ service: "read", variables: [{ variableName: 0x1008, selection: undefined }] });
    await association.request({ service: "write", variables: [{ variableName: 0x1008, selection: undefined }], values: [fromHex("1101")] });
    const error = await failure(association.request({ service: "access", elements: [] }));
    expect(error).to.be.instanceOf(LocalProtocolError);
    expect((error as LocalProtocolError).message).to.contain("ACCESS needs logical names");
    expect(meter.asked).to.deep.equal(["read 1008", "write 1008 1101"]);
  });
});
