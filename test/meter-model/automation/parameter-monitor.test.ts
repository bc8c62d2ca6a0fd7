import { expect } from "chai";
import fc from "fast-check";
import { packOctets, unpackOctets } from "../../../src/meter-model/automation/packed-octets.ts";
import { type AttributeReference, defaultMeterConfig, Meter, stateCodec } from "../../../src/meter-model/index.ts";
import { constantLoad, newMeter } from "../support.ts";

const name = Uint8Array.of(0, 0, 97, 98, 10, 255);
const filter: AttributeReference = { classId: 1, logicalName: name, attribute: 2 };
const octets = (length: number) => Uint8Array.from({ length }, (_, index) => 0xff - index);

describe("The parameter monitor", () => {
  const start = Date.parse("2026-05-01T00:00:00Z");

  it("notes what is written to attributes that it watches, and nothing else", () => {
    const { parameterMonitor } = newMeter(start).automation;
    expect(parameterMonitor.watch([filter])).to.equal(true);
    parameterMonitor.written({ ...filter, value: octets(5) }, start + 1000);
    parameterMonitor.written({ ...filter, attribute: 1, value: octets(5) }, start + 2000);
    parameterMonitor.written({ ...filter, classId: 3, value: octets(5) }, start + 2000);
    parameterMonitor.written({ ...filter, logicalName: Uint8Array.of(0, 0, 97, 98, 11, 255), value: octets(5) }, start + 2000);
    expect(parameterMonitor.last).to.deep.equal({ change: { ...filter, value: octets(5) }, at: start + 1000 });
    expect(parameterMonitor.rows.length).to.equal(1);
    expect(parameterMonitor.changeAt(0)).to.deep.equal({ ...filter, value: octets(5) });
    expect(parameterMonitor.rows.stampAt(0)).to.equal(start + 1000);
  });

  it("logs values up to sixty octets, and of longer ones that they were written", () => {
    const { parameterMonitor } = newMeter(start).automation;
    parameterMonitor.watch([filter]);
    for (const length of [60, 61, 0]) parameterMonitor.written({ ...filter, value: octets(length) }, start);
    expect([0, 1, 2].map((row) => parameterMonitor.changeAt(row).value?.length)).to.deep.equal([60, undefined, 0]);
    expect(parameterMonitor.changeAt(0).value).to.deep.equal(octets(60));
    parameterMonitor.written({ ...filter, value: octets(4096) }, start);
    expect(parameterMonitor.last?.change.value).to.deep.equal(octets(4096));
    parameterMonitor.written({ ...filter, value: octets(4097) }, start);
    expect(parameterMonitor.last?.change.value).to.equal(undefined);
  });

  it("watches 64 attributes, each once", () => {
    const { parameterMonitor } = newMeter(start).automation;
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...filter, attribute: index }));
    expect(parameterMonitor.watch(many(64))).to.equal(true);
    expect(parameterMonitor.watch(many(65))).to.equal(false);
    expect(parameterMonitor.watch([filter, filter])).to.equal(false);
    expect(parameterMonitor.watched.length).to.equal(64);
  });

  it("keeps the newest hundred entries, and forgets them on request", () => {
    const { parameterMonitor } = newMeter(start).automation;
    parameterMonitor.watch([filter]);
    for (let second = 0; second < 101; second++) parameterMonitor.written({ ...filter, value: octets(1) }, start + second * 1000);
    expect(parameterMonitor.rows.length).to.equal(100);
    expect(parameterMonitor.rows.stampAt(0)).to.equal(start + 1000);
    parameterMonitor.clear();
    expect(parameterMonitor.rows.length).to.equal(0);
  });

  it("is stored with its log, and given back", () => {
    const meter = newMeter(start);
    const { parameterMonitor } = meter.automation;
    parameterMonitor.watch([filter]);
    for (const length of [0, 7, 60, 61]) parameterMonitor.written({ ...filter, value: octets(length) }, start);
    const rows = new Map(stateCodec.rowsOf(meter.state));
    const encoded = (name: string) => {
      const buffer = rows.get(name);
      return Array.from({ length: buffer?.length ?? 0 }, (_, index) => stateCodec.encodeRow(buffer!.rowAt(index)));
    };
    const restored = stateCodec.restore(structuredClone(stateCodec.core(meter.state)), encoded, []);
    if ("damage" in restored) throw new TypeError(restored.damage);
    const again = new Meter(defaultMeterConfig, restored.state, constantLoad()).automation.parameterMonitor;
    expect(again.watched).to.deep.equal([filter]);
    expect(again.last).to.deep.equal(parameterMonitor.last);
    expect([0, 1, 2, 3].map((row) => again.changeAt(row))).to.deep.equal([0, 1, 2, 3].map((row) => parameterMonitor.changeAt(row)));
  });
});

describe("Octets in numbers", () => {
  it("come out as they went in", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (given) => {
        const packed = packOctets(given, 10) ?? [];
        expect(packed.length).to.equal(10);
        expect(packed.every(Number.isSafeInteger)).to.equal(true);
        expect(unpackOctets(packed, given.length)).to.deep.equal(given);
      }),
    );
  });

  it("do not go in where they are too many", () => {
    expect(packOctets(octets(7), 1)).to.equal(undefined);
  });
});
