import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { tapLine } from "../../src/transport/tap-line.ts";

function tapped(count: number) {
  const timers = new VirtualTimers();
  const { a: far, b: line } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
  const taps = tapLine(line, count);
  const heard = taps.map((): string[] => []);
  const closed: number[] = [];
  taps.forEach((tap, index) => {
    tap.onData((chunk) => heard[index]?.push(toHex(chunk)));
    tap.onClose(() => closed.push(index));
  });
  const farHeard: string[] = [];
  let farClosed = false;
  far.onData((chunk) => farHeard.push(toHex(chunk)));
  far.onClose(() => {
    farClosed = true;
  });
  return { timers, far, taps, heard, closed, farHeard, farClosed: () => farClosed };
}

describe("taps of one line", () => {
  it("all hear what comes, and each writes to the line and not to the others", () => {
    const { timers, far, taps, heard, farHeard } = tapped(3);
    far.write(Uint8Array.of(1));
    taps[1]?.write(Uint8Array.of(2));
    timers.advance(1);
    expect(heard).to.deep.equal([["01"], ["01"], ["01"]]);
    expect(farHeard).to.deep.equal(["02"]);
  });

  it("leave the line open for the others, until the last one goes", async () => {
    const { timers, far, taps, heard, closed, farHeard, farClosed } = tapped(2);
    await taps[0]?.close();
    far.write(Uint8Array.of(1));
    taps[0]?.write(Uint8Array.of(9));
    timers.advance(1);
    expect(heard).to.deep.equal([[], ["01"]]);
    expect(farHeard).to.deep.equal([]);
    expect(farClosed()).to.equal(false);
    taps[1]?.destroy();
    taps[1]?.destroy();
    timers.advance(1);
    expect(farClosed()).to.equal(true);
    expect(closed).to.deep.equal([0, 1]);
  });

  it("are closed with the line, once", async () => {
    const { timers, far, closed, taps } = tapped(2);
    far.destroy();
    timers.advance(1);
    expect(closed).to.deep.equal([0, 1]);
    await taps[0]?.close();
    expect(closed).to.deep.equal([0, 1]);
  });

  it("hold the line back while any of them is paused, or until that one leaves", () => {
    const { timers, far, taps, heard } = tapped(2);
    taps[0]?.pause();
    taps[1]?.pause();
    far.write(Uint8Array.of(1));
    timers.advance(1);
    taps[1]?.resume();
    expect(heard).to.deep.equal([[], []]);
    taps[0]?.destroy();
    expect(heard).to.deep.equal([[], ["01"]]);
  });
});
