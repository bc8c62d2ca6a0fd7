import { expect } from "chai";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { toHex } from "../../../src/bytes/hex.ts";
import { FunctionControl } from "../../../src/cosem-objects/classes/function-control.ts";
import type { LogicalName } from "../../../src/cosem-objects/logical-name.ts";
import { ascii } from "../../../src/virtual-meter/mapping/data-object.ts";
import { meterObjects } from "../../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter } from "../../support/sample-meter.ts";
import { BareObjects } from "./bare-objects.ts";

const control = "0.0.44.1.0.255";
const limiter = "0.0.17.0.0.255";

function device() {
  const meter = sampleMeter(60_000);
  const bare = new BareObjects(meterObjects(meter, identity));
  const setStatus = (name: string, active: boolean) => {
    const writer = new ByteWriter(64);
    FunctionControl.methods.setFunctionStatus.parameter.write(writer, [{ name: ascii(name), active }]);
    return bare.invoke(`${control}:1`, toHex(writer.finish()));
  };
  const change = (method: 2 | 3, name: string, ...objects: readonly (readonly [number, LogicalName])[]) => {
    const writer = new ByteWriter(64);
    const specification = { name: ascii(name), objects: objects.map(([classId, logicalName]) => ({ classId, logicalName })) };
    FunctionControl.methods.addFunction.parameter.write(writer, specification);
    return bare.invoke(`${control}:${method}`, toHex(writer.finish()));
  };
  return { meter, bare, setStatus, change };
}

describe("Function control", () => {
  it("lets the objects of a function that is off be read alone", () => {
    const { meter, bare, setStatus } = device();
    const duration = "060000000A";
    expect(bare.write(`${limiter}:6`, duration)).to.equal("success");
    expect(setStatus("limiters", false)).to.equal("success");
    expect(bare.write(`${limiter}:6`, "060000000B")).to.equal("object-unavailable");
    expect(bare.read(`${limiter}:6`)).to.equal(duration);
    expect(bare.invoke("0.0.96.3.10.255:1", "0F00"), "another function").to.equal("success");
    setStatus("disconnection", false);
    expect(bare.invoke("0.0.96.3.10.255:2", "0F00")).to.equal("object-unavailable");
    expect(meter.relay.closed).to.equal(false);
    setStatus("disconnection", true);
    expect(bare.invoke("0.0.96.3.10.255:2", "0F00")).to.equal("success");
    expect(setStatus("heating", false), "no such function").to.equal("other-reason");
  });

  it("has functions of clients as well, but none over itself", () => {
    const { bare, setStatus, change } = device();
    expect(change(2, "clock", [8, "0.0.1.0.0.255"])).to.equal("success");
    expect(bare.invoke("0.0.1.0.0.255:6", "100001"), "off at first").to.equal("object-unavailable");
    expect(change(2, "clock"), "twice").to.equal("other-reason");
    expect(setStatus("clock", true)).to.equal("success");
    expect(bare.invoke("0.0.1.0.0.255:6", "100001")).to.equal("success");
    expect(change(2, "control", [122, control])).to.equal("other-reason");
    expect(change(3, "clock")).to.equal("success");
    expect(change(3, "clock")).to.equal("other-reason");
  });
});
