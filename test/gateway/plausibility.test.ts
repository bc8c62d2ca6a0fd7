import { expect } from "chai";
import { Plausibility } from "../../src/gateway/plausibility.ts";
import type { Reading } from "../../src/mqtt-bridge/index.ts";
import { GatewayWorld } from "./support.ts";

const names = { volts: "1.0.32.7.0.255", amperes: "1.0.31.7.0.255", factor: "1.0.13.7.0.255", watts: "1.0.1.7.0.255", wh: "1.0.1.8.0.255" };

type Values = Partial<Readonly<Record<keyof typeof names, number>>>;

function readings(values: Values): readonly Reading[] {
  return Object.entries(values).map(([name, value]) => {
    const logicalName = names[name as keyof typeof names];
    return { meterId: "house", logicalName, attribute: 2, name, value };
  });
}

const second = 1000;
const minute = 60 * second;

describe("What a meter says", () => {
  const proposals: readonly (readonly [string, Values, Readonly<Record<string, number>>])[] = [
    ["fits", { volts: 231.4, amperes: 10, factor: 0.95, watts: 2200 }, {}],
    ["fits in a network of 120 V", { volts: 119, amperes: 10, factor: 1, watts: 1190 }, {}],
    ["fits while next to nothing is drawn", { volts: 230, amperes: 0.05, factor: 1, watts: 100 }, {}],
    ["fits where no power factor is told", { volts: 230, amperes: 10, watts: 23 }, {}],
    ["has ten times the voltage", { volts: 2314 }, { [names.volts]: 0.1 }],
    ["has a tenth of the voltage", { volts: 23.1 }, { [names.volts]: 10 }],
    ["is dark", { volts: 0, amperes: 0, factor: 1, watts: 0 }, {}],
    ["has kilowatts for watts", { volts: 231.4, amperes: 10, factor: 0.95, watts: 2.2 }, { [names.watts]: 1000 }],
    ["has a hundred times the power", { volts: 231.4, amperes: 10, factor: 0.95, watts: 220_000 }, { [names.watts]: 0.01 }],
    ["fits no power of ten", { volts: 231.4, amperes: 10, factor: 0.95, watts: 900 }, {}],
  ];
  for (const [what, values, expected] of proposals) {
    it(`${what}: ${JSON.stringify(values)}`, () => {
      const hints = new Plausibility().hints(readings(values), 0, false);
      expect(Object.fromEntries(hints.map(({ logicalName, factor }) => [logicalName, factor]))).to.deep.equal(expected);
    });
  }

  it("is not held against networks behind a voltage transformer", () => {
    expect(new Plausibility().hints(readings({ volts: 11_547 }), 0, true)).to.deep.equal([]);
  });

  it("is told once", () => {
    const plausibility = new Plausibility();
    expect(plausibility.hints(readings({ volts: 2314 }), 0, false)).to.have.lengthOf(1);
    expect(plausibility.hints(readings({ volts: 2310 }), minute, false)).to.deep.equal([]);
  });

  /** Polls every minute at constant power, the register growing by `scale` of what it should. */
  function hours(count: number, watts: number, scale: number) {
    const plausibility = new Plausibility();
    const found = [];
    for (let passed = 0; passed <= count * 60; passed++) {
      const wh = Math.floor(((watts * passed) / 60) * scale);
      found.push(...plausibility.hints(readings({ watts, wh }), passed * minute, false));
    }
    return found;
  }

  it("has a register that grows as the power does", () => {
    expect(hours(30, 1500, 1)).to.deep.equal([]);
    expect(hours(30, 1500, 0.8)).to.deep.equal([]);
    expect(hours(30, 0, 1)).to.deep.equal([]);
  });

  it("has a register in kilowatt-hours that calls itself one in watt-hours", () => {
    const [hint, ...others] = hours(30, 1500, 0.001);
    expect(others).to.deep.equal([]);
    expect(hint).to.deep.equal({
      logicalName: names.wh,
      factor: 1000,
      because: hint?.because,
    });
    expect(hint?.because).to.match(/^the power came to 100\d\d Wh while the register grew by 10 Wh$/);
  });

  it("is stale where it repeats itself, doubtful where its clock is far off, and good otherwise", () => {
    const plausibility = new Plausibility();
    expect(plausibility.quality(0, 0)).to.equal("good");
    expect(plausibility.quality(0, 20 * second)).to.equal("good");
    expect(plausibility.quality(0, 31 * second)).to.equal("stale");
    expect(plausibility.quality(40 * second, 41 * second)).to.equal("good");
    expect(plausibility.quality(41 * second, 400 * second)).to.equal("doubtful");
    expect(plausibility.quality(undefined, 0)).to.equal("good");
  });
});

describe("A meter whose scaler is wrong", () => {
  it("is told of by the gateway, and put right by its configuration", async () => {
    for (const [multiply, hints] of [
      [new Map<string, number>([["1.0.32.7.0.255", 100]]), [{ logicalName: "1.0.32.7.0.255", factor: 0.01 }]],
      [new Map<string, number>(), []],
    ] as const) {
      const world = new GatewayWorld({ hours: 1 });
      world.meter("house", { multiply });
      await world.start();
      await world.pass(2);
      expect(world.hints.map(({ logicalName, factor }) => ({ logicalName, factor }))).to.deep.equal(hints);
      expect(world.failures).to.deep.equal([]);
    }
  });
});
