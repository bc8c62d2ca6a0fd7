import { expect } from "chai";
import { decodeToken, encodeToken, layoutOf, misty1, placeOf } from "../../src/sts/index.ts";
import { draftOf, isVendingService, type VendingServiceName, vendingServices } from "../../src/vending/index.ts";
import { meterKey, refusedPath } from "./samples.ts";

const stamp = { random: 9, tokenIdentifier: 6_780_240 };

/** A value for each service, and where its token stands. */
const orders: Readonly<Record<VendingServiceName, readonly [value: string | undefined, place: string]>> = {
  "credit-electricity": ["25.6", "0/0"],
  "credit-water": ["1.5", "0/1"],
  "credit-gas": ["3", "0/2"],
  "credit-time": ["90", "0/3"],
  "credit-currency-electricity": ["10", "0/4"],
  "credit-currency-water": ["-10", "0/5"],
  "credit-currency-gas": ["0.00001", "0/6"],
  "credit-currency-time": ["100000", "0/7"],
  "max-power-limit": ["3500", "2/0"],
  "clear-credit": ["all", "2/1"],
  "set-tariff-rate": ["65535", "2/2"],
  "clear-tamper": [undefined, "2/5"],
  "phase-unbalance-limit": ["1000", "2/6"],
  "water-factor": ["7", "2/7"],
  mode: ["prepaid-currency", "2/11"],
};

describe("services of a vending station", () => {
  it("are all tried here", () => expect(Object.keys(orders)).to.have.members(Object.keys(vendingServices)));

  for (const [service, [value, place]] of Object.entries(orders) as [VendingServiceName, readonly [string, string]][]) {
    it(`${service} is a token of class/subclass ${place} that reads back as it was made`, () => {
      const token = draftOf(service, value).tokenWith(stamp);
      const { tokenClass, subclass } = placeOf(token);
      expect(`${tokenClass}/${subclass}`).to.equal(place);
      const { decoderKey } = meterKey();
      expect(decodeToken(encodeToken(token, decoderKey, misty1), decoderKey, misty1)).to.deep.equal({ result: "authentic", token });
      expect(token).to.have.property("tokenIdentifier", stamp.tokenIdentifier);
      if (layoutOf(token.service).fields.some(({ name }) => name === "random")) expect(token).to.have.property("random", stamp.random);
    });

    it(`${service} refuses a value that is missing, not asked for, or nonsense`, () => {
      expect(refusedPath(() => draftOf(service, value === undefined ? "1" : undefined))).to.equal("value");
      if (value === undefined) return;
      for (const nonsense of ["", "?", "65536 W", "__proto__", "-1e9"]) {
        expect(
          refusedPath(() => draftOf(service, nonsense)),
          nonsense,
        ).to.equal("value");
      }
    });
  }

  it("are known by their names alone", () => {
    expect(isVendingService("mode")).to.equal(true);
    for (const name of ["toString", "key-change", "test", "Mode", ""]) expect(isVendingService(name), name).to.equal(false);
  });

  it("say what was rounded", () => {
    expect(draftOf("credit-electricity", "18022.3").value).to.deep.equal({ value: "18022.4", unit: "kWh" });
    expect(draftOf("clear-credit", "gas").value).to.equal("gas");
    expect(draftOf("clear-tamper", undefined)).not.to.have.property("value");
  });
});
