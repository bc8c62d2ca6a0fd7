import { expect } from "chai";
import { raisedAlarms } from "../../../src/cli/report/raised-alarms.ts";

const register = (logicalName: "0.0.97.98.0.255" | "0.0.97.98.1.255" | "0.0.97.98.2.255", value: number) => ({
  logicalName,
  obis: "",
  classId: 1,
  attribute: 2,
  name: "",
  value,
});

describe("alarms of a report", () => {
  it("are the bits that are set, with the events of a meter of this house", () => {
    const readings = [register("0.0.97.98.0.255", 3), register("0.0.97.98.1.255", 0)];
    expect(raisedAlarms(readings, "DGW0000012345678")).to.deep.equal([
      { register: 1, bit: 0, events: ["clock_invalid"] },
      { register: 1, bit: 1, events: ["battery_to_replace"] },
    ]);
  });

  it("have no names of another meter, and all thirty-two bits", () => {
    expect(raisedAlarms([register("0.0.97.98.2.255", 0x8000_0001)], "XYZ1")).to.deep.equal([
      { register: 3, bit: 0, events: [] },
      { register: 3, bit: 31, events: [] },
    ]);
    expect(raisedAlarms([], null)).to.deep.equal([]);
  });
});
