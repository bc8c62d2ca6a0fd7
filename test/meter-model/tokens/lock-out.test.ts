import { expect } from "chai";
import fc from "fast-check";
import { hour, type Meter, minute, second, type TokenDelivery } from "../../../src/meter-model/index.ts";
import { logged, prepaid, start } from "../credit/support.ts";
import { kilowatt, plain, scriptedLoad } from "../support.ts";
import { customerOf, stored, stranger, stsConfig, Vendor } from "./support.ts";

const vendor = new Vendor();
const publicTest = "00000000000150997584";
const credit = (): string => vendor.credit(1, start);

function enter(meter: Meter, digits: string, delivery: TokenDelivery = "manual"): string {
  return meter.tokens.enter(digits, delivery).result;
}

function fail(meter: Meter, times: number, delivery: TokenDelivery = "manual"): void {
  for (let time = 0; time < times; time++) expect(enter(meter, stranger.credit(1, start), delivery)).to.equal("crc-error");
}

function keypadEvents(meter: Meter): string[] {
  return logged(meter).filter((entry) => entry.includes("keypad"));
}

describe("the lock of the keypad", () => {
  it("comes with the fifth token that is not the meter's, and holds for an hour", () => {
    const meter = customerOf(vendor);
    fail(meter, 4);
    expect(meter.ports.keypad.status).to.equal("unlocked");
    fail(meter, 1);
    expect(meter.ports.keypad.status).to.equal("temporarily-locked");
    const seen = meter.tokens.transfers.length;
    for (const digits of [credit(), stranger.credit(1, start), "12", ""]) expect(enter(meter, digits)).to.equal("locked-out");
    expect(meter.tokens.transfers.length, "refused unseen").to.equal(seen);
    const token = credit();
    meter.advance(start + second + hour - 1);
    expect(enter(meter, token)).to.equal("locked-out");
    meter.advance(start + second + hour);
    expect(enter(meter, token)).to.equal("accepted");
    expect(keypadEvents(meter)).to.deep.equal(["1 keypadLocked", "3601 keypadUnlocked"]);
  });

  it("leaves the network and the local port open, and does not count what fails there", () => {
    const meter = customerOf(vendor);
    fail(meter, 4, "remote");
    fail(meter, 4, "local");
    expect(meter.ports.keypad.failures).to.equal(0);
    fail(meter, 5);
    expect(enter(meter, stranger.credit(1, start), "remote")).to.equal("crc-error");
    expect(enter(meter, credit())).to.equal("locked-out");
  });

  it("ends with a token of the meter's own that comes another way", () => {
    for (const delivery of ["remote", "local"] as const) {
      const meter = customerOf(vendor);
      fail(meter, 5);
      expect(enter(meter, credit(), delivery)).to.equal("accepted");
      expect(enter(meter, credit())).to.equal("accepted");
      expect(keypadEvents(meter)).to.deep.equal(["1 keypadLocked", "1 keypadUnlocked"]);
    }
  });

  it("is neither ended nor kept away by tokens that work at every meter, which it lets pass", () => {
    const meter = customerOf(vendor);
    for (let time = 0; time < 4; time++) {
      fail(meter, 1);
      expect(enter(meter, publicTest)).to.equal("accepted");
    }
    fail(meter, 1);
    expect(enter(meter, publicTest)).to.equal("accepted");
    expect(enter(meter, publicTest, "remote")).to.equal("accepted");
    expect(enter(meter, "00000000000154094476"), "of another manufacturer").to.equal("mfr-code-error");
    expect(enter(meter, credit())).to.equal("locked-out");
    expect(keypadEvents(meter)).to.deep.equal(["1 keypadLocked"]);
  });

  it("is no matter of tokens that are old, used, malformed or not understood", () => {
    const meter = customerOf(vendor);
    const token = credit();
    enter(meter, token);
    const water = vendor.encode({
      service: "transfer-credit-water",
      random: 5,
      tokenIdentifier: vendor.identifier(start),
      amount: 1,
    });
    for (let time = 0; time < 6; time++) {
      expect([token, "123", water, "68904888207499131254"].map((digits) => enter(meter, digits))).to.deep.equal([
        "used-error",
        "format-error",
        "function-error",
        "function-error",
      ]);
    }
    expect([meter.ports.keypad.status, meter.ports.keypad.failures]).to.deep.equal(["unlocked", 0]);
  });

  it("forgets failures after a good token, also one of a set, and after ten minutes without any", () => {
    const meter = customerOf(vendor);
    const [section = ""] = vendor.keyChange(new Vendor("11", { ...vendor.keyIdentity, keyRevisionNumber: 2 }));
    fail(meter, 4);
    expect(enter(meter, credit())).to.equal("accepted");
    fail(meter, 4);
    expect(enter(meter, section)).to.equal("first-kct");
    fail(meter, 4);
    meter.advance(meter.now + 10 * minute + 1);
    fail(meter, 4);
    expect(meter.ports.keypad.status).to.equal("unlocked");
    meter.advance(meter.now + 10 * minute);
    fail(meter, 1);
    expect(meter.ports.keypad.status).to.equal("temporarily-locked");
  });

  it("is as strict as it was set, and grows where that is wanted", () => {
    const meter = customerOf(vendor);
    meter.ports.keypad.configure({ allowedFailures: 2, initialLockout: 60, steepness: 2, longestLockout: 200 });
    for (const seconds of [60, 120, 200, 200]) {
      fail(meter, 2);
      expect(meter.ports.keypad.remaining).to.equal(seconds * second);
      meter.advance(meter.now + seconds * second);
      expect(meter.ports.keypad.status).to.equal("unlocked");
    }
    expect(enter(meter, credit())).to.equal("accepted");
    fail(meter, 2);
    expect(meter.ports.keypad.remaining).to.equal(60 * second);
    meter.ports.keypad.configure({ mode: "locked" });
    keypadEvents(meter);
    expect(enter(meter, credit(), "remote")).to.equal("accepted");
    expect(keypadEvents(meter), "locked for good").to.deep.equal([]);
    expect(enter(meter, credit())).to.equal("locked-out");
    meter.ports.keypad.configure({ mode: "unlocked" });
    fail(meter, 20);
    expect(enter(meter, credit())).to.equal("accepted");
  });

  it("outlives a restart, and ends when it would have", () => {
    let meter = customerOf(vendor);
    fail(meter, 3);
    meter = stored(meter);
    fail(meter, 2);
    meter = stored(meter);
    expect(enter(meter, credit())).to.equal("locked-out");
    meter.advance(start + second + hour);
    expect(enter(meter, credit())).to.equal("accepted");
  });

  it("that ends without supply is over when that returns", () => {
    const load = scriptedLoad([
      [start + hour / 2, undefined],
      [start + 2 * hour, kilowatt],
    ]);
    const meter = prepaid({}, load, { sts: stsConfig(vendor, start - hour) });
    fail(meter, 5);
    meter.advance(start + hour + minute);
    expect(keypadEvents(meter)).to.deep.equal(["0 keypadLocked"]);
    meter.advance(start + 2 * hour);
    expect(keypadEvents(meter)).to.deep.equal(["7200 keypadUnlocked"]);
    expect(enter(meter, credit())).to.equal("accepted");
  });

  it("ends at the same instant in one long step and in many short ones", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2 * hour }), { maxLength: 20 }), (stops) => {
        const [whole, parts] = [customerOf(vendor), customerOf(vendor)];
        fc.pre(stops.every((stop) => stop > second));
        const wrong = stranger.credit(1, start);
        for (const meter of [whole, parts]) for (let time = 0; time < 5; time++) enter(meter, wrong);
        for (const stop of stops.sort((a, b) => a - b)) parts.advance(start + stop);
        for (const meter of [whole, parts]) meter.advance(start + 2 * hour);
        expect(keypadEvents(parts)).to.deep.equal(keypadEvents(whole));
        expect(plain(parts.state)).to.deep.equal(plain(whole.state));
      }),
      { numRuns: 20 },
    );
  });
});
