import { expect } from "chai";
import {
  availabilityPayload,
  devicesPayload,
  eventMessage,
  infoPayload,
  outboxPayload,
  profilePayload,
  pushMessage,
  statePayload,
} from "../../src/mqtt-bridge/payload.ts";
import { device, energy, readTime, snapshot } from "./support.ts";

describe("payloads", () => {
  it("put the values first in a state, and then where they come from", () => {
    const values = new Map<string, number | string>([
      ["active_power_import", 2893],
      ["meter_time", "2026-11-22T20:57:30+01:00"],
    ]);
    expect(statePayload(values, snapshot([]), 18_231)).to.equal(
      '{"active_power_import":2893,"meter_time":"2026-11-22T20:57:30+01:00","read_time":"2026-11-22T19:57:31.204Z","quality":"good","source":"poll","seq":18231}',
    );
  });

  it("say since when a meter is unavailable, and why", () => {
    expect(availabilityPayload("offline", "timeout", readTime)).to.equal(
      '{"state":"offline","reason":"timeout","since":"2026-11-22T19:57:31.204Z"}',
    );
    expect(availabilityPayload("online", undefined, readTime)).to.equal('{"state":"online","since":"2026-11-22T19:57:31.204Z"}');
  });

  it("describe the bridge and its devices without what is not known", () => {
    expect(infoPayload({ version: "1.0.0", configSummary: { meters: 3 }, configSchemaHash: "ab12" })).to.equal(
      '{"version":"1.0.0","config":{"meters":3},"config_schema":"ab12","restart_required":false}',
    );
    expect(devicesPayload([device({ firmware: "2.1", transport: "tcp" })])).to.equal(
      '[{"id":"demo","name":"House meter","manufacturer":"Acme","model":"P1","firmware":"2.1","transport":"tcp"}]',
    );
  });

  it("show no token number in events", () => {
    const message = eventMessage({
      meterId: "demo",
      type: "token-result",
      time: readTime,
      data: { result: "accepted", token: "67259421596626581768", tid: 6_586_595 },
    });
    const payload = outboxPayload({ ...message, number: 7 });
    expect(payload).to.equal(
      '{"type":"token-result","time":"2026-11-22T19:57:31.204Z","data":{"result":"accepted","token":"<token>","tid":6586595},"seq":7}',
    );
  });

  it("carry no key that could reach a prototype", () => {
    const data = JSON.parse('{"__proto__":"x","ok":1}') as Record<string, string>;
    expect(outboxPayload({ ...eventMessage({ meterId: "demo", type: "event", time: readTime, data }), number: 1 })).to.not.contain(
      "__proto__",
    );
  });

  it("keep the places of unknown cells in profile rows", () => {
    const payload = profilePayload(
      {
        meterId: "demo",
        logicalName: "1.0.99.1.0.255",
        columns: ["time", "energy"],
        rows: [
          ["2026-11-22T20:00:00+01:00", 2n ** 60n],
          ["2026-11-22T20:15:00+01:00", undefined],
        ],
        from: "2026-11-22T20:00:00+01:00",
        to: "2026-11-22T21:00:00+01:00",
        final: true,
      },
      7,
    );
    expect(JSON.parse(payload)).to.deep.equal({
      columns: ["time", "energy"],
      from: "2026-11-22T20:00:00+01:00",
      to: "2026-11-22T21:00:00+01:00",
      rows: [
        ["2026-11-22T20:00:00+01:00", "1152921504606846976"],
        ["2026-11-22T20:15:00+01:00", null],
      ],
      seq: 7,
      final: true,
    });
  });

  it("give a push as it was received, raw bytes only when there are any", () => {
    const push = { meterId: "demo", receivedTime: readTime, readings: [energy] };
    expect(JSON.parse(outboxPayload({ ...pushMessage(push), number: 3 }))).to.deep.equal({
      received_time: "2026-11-22T19:57:31.204Z",
      readings: [{ logicalName: "1.0.1.8.0.255", attribute: 2, name: "Active energy import (+A)", value: 4_408_736, unit: "Wh" }],
      seq: 3,
    });
    expect(JSON.parse(outboxPayload({ ...pushMessage({ ...push, rawHex: "0F00" }), number: 3 }))).to.have.property("raw", "0F00");
  });
});
