import {
  defaultMeterConfig,
  initialState,
  type LoadModel,
  Meter,
  type MeterConfig,
  type ScriptCall,
} from "../../../src/meter-model/index.ts";
import { constantLoad } from "../support.ts";

/** A meter whose scripts do nothing but leave a note: "2026-05-01T06:00:00 push/1", in clock time. */
export class NotingMeter {
  readonly meter: Meter;
  readonly notes: string[] = [];

  constructor(start: string, load: LoadModel = constantLoad(), config: Partial<MeterConfig> = {}) {
    const complete = { ...defaultMeterConfig, ...config };
    this.meter = new Meter(complete, initialState(complete, Date.parse(start)), load);
    this.meter.automation.connect((call) => this.#note(call));
  }

  /** Makes power failures and what else is an alarm go unreported, so that it starts no script. */
  withoutAlarms(): this {
    for (const register of [0, 1, 2]) this.meter.events.setFilter(register, 0);
    return this;
  }

  /** Advances to an instant; answers what was noted since the last time. */
  until(instant: string): string[] {
    this.meter.advance(Date.parse(instant));
    return this.notes.splice(0);
  }

  #note({ table, script }: ScriptCall): void {
    this.notes.push(`${new Date(this.meter.clockTime).toISOString().slice(0, 19)} ${table}/${script}`);
  }
}
