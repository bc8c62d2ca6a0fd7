import { expect } from "chai";
import { hour, minute, second } from "../../src/meter-model/index.ts";
import { newMeter } from "./support.ts";

const newYear = Date.UTC(2026, 0, 1);

function opticalPort() {
  const meter = newMeter(newYear);
  const port = meter.ports.optical;
  const fail = (times: number) => Array.from({ length: times }, () => port.failed());
  return { meter, port, fail, wait: (duration: number) => meter.advance(meter.now + duration) };
}

describe("The protection of a port", () => {
  it("locks it after as many failures as are allowed, for longer each time, up to a limit", () => {
    const { port, fail, wait } = opticalPort();
    port.configure({ mode: "locked-on-failed-attempts", allowedFailures: 3, initialLockout: 10, steepness: 3, longestLockout: 60 });
    for (const seconds of [10, 30, 60, 60]) {
      expect(fail(3)).to.deep.equal([false, false, true]);
      expect([port.status, port.remaining]).to.deep.equal(["temporarily-locked", seconds * second]);
      wait(seconds * second - 1);
      expect(port.failed(), "while it is locked").to.equal(false);
      expect(port.status).to.equal("temporarily-locked");
      wait(1);
      expect(port.status).to.equal("unlocked");
    }
    expect([port.failures, port.cumulative]).to.deep.equal([12, 12]);
    port.reset();
    expect([port.failures, port.cumulative]).to.deep.equal([0, 12]);
    fail(3);
    expect(port.remaining).to.equal(10 * second);
    port.reset();
    expect(port.status).to.equal("unlocked");
  });

  it("tells of attacks where it locks nobody out", () => {
    const { port, fail } = opticalPort();
    expect(fail(11)).to.deep.equal([false, false, false, false, true, false, false, false, false, true, false]);
    expect(port.status).to.equal("unlocked");
  });

  it("is on or off as a client wants", () => {
    const { port, fail, wait } = opticalPort();
    port.configure({ mode: "locked" });
    expect([port.status, port.failed()]).to.deep.equal(["locked", false]);
    port.configure({ mode: "locked-on-failed-attempts" });
    fail(5);
    wait(minute - 1);
    expect(port.status).to.equal("temporarily-locked");
    port.configure({ mode: "unlocked" });
    expect(port.status).to.equal("unlocked");
    port.configure({ mode: "locked-on-failed-attempts" });
    expect([port.status, port.unlock()], "the lock before is over").to.deep.equal(["unlocked", false]);
    for (const wrong of [{ allowedFailures: 0 }, { steepness: 0 }, { steepness: 256 }, { initialLockout: -1 }, { longestLockout: 0.5 }]) {
      expect(port.configure(wrong), JSON.stringify(wrong)).to.equal(false);
    }
  });

  it("lasts over a power failure", () => {
    const { meter, port, fail } = opticalPort();
    port.configure({ mode: "locked-on-failed-attempts", initialLockout: 3600 });
    fail(5);
    meter.powerUp(newYear + 30 * minute);
    expect(port.remaining).to.equal(hour / 2);
  });
});
