import type { CosemObject } from "../../../cosem-objects/object.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { communicationObjects } from "./communication.ts";
import { modemObjects } from "./modem.ts";
import { ntpObjects } from "./ntp.ts";
import { textObjects } from "./texts.ts";

/** Every object whose settings the meter keeps without acting on them. */
export function setupObjects(meter: Meter): readonly CosemObject[] {
  return [...textObjects(meter), ...communicationObjects(meter), ...modemObjects(meter), ...ntpObjects(meter)];
}
