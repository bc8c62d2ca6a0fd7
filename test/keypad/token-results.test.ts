import { expect } from "chai";
import { keypadTokenResults } from "../../src/keypad/index.ts";
import { displayTest, itemsOfTests } from "../../src/keypad/short-codes.ts";
import { tokenResults } from "../../src/meter-model/tokens/token-result.ts";
import { displayTests } from "../../src/sts/display-tests.ts";

describe("what the keypad knows of tokens", () => {
  it("are the results of the meter, in its words", () => {
    expect(keypadTokenResults).to.deep.equal(tokenResults);
  });

  it("are the tests and displays of class 1 that a meter for electricity has something to show for", () => {
    const names: Readonly<Record<string, string>> = displayTests;
    const shown = Object.entries(itemsOfTests).map(([number, item]) => `${names[number]}: ${item}`);
    expect(shown).to.deep.equal([
      "load-switch: relayState",
      "cumulative-usage: totalActiveImport",
      "key-revision-number-and-key-type: keyRevisionNumber",
      "tariff-index: tariffIndex",
      "maximum-power-limit: maximumPower",
      "tamper-status: tamperStatus",
      "active-power: activePower",
      "software-version: firmwareVersion",
      "tariff-rate: price",
      "encryption-algorithm: encryptionAlgorithm",
      "supply-group-code: supplyGroupCode",
      "key-expiry-number: keyTypeAndExpiry",
      "decoder-reference-number: meterNumber",
    ]);
    expect(names[displayTest]).to.equal("displays");
  });
});
