import { expect } from "chai";
import { allowsKeyTypeChange, type KeyType } from "../../src/sts/key-type.ts";

const types: readonly KeyType[] = [0, 1, 2, 3];
const allowed = (magneticCard: boolean) => types.map((from) => types.filter((to) => allowsKeyTypeChange(from, to, magneticCard)));

describe("the change of a key's type", () => {
  it("never leads back to initialisation, and at a keypad never to a common key", () => {
    expect(allowed(false)).to.deep.equal([
      [0, 1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it("leads to a common key with magnetic cards, though never from a unique one", () => {
    expect(allowed(true)).to.deep.equal([
      [0, 1, 2, 3],
      [1, 2, 3],
      [1, 2],
      [1, 2, 3],
    ]);
  });
});
