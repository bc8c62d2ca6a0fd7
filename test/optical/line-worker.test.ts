import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import type { LineStep } from "../../src/optical/line-step.ts";
import { type LineMachine, LineWorker } from "../../src/optical/line-worker.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { LineModel } from "./support/line-model.ts";

/** Waits until 1000 ms, says what happens, and does no more. */
class Patient implements LineMachine {
  readonly events: string[] = [];
  nextTimeout: number | undefined = 1000;

  receiveBytes(octets: Uint8Array): void {
    this.events.push(toHex(octets));
    this.nextTimeout = undefined;
  }

  handleTimeout(): void {
    this.events.push("time-out");
    this.nextTimeout = undefined;
  }

  takeSteps(): readonly LineStep[] {
    return [];
  }
}

/** A process that was busy: its clock is ahead of the call backs. */
function busyProcess(timers: VirtualTimers) {
  let behind = 0;
  return {
    worker: { now: () => timers.now() + behind, schedule: (delay: number, callback: () => void) => timers.schedule(delay, callback) },
    busyFor: (milliseconds: number) => {
      behind = milliseconds;
    },
  };
}

describe("A worker on a line", () => {
  function work() {
    const timers = new VirtualTimers();
    const line = new LineModel({ timers });
    const machine = new Patient();
    const process = busyProcess(timers);
    const worker = new LineWorker(line.reader, machine, process.worker, () => {});
    worker.proceed();
    return { timers, line, machine, process, worker };
  }

  it("tells of a time-out when it is due", () => {
    const { timers, machine } = work();
    timers.advance(999);
    expect(machine.events).to.deep.equal([]);
    timers.advance(1);
    expect(machine.events).to.deep.equal(["time-out"]);
  });

  it("hears first what waited while the process was busy, and then says that nothing came", () => {
    const { timers, line, machine, process } = work();
    process.busyFor(500);
    timers.advance(1000);
    expect(machine.events, "the octets wait behind the timer").to.deep.equal([]);
    line.reader.hear(0x06, 300);
    expect(machine.events).to.deep.equal(["06"]);
    timers.advance(1000);
    expect(machine.events).to.deep.equal(["06"]);
  });

  it("says so a little later where nothing waited", () => {
    const { timers, machine, process } = work();
    process.busyFor(500);
    timers.advance(1100);
    expect(machine.events).to.deep.equal(["time-out"]);
  });

  it("says nothing any more once it has stopped", () => {
    const { timers, line, machine, process, worker } = work();
    process.busyFor(500);
    timers.advance(1000);
    worker.stop();
    line.reader.hear(0x06, 300);
    timers.advance(5000);
    expect(machine.events).to.deep.equal([]);
  });
});
