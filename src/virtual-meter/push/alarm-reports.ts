import type { RestrictedObject } from "../../cosem-objects/classes/push-setup.ts";
import type { Meter } from "../../meter-model/index.ts";
import { pushedValues } from "./push-content.ts";
import { alarmDescriptors } from "./push-names.ts";

/**
 * Which alarms were told. What was told is cleared from the descriptors, so that it is not told again (IDIS); the monitors
 * that push hear of a descriptor when it stops being 0, so what comes before it is cleared has to be noticed here.
 */
export class AlarmReports {
  readonly #meter: Meter;
  /** The descriptors when they could not be told; undefined while the monitors see what comes. */
  #untold: readonly number[] | undefined;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** Clears what the body of a push of these objects tells. Answers whether more alarms were raised since it was built. */
  told(list: readonly RestrictedObject[], body: Uint8Array): boolean {
    const { events } = this.#meter;
    const values = pushedValues(body);
    let more = false;
    for (const [index, { logicalName }] of list.entries()) {
      const register = alarmDescriptors.indexOf(logicalName);
      const value = values[index];
      if (register < 0 || value?.type !== "double-long-unsigned") continue;
      events.keepDescriptor(register, ~value.value >>> 0);
      more ||= (events.alarms.descriptors[register] ?? 0) !== 0;
    }
    this.#untold = undefined;
    return more;
  }

  /** The alarms there are could not be told. */
  failed(): void {
    this.#untold = [...this.#meter.events.alarms.descriptors];
  }

  /** There are alarms to tell. */
  get any(): boolean {
    return this.#meter.events.alarms.descriptors.some((bits) => bits !== 0);
  }

  /** Answers, once, whether alarms were raised since those that could not be told. */
  raisedSinceFailure(): boolean {
    const untold = this.#untold;
    if (untold === undefined) return false;
    const raised = this.#meter.events.alarms.descriptors.some((bits, register) => (bits & ~(untold[register] ?? 0)) !== 0);
    if (raised) this.#untold = undefined;
    return raised;
  }
}
