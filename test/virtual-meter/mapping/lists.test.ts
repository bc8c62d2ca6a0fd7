import { expect } from "chai";
import { minute } from "../../../src/meter-model/index.ts";
import { meterObjects } from "../../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter, sampleStart } from "../../support/sample-meter.ts";
import { BareObjects } from "./bare-objects.ts";

function objects() {
  const meter = sampleMeter(90 * minute);
  return { meter, bare: new BareObjects(meterObjects(meter, identity)) };
}

/** A capture object definition: class, logical name, attribute, data index. */
const captured = (classId: number, name: string, attribute: number, dataIndex = 0) => {
  const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0").toUpperCase();
  const octets = name.split(".").map((octet) => hex(Number(octet), 2));
  return `0204 12${hex(classId, 4)} 0906${octets.join("")} 0F${hex(attribute, 2)} 12${hex(dataIndex, 4)}`.replaceAll(" ", "");
};

describe("Lists of the virtual meter", () => {
  it("show one row of what is now", () => {
    const { meter, bare } = objects();
    const time = bare.read("0.0.1.0.0.255:2").slice(4);
    const snapshot = bare.read("0.0.21.0.5.255:2");
    expect(snapshot).to.match(new RegExp(`^0101020D090C${time}1208FC`));
    meter.advance(sampleStart + 100 * minute);
    expect(bare.read("0.0.21.0.5.255:2")).to.not.equal(snapshot);
    expect(bare.read("0.0.21.0.5.255:7")).to.equal("0600000001");
  });

  it("show what a client wants, by elements too, and refuse what there is not", () => {
    const { bare } = objects();
    const wanted = `0103${captured(3, "1.0.1.8.0.255", 2)}${captured(3, "1.0.1.8.0.255", 3, 2)}${captured(3, "1.0.1.8.0.255", 9)}`;
    expect(bare.write("0.0.21.0.1.255:3", wanted)).to.equal("success");
    expect(bare.read("0.0.21.0.1.255:3")).to.equal(wanted);
    expect(bare.read("0.0.21.0.1.255:2")).to.equal("01010203" + "06000005DC" + "161E" + "00");
    expect(bare.write("0.0.21.0.1.255:3", `0101${captured(3, "1.0.1.8.99.255", 2)}`)).to.equal("other-reason");
    expect(bare.read("0.0.21.0.1.255:3")).to.equal(wanted);
    expect(bare.write("0.0.21.0.5.255:3", wanted)).to.equal("read-write-denied");
  });

  it("show themselves only so deep", () => {
    const { bare } = objects();
    expect(bare.write("0.0.21.0.1.255:3", `0101${captured(7, "0.0.21.0.1.255", 2)}`)).to.equal("success");
    expect(bare.read("0.0.21.0.1.255:2")).to.equal(`${"01010201".repeat(4)}00`);
  });
});

describe("Compact data of the virtual meter", () => {
  it("has its values without their types, which the template has", () => {
    const { bare } = objects();
    const wanted = `0102${captured(3, "1.0.1.8.0.255", 2)}${captured(1, "0.0.96.1.0.255", 2)}`;
    expect(bare.write("0.0.66.0.0.255:3", wanted)).to.equal("success");
    expect(bare.read("0.0.66.0.0.255:4")).to.equal("1102");
    expect(bare.read("0.0.66.0.0.255:5")).to.equal("0903" + "02" + "06" + "09");
    expect(bare.read("0.0.66.0.0.255:2")).to.equal("090E" + "02" + "000005DC" + "083132333435363738");
  });

  it("captures when it is asked to where it does not by itself", () => {
    const { meter, bare } = objects();
    bare.write("0.0.66.0.0.255:3", `0101${captured(3, "1.0.1.8.0.255", 2)}`);
    expect(bare.write("0.0.66.0.0.255:6", "1600")).to.equal("success");
    expect(bare.read("0.0.66.0.0.255:2")).to.equal("0900");
    expect(bare.invoke("0.0.66.0.0.255:2", "0F00")).to.equal("success");
    meter.advance(sampleStart + 200 * minute);
    expect(bare.read("0.0.66.0.0.255:2")).to.equal("0905" + "02" + "000005DC");
    expect(bare.invoke("0.0.66.0.0.255:1", "0F00")).to.equal("success");
    expect(bare.read("0.0.66.0.0.255:2")).to.equal("0900");
  });
});

describe("The utility table of the virtual meter", () => {
  it("is table 0, whole and in parts", () => {
    const { bare } = objects();
    expect(bare.read("0.0.65.0.0.255:2")).to.equal("120000");
    expect(bare.read("0.0.65.0.0.255:3")).to.equal("0600000015");
    expect(bare.read("0.0.65.0.0.255:4")).to.equal(`0915000200${"44475730"}${"0000000002000100000000000100"}`);
  });
});
