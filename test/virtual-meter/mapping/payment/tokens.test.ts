import { expect } from "chai";
import { hour, minute, type TokenDelivery } from "../../../../src/meter-model/index.ts";
import { prepaid } from "../../../meter-model/credit/support.ts";
import { constantLoad } from "../../../meter-model/support.ts";
import { customerOf, stranger, stsConfig, Vendor } from "../../../meter-model/tokens/support.ts";
import { array, darkTill, doubleLong, doubleLongUnsigned, name, never, start, structure, text, till, tillOf } from "./support.ts";

const gateway = "0.0.19.40.0.255";
const identity = "0.0.19.60.0.255";
const [accepted, entered] = ["0.0.99.15.0.255", "0.0.99.17.0.255"];
/** The meter of `customerOf` is at one second past noon. */
const now = "090C07EA0B17010C000100000000";

const world = () => {
  const vendor = new Vendor();
  return { vendor, ...tillOf(customerOf(vendor)) };
};

/** token_status: the stage, and the bit of the result. */
const status = (code: number, bit: number | undefined) => {
  const bits = bit === undefined ? 0 : 0x8000 >> bit;
  return structure(`160${code}`, `0410${bits.toString(16).toUpperCase().padStart(4, "0")}`);
};

describe("The token gateway", () => {
  it("shows nothing before the first token", () => {
    const { bare } = world();
    const shown = [1, 2, 3, 4, 5, 6].map((attribute) => bare.read(`${gateway}:${attribute}`));
    expect(shown).to.deep.equal([name(gateway), "0900", never, "0100", "1600", status(0, undefined)]);
    expect([9, 12, 13].map((instance) => bare.read(`0.0.96.60.${instance}.255:2`))).to.deep.equal([
      doubleLong(0),
      doubleLongUnsigned(0),
      doubleLongUnsigned(0),
    ]);
    expect([bare.read("0.0.96.60.10.255:2"), bare.read("0.0.96.60.11.255:2")]).to.deep.equal([never, doubleLongUnsigned(0)]);
  });

  it("takes a token as ASCII, as a number, and as two digits an octet", () => {
    for (const coded of [
      (digits: string) => text(digits),
      (digits: string) => `0909${BigInt(digits).toString(16).padStart(18, "0")}`,
      (digits: string) => `090A${digits}`,
    ]) {
      const { bare, meter, vendor } = world();
      const digits = vendor.credit(256, start);
      expect(bare.invoke(`${gateway}:1`, coded(digits))).to.equal("success");
      expect(meter.credit.balance).to.equal(25_600);
      expect(bare.read(`${gateway}:2`)).to.equal(text(digits));
    }
  });

  it("tells what became of it, whence and when", () => {
    const { bare, meter, vendor } = world();
    const digits = vendor.credit(256, start);
    bare.invoke(`${gateway}:1`, text(digits));
    const shown = () => [2, 3, 4, 5, 6].map((attribute) => bare.read(`${gateway}:${attribute}`));
    const service = array(text("transfer-credit-electricity"));
    expect(shown()).to.deep.equal([text(digits), now, service, "1600", status(3, 0)]);
    meter.advance(start + minute);
    bare.invoke(`${gateway}:1`, text(digits), "hdlc");
    expect(shown(), "used").to.deep.equal([text(digits), "090C07EA0B17010C010000000000", service, "1601", status(6, 6)]);
    meter.tokens.enter("12345", "manual");
    expect(shown().slice(2), "no token").to.deep.equal(["0100", "1602", status(4, 11)]);
  });

  it("says at which stage a token failed", () => {
    const { bare, meter, vendor } = world();
    const before = vendor.encode({ service: "transfer-credit-electricity", random: 5, tokenIdentifier: 1, amount: 10 });
    const water = vendor.encode({
      service: "transfer-credit-water",
      random: 5,
      tokenIdentifier: vendor.identifier(start),
      amount: 10,
    });
    for (const [digits, expected] of [
      ["00000000000000000000", status(5, 14)],
      [stranger.credit(10, start), status(5, 14)],
      [before, status(6, 5)],
      [water, status(6, 13)],
      [vendor.credit(200_000, start), status(6, 9)],
    ] as const) {
      expect(bare.invoke(`${gateway}:1`, text(digits)), digits).to.equal("success");
      expect(bare.read(`${gateway}:6`), digits).to.equal(expected);
    }
    expect([meter.credit.balance, meter.tokens.rejected]).to.deep.equal([0, 5]);
  });

  it("takes whatever octets there are, and no other type", () => {
    const { bare, meter } = world();
    for (const octets of ["0900", "0901FF", text("6725942159662658176"), `0981C8${"41".repeat(200)}`]) {
      expect(bare.invoke(`${gateway}:1`, octets), octets).to.equal("success");
      expect(bare.read(`${gateway}:2`), octets).to.equal("0900");
    }
    expect(meter.tokens.rejected).to.equal(4);
    for (const wrong of ["0A00", "0F00", undefined]) expect(bare.invoke(`${gateway}:1`, wrong)).to.equal("type-unmatched");
    expect(meter.tokens.rejected).to.equal(4);
  });

  it("is not ready for who tries without end, and without supply", () => {
    const { bare, meter } = world();
    const results = Array.from({ length: 11 }, () => bare.invoke(`${gateway}:1`, text("12345678901234567890")));
    expect(results).to.deep.equal([...Array.from({ length: 10 }, () => "success"), "temporary-failure"]);
    expect(meter.tokens.rejected).to.equal(10);
    expect(darkTill().bare.invoke(`${gateway}:1`, text("12345678901234567890"))).to.equal("temporary-failure");
  });

  it("takes nothing by writing", () => {
    const { bare } = world();
    for (const attribute of [1, 2, 3, 4, 5, 6]) {
      expect(bare.write(`${gateway}:${attribute}`, bare.read(`${gateway}:${attribute}`)), `${attribute}`).to.equal("read-write-denied");
    }
  });
});

describe("Records of tokens", () => {
  it("are the last credit, and how many there were", () => {
    const { bare, meter, vendor } = world();
    const identifier = vendor.identifier(start);
    const digits = vendor.encode({ service: "transfer-credit-electricity", random: 5, tokenIdentifier: identifier, amount: 120 });
    for (const delivery of ["manual", "manual"] as const) meter.tokens.enter(digits, delivery);
    const [amount, at, tokenIdentifier, taken, refused] = [9, 10, 11, 12, 13].map((instance) => bare.read(`0.0.96.60.${instance}.255:2`));
    expect([amount, at, tokenIdentifier]).to.deep.equal([doubleLong(12_000), now, doubleLongUnsigned(identifier)]);
    expect([taken, refused]).to.deep.equal([doubleLongUnsigned(1), doubleLongUnsigned(1)]);
    expect(bare.read("0.0.96.60.9.255:3")).to.equal(structure("0F00", "161E"));
    for (const instance of [9, 10, 11, 12, 13]) {
      const attribute = `0.0.96.60.${instance}.255:2`;
      expect(bare.write(attribute, bare.read(attribute)), attribute).to.equal("read-write-denied");
    }
  });

  it("have a row for each token, with what it brought and what came of it", () => {
    const vendor = new Vendor();
    const meter = prepaid({ opening: 1000 }, constantLoad(), { sts: stsConfig(vendor, start - hour) });
    const { bare } = tillOf(meter);
    meter.advance(start + hour / 2);
    const identifier = vendor.identifier(start);
    const digits = vendor.encode({ service: "transfer-credit-electricity", random: 5, tokenIdentifier: identifier, amount: 20 });
    const enter = (entry: string, delivery: TokenDelivery) => meter.tokens.enter(entry, delivery);
    enter(digits, "local");
    enter("123", "manual");
    const at = "090C07EA0B17010C1E0000000000";
    expect(bare.read(`${accepted}:2`)).to.equal(
      array(
        structure(at, text(digits), "1601", doubleLong(2000), doubleLong(2500), doubleLongUnsigned(identifier), doubleLongUnsigned(500)),
      ),
    );
    expect(bare.read(`${entered}:2`)).to.equal(
      array(structure(at, text(digits), "1601", status(3, 0)), structure(at, "0900", "1602", status(4, 11))),
    );
    expect([7, 8].map((id) => [bare.read(`${accepted}:${id}`), bare.read(`${entered}:${id}`)])).to.deep.equal([
      [doubleLongUnsigned(1), doubleLongUnsigned(2)],
      [doubleLongUnsigned(50), doubleLongUnsigned(100)],
    ]);
  });

  it("are emptied one by one, and no token works again for that", () => {
    const { bare, meter, vendor } = world();
    const digits = vendor.credit(10, start);
    meter.tokens.enter(digits, "manual");
    expect(bare.invoke(`${accepted}:1`, "0F00")).to.equal("success");
    expect([bare.read(`${accepted}:2`), bare.read(`${entered}:7`)]).to.deep.equal(["0100", doubleLongUnsigned(1)]);
    expect(bare.invoke(`${entered}:1`, "0F00")).to.equal("success");
    expect(bare.read(`${entered}:2`)).to.equal("0100");
    expect(meter.tokens.enter(digits, "manual").result).to.equal("used-error");
    expect(meter.credit.balance).to.equal(1000);
  });
});

describe("What the meter is in its STS system", () => {
  it("is shown without its key", () => {
    const { bare } = world();
    const shown = Array.from({ length: 12 }, (_, index) => bare.read(`${identity}:${index + 1}`));
    // The check digit is that of Luhn for 600727 01234567897 (IEC 62055-41).
    expect(shown).to.deep.equal([
      name(identity),
      structure(doubleLongUnsigned(600_727), `15${(1_234_567_897).toString(16).toUpperCase().padStart(16, "0")}`, "1107"),
      "0A0B656C656374726963697479",
      "010211021107",
      "110B",
      doubleLongUnsigned(123_456),
      "1101",
      "1101",
      "1102",
      "11FF",
      "1104",
      "0A00",
    ]);
    for (const attribute of [2, 5, 6, 10]) {
      expect(bare.write(`${identity}:${attribute}`, bare.read(`${identity}:${attribute}`))).to.equal("read-write-denied");
    }
  });

  it("follows a change of the key", () => {
    const { bare, meter, vendor } = world();
    const next = new Vendor("11", { supplyGroupCode: 654_321, keyRevisionNumber: 2, keyType: 2, tariffIndex: 7 });
    for (const digits of vendor.keyChange(next, { keyExpiryNumber: 200 })) meter.tokens.enter(digits, "manual");
    expect([6, 7, 8, 9, 10].map((attribute) => bare.read(`${identity}:${attribute}`))).to.deep.equal([
      doubleLongUnsigned(654_321),
      "1107",
      "1102",
      "1102",
      "11C8",
    ]);
  });

  it("is of the other algorithm with fewer tokens to change the key", () => {
    const { bare } = tillOf(customerOf(new Vendor("07")));
    expect([bare.read(`${identity}:5`), bare.read(`${identity}:11`)]).to.deep.equal(["1107", "1103"]);
  });

  it("is nothing in a meter outside of any", () => {
    const { bare, meter } = till();
    expect([2, 5, 6, 7, 8, 9, 10].map((attribute) => bare.read(`${identity}:${attribute}`))).to.deep.equal([
      structure(doubleLongUnsigned(0), "150000000000000000", "1100"),
      "1100",
      doubleLongUnsigned(0),
      "1100",
      "1100",
      "1100",
      "1100",
    ]);
    expect(bare.invoke(`${gateway}:1`, text("67259421596626581768"))).to.equal("success");
    expect([meter.credit.balance, bare.read(`${gateway}:6`)]).to.deep.equal([30_000, status(6, 13)]);
  });
});
