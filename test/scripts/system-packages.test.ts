import { expect } from "chai";
import { findCommand, missingReport, systemPackages } from "../../scripts/lib/system-packages.mjs";

describe("the programs the tests start", () => {
  it("each have a reason", () => {
    expect(systemPackages).to.not.have.lengthOf(0);
    for (const { reason } of systemPackages) expect(reason).to.match(/\S+ \S+/);
  });

  it("are reported with what to install and what is not tested without them", () => {
    expect(missingReport([{ command: "socat", debian: "socat-deb", reason: "serial lines" }])).to.deep.equal([
      "not installed: socat (Debian package socat-deb); tests skipped without it: serial lines",
    ]);
  });

  it("are found along the search path, or not at all", () => {
    expect(findCommand("node")).to.match(/node(\.exe)?$/);
    expect(findCommand("no-such-program-here")).to.equal(undefined);
  });
});
