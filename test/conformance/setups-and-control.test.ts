import { expect } from "chai";
import { hour, minute, second } from "../../src/meter-model/index.ts";
import { constantLoad, sampleStart } from "../support/sample-meter.ts";
import { array, Device, enumerated, name, octets, structure, time, unsigned8, unsigned16, unsigned32 } from "./device.ts";

const control = "0.0.96.3.10.255";
const limiter = "0.0.17.0.0.255";

describe("class 70 disconnect control", () => {
  it("has in each mode what the mode has: remote disconnection and what follows it", () => {
    for (const [mode, reconnected] of [
      [1, 2],
      [2, 1],
      [3, 2],
      [4, 1],
      [5, 2],
      [6, 2],
    ] as const) {
      const device = new Device(hour);
      expect(device.write(`${control}:4`, enumerated(mode))).to.equal("success");
      expect(device.invoke(`${control}:1`), `mode ${mode}`).to.equal("success");
      expect([device.number(`${control}:3`), device.read(`${control}:2`)]).to.deep.equal([0, "0300"]);
      expect(device.invoke(`${control}:2`), `mode ${mode}`).to.equal("success");
      expect(device.number(`${control}:3`), `mode ${mode}`).to.equal(reconnected);
    }
  });

  it("is always connected in mode 0, and refuses commands", () => {
    const device = new Device(hour);
    device.write(`${control}:4`, enumerated(0));
    expect(device.invoke(`${control}:1`)).to.equal("read-write-denied");
    expect(device.read(`${control}:2`)).to.equal("0301");
  });

  it("answers success where the state is what is wanted already", () => {
    const device = new Device(hour);
    device.invoke(`${control}:1`);
    expect(device.invoke(`${control}:1`)).to.equal("success");
    device.invoke(`${control}:2`);
    expect(device.invoke(`${control}:2`)).to.be.oneOf(["success", "read-write-denied"]);
    expect(device.number(`${control}:3`)).to.equal(1);
  });

  it("refuses modes that there are not", () => {
    const device = new Device();
    expect(device.write(`${control}:4`, enumerated(9))).to.equal("other-reason");
  });

  it("logs each transition by its code", () => {
    const device = new Device(hour);
    device.invoke(`${control}:1`);
    expect(device.number("0.0.96.11.2.255:2")).to.equal(62);
    device.invoke(`${control}:2`);
    expect(device.number("0.0.96.11.2.255:2")).to.equal(63);
  });
});

describe("class 71 limiter", () => {
  const heavy = () => new Device(0, constantLoad(11_000));

  it("acts once the value was above the threshold for its time, not where it equals it", () => {
    const device = heavy();
    expect(device.write(`${limiter}:4`, unsigned32(11_000))).to.equal("success");
    device.until(10 * minute);
    expect(device.read(`${control}:2`), "equal").to.equal("0301");
    device.write(`${limiter}:4`, unsigned32(10_999));
    device.until(11 * minute - 1);
    expect(device.read(`${control}:2`)).to.equal("0301");
    device.until(11 * minute);
    expect(device.read(`${control}:2`)).to.equal("0300");
    expect(device.number(`${control}:3`)).to.equal(2);
  });

  it("is disabled by a threshold of 0", () => {
    const device = heavy();
    device.write(`${limiter}:4`, unsigned32(0));
    device.until(hour);
    expect(device.read(`${control}:2`)).to.equal("0301");
  });

  it("has another threshold while an emergency profile of its group is active", () => {
    const device = heavy();
    device.write(`${limiter}:4`, unsigned32(50_000));
    device.write(`${limiter}:5`, unsigned32(1000));
    device.write(`${limiter}:9`, array(unsigned16(7)));
    const profile = (id: number) => structure(unsigned16(id), time(sampleStart + 2 * minute), unsigned32(120));
    expect(device.write(`${limiter}:8`, profile(8)), "not its group").to.equal("success");
    device.until(3 * minute);
    expect([device.read(`${limiter}:10`), device.number(`${limiter}:3`)]).to.deep.equal(["0300", 50_000]);
    device.write(`${limiter}:8`, profile(7));
    expect([device.read(`${limiter}:10`), device.number(`${limiter}:3`)]).to.deep.equal(["0301", 1000]);
    device.until(4 * minute);
    expect([device.read(`${limiter}:10`), device.number(`${limiter}:3`)]).to.deep.equal(["0300", 50_000]);
  });

  it("has thresholds of the type of what it watches", () => {
    const device = new Device();
    expect(device.write(`${limiter}:4`, unsigned16(5))).to.equal("type-unmatched");
    expect(device.value(`${limiter}:3`).type).to.equal(device.value("1.0.1.7.0.255:2").type);
  });
});

describe("class 21 register monitor", () => {
  const monitor = "0.0.16.0.0.255";
  const script = (table: string, selector: number) => structure(name(table), unsigned16(selector));
  const none = script("0.0.0.0.0.0", 0);

  it("acts on the crossing of a threshold, each way, and not on the level", () => {
    const device = new Device(minute, constantLoad(2300));
    expect(device.value(`${monitor}:3`)).to.deep.equal(structure(unsigned16(3), name("1.0.31.7.0.255"), { type: "integer", value: 2 }));
    expect(device.write(`${monitor}:2`, array(unsigned32(5000)))).to.equal("success");
    expect(device.write(`${monitor}:4`, array(structure(script("0.0.10.0.100.255", 6), script("0.0.10.0.100.255", 7))))).to.equal(
      "success",
    );
    device.until(2 * minute);
    expect(device.read("0.0.96.14.0.255:2"), "already above").to.equal("090101");
    device.invoke(`${control}:1`);
    device.until(3 * minute);
    expect(device.read("0.0.96.14.0.255:2"), "on the way down").to.equal("090107");
    device.invoke(`${control}:2`);
    device.until(4 * minute);
    expect(device.read("0.0.96.14.0.255:2"), "on the way up").to.equal("090106");
  });

  it("has thresholds of the type of what it watches", () => {
    const device = new Device();
    expect(device.write(`${monitor}:2`, array(unsigned8(1)))).to.be.oneOf(["type-unmatched", "other-reason"]);
    expect(none.type).to.equal("structure");
  });
});

describe("class 65 parameter monitor", () => {
  it("is about its list: what is added to it, and is gone from it", () => {
    const device = new Device();
    const element = structure(unsigned16(3), name("1.0.0.9.11.255"), { type: "integer", value: 2 });
    expect(device.invoke("0.0.16.2.0.255:1", element)).to.equal("success");
    expect(device.elements("0.0.16.2.0.255:4").length).to.equal(1);
    expect(device.invoke("0.0.16.2.0.255:2", element)).to.equal("success");
    expect(device.read("0.0.16.2.0.255:4")).to.equal("0100");
  });
});

describe("class 17 SAP assignment", () => {
  it("has the management logical device at SAP 1", () => {
    const device = new Device();
    expect(device.read("0.0.41.0.0.255:2")).to.match(/^01010202120001/);
  });
});

describe("class 23 IEC HDLC setup", () => {
  const setup = "0.0.22.0.0.255";
  it("takes what HDLC allows, and nothing else", () => {
    const device = new Device();
    for (const [attribute, value, result] of [
      [3, unsigned8(7), "success"],
      [3, unsigned8(0), "other-reason"],
      [3, unsigned8(8), "other-reason"],
      [5, unsigned16(2030), "success"],
      [5, unsigned16(31), "other-reason"],
      [5, unsigned16(2031), "other-reason"],
      [7, unsigned16(20), "success"],
      [7, unsigned16(19), "other-reason"],
      [7, unsigned16(6001), "other-reason"],
      [8, unsigned16(0), "success"],
      [2, enumerated(9), "success"],
      [2, enumerated(10), "other-reason"],
    ] as const) {
      expect(device.write(`${setup}:${attribute}`, value), `attribute ${attribute}: ${String(value.value)}`).to.equal(result);
    }
  });
});

describe("class 41 TCP-UDP setup", () => {
  it("has at least one connection, and segments of 40 octets or more", () => {
    const device = new Device();
    expect(device.write("0.0.25.0.0.255:4", unsigned16(39))).to.equal("other-reason");
    expect(device.write("0.0.25.0.0.255:4", unsigned16(40))).to.equal("success");
    expect(device.write("0.0.25.0.0.255:5", unsigned8(0))).to.equal("other-reason");
  });
});

describe("class 42 IPv4 setup", () => {
  const setup = "0.0.25.1.0.255";

  it("refuses addresses while DHCP gives them", () => {
    const device = new Device();
    device.write(`${setup}:8`, { type: "boolean", value: true });
    for (const attribute of [3, 6, 7]) {
      expect(device.write(`${setup}:${attribute}`, unsigned32(0x0a00_0001)), `attribute ${attribute}`).to.be.oneOf([
        "other-reason",
        "read-write-denied",
      ]);
    }
    device.write(`${setup}:8`, { type: "boolean", value: false });
    expect(device.write(`${setup}:3`, unsigned32(0x0a00_0001))).to.equal("success");
  });

  it("adds and deletes multicast addresses, and counts them", () => {
    const device = new Device();
    expect(device.invoke(`${setup}:1`, unsigned32(0xe000_0001))).to.equal("success");
    expect(device.elements(`${setup}:4`).length).to.equal(1);
    expect(device.invoke(`${setup}:2`, unsigned32(0xe000_0001))).to.equal("success");
    expect(device.elements(`${setup}:4`).length).to.equal(0);
  });
});

describe("class 62 compact data", () => {
  it("is emptied, and has another template, when its capture objects are written", () => {
    const device = new Device(hour);
    const data = "0.0.66.0.0.255";
    device.write(`${data}:6`, enumerated(0));
    device.invoke(`${data}:2`);
    const template = device.number(`${data}:4`);
    device.write(`${data}:3`, array(structure(unsigned16(3), name("1.0.1.8.0.255"), { type: "integer", value: 2 }, unsigned16(0))));
    expect(device.read(`${data}:2`)).to.equal("0900");
    expect(device.number(`${data}:4`)).to.not.equal(template);
  });
});

describe("class 18 image transfer", () => {
  const image = "0.0.44.0.0.255";
  it("goes through its states, and refuses what is out of turn", () => {
    const device = new Device();
    const initiate = structure(octets("01"), unsigned32(10));
    expect(device.invoke(`${image}:2`, structure(unsigned32(0), octets("00")))).to.equal("other-reason");
    expect(device.invoke(`${image}:4`)).to.equal("other-reason");
    expect(device.invoke(`${image}:1`, initiate)).to.equal("success");
    expect([device.number(`${image}:6`), device.number(`${image}:4`)]).to.deep.equal([1, 0]);
    expect(device.invoke(`${image}:3`), "blocks are missing").to.equal("other-reason");
    expect(device.number(`${image}:6`)).to.equal(1);
    for (let time = 0; time < 2; time++) {
      expect(device.invoke(`${image}:2`, structure(unsigned32(0), octets("00".repeat(10)))), "repeated").to.equal("success");
    }
    expect(device.number(`${image}:4`)).to.equal(1);
    device.write(`${image}:5`, { type: "boolean", value: false });
    expect(device.invoke(`${image}:3`), "disabled").to.equal("other-reason");
  });
});

describe("class 124 communication port protection", () => {
  it("locks for longer each time, up to its limit, and unlocks by reset", () => {
    const device = new Device();
    const port = "0.0.44.2.0.255";
    device.write(`${port}:2`, enumerated(1));
    device.write(`${port}:3`, unsigned16(1));
    device.write(`${port}:4`, unsigned32(10));
    device.write(`${port}:5`, unsigned8(4));
    device.write(`${port}:6`, unsigned32(30));
    const { optical } = device.meter.ports;
    for (const seconds of [10, 30]) {
      optical.failed();
      expect(device.number(`${port}:8`)).to.equal(1);
      expect(optical.remaining).to.equal(seconds * second);
      device.meter.advance(device.meter.now + seconds * second);
      expect(device.number(`${port}:8`)).to.equal(0);
    }
    expect([device.number(`${port}:9`), device.number(`${port}:10`)]).to.deep.equal([2, 2]);
    device.invoke(`${port}:1`);
    expect([device.number(`${port}:9`), device.number(`${port}:10`)]).to.deep.equal([0, 2]);
  });
});
