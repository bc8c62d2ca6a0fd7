import { expect } from "chai";
import { decodeSecurityControl, encodeSecurityControl, securityControl } from "../../../src/dlms/security/security-control.ts";
import { refusalOf } from "./samples.ts";

describe("Security control", () => {
  it("is written as it was read, for every octet with a suite that is defined", () => {
    for (let octet = 0; octet < 256; octet++) {
      if ((octet & 0x0f) <= 2) expect(encodeSecurityControl(decodeSecurityControl(octet))).to.equal(octet);
    }
  });

  it("is refused with any other suite", () => {
    for (let octet = 0; octet < 256; octet++) {
      expect(refusalOf(() => decodeSecurityControl(octet))).to.equal((octet & 0x0f) > 2 ? "out-of-range" : undefined);
    }
  });

  it("has the bits of the standard", () => {
    expect(encodeSecurityControl(securityControl(0, "authenticated"))).to.equal(0x10);
    expect(encodeSecurityControl(securityControl(0, "encrypted"))).to.equal(0x20);
    expect(encodeSecurityControl(securityControl(2, "both"))).to.equal(0x32);
    expect(decodeSecurityControl(0x70)).to.include({ authenticated: true, encrypted: true, broadcast: true, compressed: false, suite: 0 });
    expect(decodeSecurityControl(0x81)).to.include({
      authenticated: false,
      encrypted: false,
      broadcast: false,
      compressed: true,
      suite: 1,
    });
  });
});
