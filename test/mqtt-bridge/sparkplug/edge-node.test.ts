import { expect } from "chai";
import { deathMessage, type EdgeMessage, EdgeNode } from "../../../src/mqtt-bridge/sparkplug/edge-node.ts";
import { decodePayload, type SparkplugMetric } from "../../../src/mqtt-bridge/sparkplug/payload.ts";
import { SparkplugTopics } from "../../../src/mqtt-bridge/sparkplug/topics.ts";
import { device, energy, power, readTime, snapshot } from "../support.ts";

function setUp(backlogLimit = 10) {
  const topics = new SparkplugTopics("meters", "gw01");
  return new EdgeNode({ topics, wallClock: () => readTime, backlogLimit });
}

const types = (messages: readonly EdgeMessage[]) => messages.map(({ type }) => type);
const sequences = (messages: readonly EdgeMessage[]) => messages.map(({ payload }) => decodePayload(payload).seq);

function metrics(messages: readonly EdgeMessage[], type: string): readonly SparkplugMetric[] {
  return messages.filter((message) => message.type === type).flatMap(({ payload }) => decodePayload(payload).metrics);
}

describe("EdgeNode", () => {
  it("tck-id-payloads-nbirth-seq, -bdseq, -rebirth-req: begins with 0, the number of the will and Rebirth = false without alias", () => {
    const [birth] = setUp().birth(7);
    expect(birth?.topic).to.equal("spBv1.0/meters/NBIRTH/gw01");
    expect(decodePayload(birth?.payload ?? new Uint8Array())).to.deep.equal({
      ...{ timestamp: readTime, seq: 0 },
      metrics: [
        { name: "bdSeq", alias: 1, timestamp: readTime, datatype: 4, value: 7n },
        { name: "Node Control/Rebirth", timestamp: readTime, datatype: 11, value: false },
      ],
    });
  });

  it("tck-id-topics-ndeath-payload, tck-id-payloads-ndeath-seq: dies with bdSeq alone and no sequence number", () => {
    const { topic, payload } = deathMessage(new SparkplugTopics("meters", "gw01"), 255);
    expect(topic).to.equal("spBv1.0/meters/NDEATH/gw01");
    expect(decodePayload(payload)).to.deep.equal({ metrics: [{ name: "bdSeq", datatype: 4, value: 255n }] });
  });

  it("says nothing before the birth", () => {
    const node = setUp();
    expect([...node.announce(device()), ...node.publishSnapshot(snapshot([energy]))]).to.deep.equal([]);
  });

  it("tck-id-payloads-alias-birth-requirement, tck-id-payloads-name-birth-data-requirement: a birth has names, aliases, times and types", () => {
    const node = setUp();
    node.announce(device({ serialNumber: "S1" }), [energy, power]);
    node.publishSnapshot(snapshot([energy]));
    const births = node.birth(0);
    expect(births[1]?.topic).to.equal("spBv1.0/meters/DBIRTH/gw01/S1");
    const born = metrics(births, "DBIRTH");
    expect(born.find(({ name }) => name === "active_energy_import_total")).to.include({ value: 4408.736, datatype: 10, unit: "kWh" });
    expect(born.find(({ name }) => name === "active_power_import")).to.include({ value: null, datatype: 10 });
    for (const { name, alias, timestamp, datatype } of born) {
      expect([typeof name, typeof alias, typeof timestamp, typeof datatype]).to.deep.equal(["string", "number", "number", "number"]);
    }
  });

  it("tck-id-payloads-alias-data-cmd-requirement, tck-id-payloads-metric-datatype-not-req: data are by exception, by alias alone", () => {
    const node = setUp();
    node.publishSnapshot(snapshot([energy, power]));
    const births = node.birth(0);
    const alias = metrics(births, "DBIRTH").find(({ name }) => name === "active_power_import")?.alias;
    const data = node.publishSnapshot(snapshot([energy, { ...power, value: 1 }], { readTime: readTime + 5 }));
    expect(types(data)).to.deep.equal(["DDATA"]);
    expect(metrics(data, "DDATA")).to.deep.equal([{ alias, timestamp: readTime + 5, value: 1 }]);
    expect(node.publishSnapshot(snapshot([energy, { ...power, value: 1 }], { readTime: readTime + 9 }))).to.deep.equal([]);
  });

  it("tck-id-payloads-alias-uniqueness: no two meters share an alias, and a rebirth changes none", () => {
    const node = setUp();
    for (const meterId of ["a", "b"]) node.publishSnapshot(snapshot([energy, power], { meterId }));
    const aliases = (births: EdgeMessage[]) => metrics(births, "DBIRTH").map(({ alias }) => alias);
    const first = aliases(node.birth(0));
    expect(new Set([1, ...first]).size).to.equal(first.length + 1);
    expect(aliases(node.rebirth())).to.deep.equal(first);
  });

  it("tck-id-payloads-sequence-num-incrementing: the number runs over all messages, and 0 follows 255", () => {
    const node = setUp();
    const messages = node.birth(0);
    for (let value = 0; value < 300; value += 1) messages.push(...node.publishSnapshot(snapshot([{ ...power, value }])));
    expect(sequences(messages)).to.deep.equal(messages.map((_, index) => index % 256));
    expect(messages.length).to.be.greaterThan(256);
  });

  it("tck-id-operational-behavior-data-commands-rebirth-action-2, -3: a rebirth is NBIRTH and every DBIRTH, with the same bdSeq", () => {
    const node = setUp();
    for (const meterId of ["a", "b"]) node.publishSnapshot(snapshot([energy], { meterId }));
    node.birth(9);
    const rebirth = node.rebirth();
    expect(types(rebirth)).to.deep.equal(["NBIRTH", "DBIRTH", "DBIRTH"]);
    expect(sequences(rebirth)).to.deep.equal([0, 1, 2]);
    expect(metrics(rebirth, "NBIRTH")[0]?.value).to.equal(9n);
  });

  it("tck-id-payloads-ddeath-seq: a lost meter dies once, and is born again when it is back", () => {
    const node = setUp();
    node.publishSnapshot(snapshot([energy]));
    node.birth(0);
    const death = node.setAvailability("demo", "offline");
    expect(death.map(({ topic }) => topic)).to.deep.equal(["spBv1.0/meters/DDEATH/gw01/demo"]);
    expect(sequences(death)).to.deep.equal([2]);
    expect(node.setAvailability("demo", "offline")).to.deep.equal([]);
    expect(types(node.rebirth())).to.deep.equal(["NBIRTH"]);
    expect(types(node.publishSnapshot(snapshot([energy])))).to.deep.equal(["DBIRTH"]);
  });

  it("gives a metric that was not in the birth a new birth", () => {
    const node = setUp();
    node.publishSnapshot(snapshot([energy]));
    node.birth(0);
    const messages = node.publishSnapshot(snapshot([energy, power]));
    expect(types(messages)).to.deep.equal(["DBIRTH"]);
  });

  it("sends what was overtaken while nobody listened as history, behind all births, and drops the oldest", () => {
    const node = setUp(2);
    for (const value of [1, 2, 3, 4]) node.publishSnapshot(snapshot([{ ...power, value }], { readTime: readTime + value }));
    const messages = node.birth(0);
    expect(types(messages)).to.deep.equal(["NBIRTH", "DBIRTH", "DDATA"]);
    const history = metrics(messages, "DDATA");
    expect(history.map(({ value, timestamp, historical }) => [value, timestamp, historical])).to.deep.equal([
      [2, readTime + 2, true],
      [3, readTime + 3, true],
    ]);
    expect(node.dropped).to.equal(1);
  });

  it("sends rows of a profile as history with the time of the row", () => {
    const node = setUp();
    node.publishSnapshot(snapshot([energy]));
    node.birth(0);
    const chunk = { meterId: "demo", logicalName: "1.0.99.1.0.255", columns: ["Clock", "A+ [Wh]"], from: "", to: "", final: true };
    const messages = node.publishProfile({
      ...chunk,
      rows: [
        ["2026-11-22T20:00:00+01:00", 5],
        ["no time", 6],
      ],
    });
    expect(types(messages)).to.deep.equal(["DBIRTH", "DDATA"]);
    const alias = metrics(messages, "DBIRTH").find(({ name }) => name === "Profile/1.0.99.1.0.255/A+ [Wh]")?.alias;
    const timestamp = Date.UTC(2026, 10, 22, 19);
    expect(metrics(messages, "DDATA")).to.deep.equal([{ alias, timestamp, historical: true, value: 5 }]);
  });

  it("tck-id-topic-structure-namespace-unique-device-id: device ids differ in more than case, and hold no wildcards", () => {
    const topics = new SparkplugTopics("g/1", "e+");
    const ids = ["House#1", "house#1", "HOUSE/1"].map((meterId) => topics.deviceId(meterId));
    expect(new Set(ids.map((id) => id.toLowerCase())).size).to.equal(3);
    for (const id of [...ids, topics.topic("NCMD").split("/").slice(1).join("")]) expect(id).to.not.match(/[+#/]/);
    expect(ids.map((id) => topics.meterOf(id))).to.deep.equal(["House#1", "house#1", "HOUSE/1"]);
    expect(topics.topic("NCMD")).to.equal("spBv1.0/g_1/NCMD/e_");
  });
});
