import { expect } from "chai";
import { serveKeypad } from "../../../src/cli/keypad/keypad-link-server.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import { FakeMeter } from "../../keypad/fake-meter.ts";

/** The meter's side of a line whose other end does what a test wants; what is done to it is written down. */
class Line implements Transport {
  readonly name = "line";
  readonly done: string[] = [];
  flows = true;
  #data: (chunk: Uint8Array) => void = () => {};
  #drain = (): void => {};
  #close = (): void => {};

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#data = listener;
  }

  onDrain(listener: () => void): void {
    this.#drain = listener;
  }

  onClose(listener: () => void): void {
    this.#close = listener;
  }

  write(bytes: Uint8Array): boolean {
    const { type } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly type: string };
    this.done.push(type);
    return this.flows;
  }

  pause(): void {
    this.done.push("pause");
  }

  resume(): void {
    this.done.push("resume");
  }

  close(): Promise<void> {
    this.done.push("close");
    return Promise.resolve();
  }

  destroy(): void {
    this.#close();
  }

  receive(text: string): void {
    this.#data(new TextEncoder().encode(text));
  }

  drain(): void {
    this.flows = true;
    this.#drain();
  }

  /** What was done since the last time. */
  take(): readonly string[] {
    return this.done.splice(0);
  }
}

const hello = '{"type":"hello","id":1,"protocol":1,"unit":"CIU-1"}\n';
const show = '{"type":"show","id":2,"code":"007"}\n';

describe("the keypad link of a meter", () => {
  const stage = (): { readonly line: Line; readonly timers: VirtualTimers; readonly meter: FakeMeter } => {
    const timers = new VirtualTimers();
    const line = new Line();
    const meter = new FakeMeter();
    serveKeypad(line, {}, meter, timers);
    line.receive(hello);
    expect(line.take()).to.deep.equal(["hello"]);
    return { line, timers, meter };
  };

  it("reads and says nothing while its unit does not keep up, and goes on when it does", () => {
    const { line, timers, meter } = stage();
    line.flows = false;
    line.receive(show);
    expect(line.take()).to.deep.equal(["items", "pause"]);
    line.receive(show);
    timers.advance(20_000);
    expect(line.take()).to.deep.equal([]);
    expect(meter.calls).to.have.lengthOf(1);
    line.drain();
    expect(line.take()).to.deep.equal(["items", "status", "resume"]);
  });

  it("hangs up on a unit that does not keep up for half a minute", () => {
    const { line, timers } = stage();
    line.flows = false;
    line.receive(show);
    line.take();
    timers.advance(29_999);
    expect(line.take()).to.deep.equal([]);
    timers.advance(1);
    expect(line.take()).to.deep.equal(["close"]);
    line.drain();
    line.receive(show);
    timers.advance(60_000);
    expect(line.take()).to.deep.equal([]);
  });

  it("stops reading a flood until what has come is answered", () => {
    const { line, timers } = stage();
    line.receive(show.repeat(24));
    expect(line.take()).to.deep.equal([...Array<string>(19).fill("items"), "pause"]);
    timers.advance(499);
    expect(line.take()).to.deep.equal(Array(4).fill("items"));
    timers.advance(1);
    expect(line.take()).to.deep.equal(["items", "resume"]);
  });

  it("has nothing left to do once the line is closed", () => {
    const { line, timers } = stage();
    line.destroy();
    expect(timers.advanceToNext()).to.equal(false);
    expect(line.take()).to.deep.equal([]);
  });
});
