import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { ByteWriter } from "../../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../../src/bytes/hex.ts";
import type { ObjectContext } from "../../../../src/cosem-objects/object.ts";
import { supportedConformance } from "../../../../src/dlms/association/negotiation.ts";
import { decodeData } from "../../../../src/dlms/axdr/data.ts";
import { setupObjects } from "../../../../src/virtual-meter/mapping/setups/setup-objects.ts";
import { objectListFile } from "../../../support/object-list-file.ts";
import { sampleMeter } from "../../../support/sample-meter.ts";

const context: ObjectContext = {
  association: {
    clientSap: 1,
    serverSap: 1,
    applicationContext: "logical-name",
    referencing: "logical-name",
    mechanism: "none",
    conformance: supportedConformance,
    clientMaxReceivePduSize: 0xffff,
    serverMaxReceivePduSize: 0xffff,
  },
};

/** The setups of a meter, by name. */
function sampleSetups() {
  const objects = setupObjects(sampleMeter(60_000));
  const find = (logicalName: string) => {
    const object = objects.find((one) => one.logicalName === logicalName);
    expect(object, logicalName).not.to.equal(undefined);
    return object as (typeof objects)[number];
  };
  const read = (logicalName: string, attribute: number): string => {
    const writer = new ByteWriter(64);
    const result = find(logicalName).read(attribute, writer, undefined, context);
    return result === "success" ? toHex(writer.finish()) : String(result);
  };
  const write = (logicalName: string, attribute: number, hex: string) => find(logicalName).write(attribute, fromHex(hex), context);
  const invoke = (logicalName: string, method: number, hex: string) =>
    find(logicalName).invoke(method, fromHex(hex), new ByteWriter(64), context);
  return { objects, read, write, invoke };
}

describe("Setup objects", () => {
  it("are each there once, with every attribute to read", () => {
    const { objects, read } = sampleSetups();
    expect(new Set(objects.map(({ logicalName }) => logicalName)).size).to.equal(objects.length);
    for (const { logicalName, cosemClass } of objects)
      for (const { id } of Object.values(cosemClass.attributes))
        expect(read(logicalName, id), `${logicalName}:${id}`).to.match(/^[0-9A-F]+$/);
  });

  if (!existsSync(objectListFile)) {
    it("have class, version and type as listed (the list is not beside the checkout)");
  } else {
    it("have class, version and type as listed", () => {
      const rows = JSON.parse(readFileSync(objectListFile, "utf8")) as readonly {
        readonly ln: string;
        readonly class_id: number;
        readonly version: number;
        readonly type: string;
      }[];
      const types: Readonly<Record<string, string>> = { oct: "octet-string", arr: "array" };
      const { objects, read } = sampleSetups();
      for (const { logicalName, cosemClass } of objects) {
        const row = rows.find(({ ln }) => ln === logicalName);
        expect([cosemClass.classId, cosemClass.version], logicalName).to.deep.equal([row?.class_id, row?.version]);
        const listed = types[row?.type ?? ""];
        if (listed !== undefined) expect(decodeData(fromHex(read(logicalName, 2))).type, logicalName).to.equal(listed);
      }
    });
  }

  it("keep what is written, and refuse what is out of range", () => {
    const { read, write } = sampleSetups();
    expect(write("0.0.25.10.0.255", 4, "12000A")).to.equal("success");
    expect(write("0.0.25.10.0.255", 4, "120000")).to.equal("other-reason");
    expect(read("0.0.25.10.0.255", 4)).to.equal("12000A");
    expect(write("0.0.2.0.0.255", 2, "1663"), "a speed without a name").to.equal("other-reason");
    expect(write("0.0.25.4.0.255", 3, "122710"), "a PIN of five digits").to.equal("other-reason");
    expect(write("0.0.25.10.0.255", 4, "1101"), "another type").to.equal("type-unmatched");
  });

  it("refuse to connect or to ask a time server, for which there is nothing in the meter", () => {
    const { invoke } = sampleSetups();
    expect(invoke("0.0.2.1.0.255", 1, "0F00")).to.equal("object-unavailable");
    expect(invoke("0.0.25.10.0.255", 1, "0F00")).to.equal("object-unavailable");
  });

  it("add, replace and remove keys of the time server", () => {
    const { read, invoke } = sampleSetups();
    const ntp = "0.0.25.10.0.255";
    expect(invoke(ntp, 2, "02020600000001090111")).to.equal("success");
    expect(invoke(ntp, 2, "02020600000001090122")).to.equal("success");
    expect(read(ntp, 6)).to.equal("010102020600000001090122");
    expect(invoke(ntp, 3, "0600000002")).to.equal("other-reason");
    expect(invoke(ntp, 3, "0600000001")).to.equal("success");
    expect(read(ntp, 6)).to.equal("0100");
  });
});
