import { StoreError } from "../../src/errors.ts";

/** The error an action throws, which has to be a `StoreError`. */
export function storeErrorOf(action: () => unknown): StoreError {
  try {
    action();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new TypeError("nothing was thrown");
}
