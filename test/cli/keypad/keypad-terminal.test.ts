import { PassThrough } from "node:stream";
import { expect } from "chai";
import { runTerminal, type TerminalOptions } from "../../../src/cli/keypad/keypad-terminal.ts";
import type { Output } from "../../../src/cli/output.ts";
import type { KeypadView } from "../../../src/keypad/index.ts";
import { goodToken } from "../../keypad/fake-meter.ts";
import { recorder, Stage } from "./stage.ts";

/** A terminal in memory, and what was written to it. */
class Terminal {
  readonly rawModes: boolean[] = [];
  readonly lines: string[] = [];
  readonly #input = new PassThrough();
  readonly #stdout = new PassThrough();
  readonly #stage: Stage;
  #running: Promise<void> | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  start(output: Partial<Output>): this {
    const setRawMode: TerminalOptions["input"]["setRawMode"] = (mode) => {
      this.rawModes.push(mode);
      return process.stdin;
    };
    this.#running = runTerminal(this.#stage.keypad, {
      input: Object.assign(this.#input, { setRawMode }),
      stdout: Object.assign(this.#stdout, { columns: 80 }),
      output: recorder(this.lines, output),
      listen: (changed) => (this.#stage.changed = changed),
    });
    return this;
  }

  /** Somebody types, and what it leads to happens. */
  async type(text: string): Promise<void> {
    this.#input.write(text);
    await new Promise((resolve) => setImmediate(resolve));
    await this.#stage.advance(100);
  }

  async ended(): Promise<void> {
    await this.#running;
    await this.#stage.keypad.close();
  }

  resize(columns: number): void {
    Object.assign(this.#stdout, { columns });
    this.#stdout.emit("resize");
  }

  /** What was written since the last time. */
  get written(): string {
    return ((this.#stdout.read() as Buffer | null) ?? "").toString();
  }
}

describe("the keypad on a terminal", () => {
  it("draws the unit, answers keys with bells, and leaves the terminal as it was", async () => {
    const terminal = new Terminal(await new Stage().opened()).start({ width: 80 });
    const drawn = terminal.written;
    expect(drawn.startsWith("\u001b[?25l\r\u001b[J┌──")).to.equal(true);
    expect(drawn).to.contain("25.60 │");
    await terminal.type("6725-9421 5966 2658 1768");
    expect(terminal.written).to.contain("6725 9421 5966 2658 1768");
    await terminal.type("\r");
    expect(terminal.written).to.contain("ACCEPT").and.contain("\u0007");
    await terminal.type("999\r");
    expect(terminal.written).to.contain("\u0007\u0007\u0007");
    await terminal.type("q");
    await terminal.ended();
    expect(terminal.written.endsWith("\u001b[?25h")).to.equal(true);
    expect(terminal.rawModes).to.deep.equal([true, false]);
  });

  it("shows E-CON while the meter is away, and the credit when it is back", async () => {
    const stage = await new Stage().opened();
    const terminal = new Terminal(stage).start({ width: 80 });
    stage.vanish();
    await stage.advance(100);
    expect(terminal.written).to.contain("E-CON").and.contain("○ link");
    stage.present = true;
    await stage.advance(10_000);
    expect(terminal.written).to.contain("25.60 │");
    await terminal.type("q");
    await terminal.ended();
  });

  it("draws everything again in the new size of the terminal", async () => {
    const terminal = new Terminal(await new Stage().opened()).start({ width: 80 });
    expect(terminal.written).to.contain("┌");
    terminal.resize(24);
    const drawn = terminal.written;
    expect(drawn.startsWith("\u001b[2J\u001b[H")).to.equal(true);
    expect(drawn).to.contain("Credit               kWh").and.not.contain("┌");
    await terminal.type("\u0003");
    await terminal.ended();
  });

  it("writes a view for each change with --json, and the same one not twice", async () => {
    const stage = await new Stage().opened();
    const terminal = new Terminal(stage).start({ json: true, width: 80 });
    await terminal.type(`${goodToken}\r`);
    await stage.advance(6000);
    await terminal.type("q");
    await terminal.ended();
    expect(terminal.written).to.equal("");
    const views = terminal.lines.map((line) => JSON.parse(line) as KeypadView);
    const mains = views.map(({ main }) => main).filter((main, index, all) => main !== all[index - 1]);
    expect(mains.slice(-5)).to.deep.equal(["20 of 20", "--------", "ACCEPT", "+25.6", "51.20"]);
    expect(terminal.lines.filter((line, index) => line === terminal.lines[index - 1])).to.deep.equal([]);
  });
});
