import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { meterSystemTitle } from "../../src/virtual-meter/identity.ts";
import { meterAccess } from "../../src/virtual-meter/roles.ts";

const read = { read: true, write: false, invoke: false };

describe("The roles of the virtual meter", () => {
  it("let firmware see what the public sees, image transfer and its own association", () => {
    expect(meterAccess("firmware", "0.0.42.0.0.255")).to.deep.equal(read);
    expect(meterAccess("firmware", "0.0.44.0.0.255")).to.deep.equal({ read: true, write: false, invoke: true });
    expect(meterAccess("firmware", "0.0.40.0.6.255")).to.deep.equal(read);
    for (const hidden of ["1.0.1.8.0.255", "0.0.40.0.1.255", "0.0.43.0.6.255"] as const) {
      expect(meterAccess("firmware", hidden), hidden).to.equal(undefined);
    }
  });

  it("let everybody who is not known see nothing", () => {
    expect(meterAccess("stranger", "0.0.42.0.0.255")).to.equal(undefined);
    expect(meterAccess("public", "1.0.1.8.0.255")).to.equal(undefined);
  });
});

describe("The system title of a virtual meter", () => {
  it("is the manufacturer and the last ten digits of the serial number", () => {
    expect(toHex(meterSystemTitle("DGW", "35933512"))).to.equal(toHex(fromHex("444757 0035933512")));
    expect(toHex(meterSystemTitle("DGW", "991234567890"))).to.equal("4447571234567890");
  });

  it("differs for serial numbers with letters", () => {
    const titles = ["A1", "A2", "B1", "ABCDEFGHIJKLMNOPQRST", "ABCDEFGHIJKLMNOPQRSU"].map((serial) =>
      toHex(meterSystemTitle("DGW", serial)),
    );
    expect(new Set(titles).size).to.equal(titles.length);
    for (const title of titles) expect(title).to.have.lengthOf(16);
  });
});
