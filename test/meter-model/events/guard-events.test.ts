import { expect } from "chai";
import { type EventDefinition, meterEvents } from "../../../src/meter-model/event-catalogue.ts";
import { guardEvents } from "../../../src/meter-model/events/guard-events.ts";
import { relayEvents } from "../../../src/meter-model/events/relay-events.ts";

const guarded: Readonly<Record<string, EventDefinition>> = guardEvents;

/** Log and code, which tell a reader what happened. */
const place = ({ log, code }: EventDefinition) => `${log} ${code}`;

describe("the events of the guards", () => {
  it("have codes of their own in their logs", () => {
    const others: Readonly<Record<string, EventDefinition>> = { ...meterEvents, ...relayEvents };
    const places = Object.values(guarded).map(place);
    const elsewhere = new Set(Object.entries(others).flatMap(([name, event]) => (name in guarded ? [] : [place(event)])));
    expect(new Set(places).size).to.equal(places.length);
    expect(places.filter((taken) => elsewhere.has(taken))).to.deep.equal([]);
  });

  it("have codes that fit, and none of those that every log has for its own end", () => {
    const wrong = Object.entries(guarded).filter(([, { code }]) => !Number.isInteger(code) || code < 1 || code >= 254);
    expect(wrong).to.deep.equal([]);
  });

  it("raise each bit of the meter's own alarm register for one event", () => {
    const bits = Object.values(guarded).flatMap(({ alarms = [] }) => alarms.filter(({ register }) => register === 3).map(({ bit }) => bit));
    expect(bits.sort((a, b) => a - b)).to.deep.equal([7, 8, 9, 10, 11, 12, 13, 16]);
  });

  it("call every manipulation of the meter itself a fraud attempt, but not a current that flows back", () => {
    const attempts = Object.entries(guarded)
      .filter(([, { alarms = [] }]) => alarms.some(({ register, bit }) => register === 1 && bit === 13))
      .map(([name]) => name);
    expect(attempts).to.include.members(["meterCoverOpened", "terminalCoverOpened", "magneticFieldDetected", "authenticationFailed"]);
    expect(attempts).to.not.include("currentReversed");
  });
});
