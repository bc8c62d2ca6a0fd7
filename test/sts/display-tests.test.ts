import { expect } from "chai";
import fc from "fast-check";
import { ConfigError } from "../../src/errors.ts";
import { creditRegisterOf, creditRegisters } from "../../src/sts/credit-register.ts";
import { controlOf, displayTests, everyTest, testsOf } from "../../src/sts/display-tests.ts";

describe("the control field of tests and displays", () => {
  it("has bit n - 1 for test n, and all of them for test 0", () => {
    expect([1, 2, 18, 36].map((test) => controlOf(test, 36))).to.deep.equal([1, 2, 0x20000, 2 ** 35]);
    expect([controlOf(everyTest, 36), controlOf(everyTest, 28)]).to.deep.equal([0xfffffffff, 0xfffffff]);
  });

  it("names the tests it asks for, those that nobody knows too", () => {
    expect(testsOf(0)).to.deep.equal([]);
    expect(testsOf(controlOf(everyTest, 28))).to.deep.equal(Array.from({ length: 28 }, (_, index) => index + 1));
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 36 })), (tests) => {
        const control = tests.reduce((sum, test) => sum + controlOf(test, 36), 0);
        expect(testsOf(control)).to.deep.equal([...tests].sort((a, b) => a - b));
      }),
    );
  });

  it("has no bit for a test beyond its width", () => {
    for (const [test, width] of [
      [29, 28],
      [37, 36],
      [-1, 36],
      [1.5, 36],
    ] as const) {
      expect(() => controlOf(test, width))
        .to.throw(ConfigError)
        .with.property("path", "test");
    }
  });

  it("has a name for each of the eighteen tests of the standard", () => {
    expect(Object.keys(displayTests)).to.deep.equal(Array.from({ length: 18 }, (_, index) => String(index + 1)));
    expect(new Set(Object.values(displayTests)).size).to.equal(18);
  });
});

describe("the register of a clear credit token", () => {
  it("has a name unless it is reserved", () => {
    for (const [name, register] of Object.entries(creditRegisters)) expect(creditRegisterOf(register)).to.equal(name);
    expect([8, 0x7fff, 0xfffe].map(creditRegisterOf)).to.deep.equal([undefined, undefined, undefined]);
  });
});
