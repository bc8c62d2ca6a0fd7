import type { MeterConfig } from "../config.ts";
import { second } from "../units.ts";

/** Limits of the meter that clients may change; ms, in whole seconds. */
export interface MeterLimits {
  /** A clock set by less than this marks no interval. */
  clockShiftLimit: number;
  /** Between two closes of the billing period by command. */
  billingLockout: number;
  /** Above which a power failure is a long one. */
  longFailureThreshold: number;
}

/** The limits that a meter is built with. */
export function initialLimits({ clockShiftLimit, billingLockout, longFailureThreshold }: MeterConfig): MeterLimits {
  return { clockShiftLimit, billingLockout, longFailureThreshold };
}

/** Changes a limit to so many seconds (0 to 65 535); false, and nothing changed, for anything else. */
export function setLimit(limits: MeterLimits, name: keyof MeterLimits, seconds: number): boolean {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 0xffff) return false;
  limits[name] = seconds * second;
  return true;
}
