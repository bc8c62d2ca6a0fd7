import { type KeypadKey, type KeypadStatus, KeypadUnit, MeterEnd, UnitEnd, type UnitRequest } from "../../src/keypad/index.ts";
import { FakeMeter } from "./fake-meter.ts";

/** A unit and a meter joined without delay, in time that a test moves. */
export class Bench {
  readonly meter: FakeMeter;
  readonly unit: KeypadUnit;
  readonly requests: UnitRequest[] = [];
  now = 0;
  #meterEnd: MeterEnd;
  #unitEnd: UnitEnd;
  #linked = true;

  constructor(status: Partial<KeypadStatus> = {}) {
    this.meter = new FakeMeter(status);
    this.unit = new KeypadUnit(0);
    this.#meterEnd = new MeterEnd(this.meter, {}, 0);
    this.#unitEnd = new UnitEnd({ unit: "CIU-1" }, 0);
    this.#carry();
  }

  /** Keys one after the other: E is Enter, B backspace, C backspace held down. */
  press(keys: string): this {
    const names: Readonly<Record<string, KeypadKey>> = { E: "enter", B: "backspace", C: "clear" };
    for (const key of keys.replaceAll(" ", "")) {
      const request = this.unit.press(names[key] ?? (key as "0"), this.now);
      if (request === undefined) continue;
      this.requests.push(request);
      this.#unitEnd.request(request, this.now);
      this.#carry();
    }
    return this;
  }

  /** Moves time in steps of what falls due anywhere. */
  advance(duration: number): this {
    const end = this.now + duration;
    for (;;) {
      const due = [this.unit.nextTimeout, ...(this.#linked ? [this.#meterEnd.nextTimeout, this.#unitEnd.nextTimeout] : [])];
      const next = Math.min(end, ...due.filter((time) => time !== undefined));
      this.now = Math.max(this.now, next);
      this.unit.advance(this.now);
      if (this.#linked) {
        this.#meterEnd.advance(this.now);
        this.#unitEnd.advance(this.now);
        this.#carry();
      }
      if (next >= end) return this;
    }
  }

  /** Changes what the meter says, and lets it say so. */
  say(status: Partial<KeypadStatus>): this {
    this.meter.current = { ...this.meter.current, ...status };
    return this.advance(500);
  }

  cut(): this {
    this.#linked = false;
    this.unit.lose("silent", this.now);
    return this;
  }

  mend(): this {
    this.#linked = true;
    this.#meterEnd = new MeterEnd(this.meter, {}, this.now);
    this.#unitEnd = new UnitEnd({ unit: "CIU-1" }, this.now);
    this.#carry();
    return this;
  }

  /** Large and small line, and where the cursor stands. */
  get shown(): string {
    const { main, text } = this.unit.view;
    return `${main}|${text}`;
  }

  /** What is shown from now on, each picture once, for so long. */
  film(duration: number): readonly string[] {
    const shown = [this.shown];
    for (const end = this.now + duration; this.now < end; this.advance(Math.min(100, end - this.now))) {
      if (this.shown !== shown.at(-1)) shown.push(this.shown);
    }
    return shown;
  }

  #carry(): void {
    if (!this.#linked) return;
    for (let moved = true; moved; ) {
      moved = false;
      for (const bytes of this.#unitEnd.take()) {
        moved = true;
        this.#meterEnd.receive(bytes, this.now);
      }
      for (const bytes of this.#meterEnd.take()) {
        moved = true;
        for (const event of this.#unitEnd.receive(bytes, this.now)) {
          if (event.type === "answer") this.unit.answer(event.answer, this.now);
          else if (event.type === "down") this.unit.lose(event.reason, this.now);
          else this.unit.follow(event.status, this.now);
        }
      }
    }
  }
}
