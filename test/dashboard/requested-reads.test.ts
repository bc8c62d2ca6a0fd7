import { expect } from "chai";
import { type AskGateway, RequestedReads } from "../../src/cli/dashboard/requested-reads.ts";
import { type RequestBody, refused } from "../../src/mqtt-bridge/index.ts";

const clock = { logicalName: "0.0.1.0.0.255", classId: 8, attribute: 2, name: "Clock" };
const energy = { logicalName: "1.0.1.8.0.255", classId: 3, attribute: 2, name: "Energy", unit: "Wh" };
const quarter = 900_000;
const begin = Date.UTC(2026, 0, 1);
const iso = (at: number) => new Date(at).toISOString();

/** A gateway that gives rows of a quarter of an hour for any range, ten at a time. */
function gateway(asked: RequestBody[] = []): AskGateway {
  return async (verb, body) => {
    asked.push({ verb, ...body });
    const [from, to] = [body["from"], body["to"]].map((limit) => Date.parse(String(limit)));
    const rows: [string, number][] = [];
    for (let at = Math.ceil((from ?? 0) / quarter) * quarter; at <= (to ?? 0); at += quarter) rows.push([iso(at), (at - begin) / quarter]);
    if (rows.length > 10) throw refused("too-long", "too many rows");
    return { capturePeriod: 900, columns: [clock, energy], rows, clock_column: 0 };
  };
}

const reads = (ask: AskGateway) => new RequestedReads(ask, () => 7);

describe("RequestedReads", () => {
  it("asks for a range in parts that an answer takes, and puts them together without gaps and doubles", async () => {
    const asked: RequestBody[] = [];
    const range = { kind: "range", from: begin, to: begin + 99 * quarter } as const;
    const { times, cells, columns, stamps } = await reads(gateway(asked)).rows("house", "1.0.99.1.0.255", range);
    expect(times).to.deep.equal(Array.from({ length: 100 }, (_, row) => begin + row * quarter));
    expect(cells).to.deep.equal([Array.from({ length: 100 }, (_, row) => row)]);
    expect(columns).to.deep.equal([{ logicalName: "1.0.1.8.0.255", attribute: 2, name: "Energy", unit: "Wh" }]);
    expect(stamps[0]).to.equal("2026-01-01T00:00:00.000Z");
    expect(asked.length).to.be.lessThan(40);
  });

  it("gives up on a gateway that never has few enough", async () => {
    let asked = 0;
    const never: AskGateway = () => {
      asked += 1;
      return Promise.reject(refused("too-long", "too many rows"));
    };
    const error = await reads(never)
      .rows("house", "1.0.99.1.0.255", { kind: "range", from: 0, to: begin })
      .catch((reason: { readonly details: unknown }) => reason.details);
    expect(error).to.deep.include({ answer: "too-long" });
    expect(asked).to.be.lessThan(20);
  });

  it("passes on what the gateway refuses for another reason", async () => {
    const refusing: AskGateway = () => Promise.reject(refused("unknown-meter", "no such meter"));
    const range = { kind: "range", from: 0, to: begin } as const;
    const code = await reads(refusing)
      .rows("house", "1.0.99.1.0.255", range)
      .catch((error: { readonly details: unknown }) => error.details);
    expect(code).to.deep.include({ answer: "unknown-meter" });
    expect(await reads(refusing).events("house", 5)).to.deep.equal([]);
    expect(await reads(refusing).tokens("house")).to.deep.equal([]);
    expect(await reads(refusing).profiles("house")).to.deep.equal([]);
  });

  it("reads an attribute, and says so when the meter refuses", async () => {
    const asked: unknown[] = [];
    const answering =
      (reading: object): AskGateway =>
      async (...all) => {
        asked.push(all);
        return [reading];
      };
    const name = { classId: 3, logicalName: "1.0.32.7.0.255", attribute: 2 };
    const read = (reading: object) => reads(answering(reading)).attribute("house", name);
    expect(await read({ value: 230.1, unit: "V" })).to.deep.equal({ text: "230.1 V", value: 230.1, unit: "V", readTime: 7 });
    expect(await read({ value: ["a", 1] })).to.deep.include({ text: '["a",1]', value: ["a", 1], unit: null });
    expect(asked[0]).to.deep.equal(["meter/read", { meter: "house", objects: ["1.0.32.7.0.255:2"] }]);
    const refusal = await read({ error: "read-write-denied" }).catch((error: { readonly details: unknown }) => error.details);
    expect(refusal).to.deep.include({ answer: "read-write-denied" });
  });

  it("makes events of the rows of all logs, with the names that their codes have at this device", async () => {
    const code = { logicalName: "0.0.96.11.0.255", classId: 1, attribute: 2, name: "Event code" };
    const ask: AskGateway = async (verb, body) => {
      if (verb === "meter/read") return [{ value: "DGW0000012345678" }];
      if (body["profile"] !== "0.0.99.98.0.255") throw refused("object-undefined", "no such log");
      return {
        columns: [clock, code, energy],
        rows: [
          ["2026-01-01T00:00:00Z", 2, 5],
          ["2026-01-02T00:00:00Z", 250, 6],
        ],
        clock_column: 0,
      };
    };
    const events = await reads(ask).events("house", 5);
    expect(events.map(({ log, code: number, time }) => [log, number, time])).to.deep.equal([
      ["standard", 250, Date.UTC(2026, 0, 2)],
      ["standard", 2, Date.UTC(2026, 0, 1)],
    ]);
    expect(events[0]).to.deep.include({ name: "event 250", details: { Energy: 6 } });
    expect(events[1]?.name).to.match(/^[a-z_]+$/);
    expect(await reads(ask).events("house", 1)).to.have.length(1);
  });

  it("shows no token in full", async () => {
    const token = { logicalName: "0.0.19.40.0.255", classId: 115, attribute: 2, name: "Token" };
    const ask: AskGateway = async () => ({
      columns: [clock, token],
      rows: [["2026-01-01T00:00:00Z", "25047078050992028923"]],
      clock_column: 0,
    });
    expect(await reads(ask).tokens("house")).to.deep.equal([
      { stamp: "2026-01-01T00:00:00Z", digits: "2504 ... 8923", amount: null, credit: null, way: null, details: {} },
    ]);
  });

  it("takes nothing else for rows", async () => {
    for (const answer of [undefined, null, [], {}, { columns: [] }, { columns: [], rows: [1] }]) {
      const error = await reads(async () => answer)
        .rows("house", "1.0.99.1.0.255", { kind: "last", count: 1 })
        .catch((reason: { readonly code: string }) => reason.code);
      expect(error, JSON.stringify(answer)).to.equal("remote-protocol-error");
    }
    const odd = { columns: [null, 7], rows: [[{}, []], []], clock_column: "x" };
    const { stamps, times, cells } = await reads(async () => odd).rows("house", "1.0.99.1.0.255", { kind: "last", count: 1 });
    expect({ stamps, times }).to.deep.equal({ stamps: ["", ""], times: [null, null] });
    expect(cells).to.deep.equal([
      [null, null],
      ["[]", null],
    ]);
  });
});
