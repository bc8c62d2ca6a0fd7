import { cursorBehind, grouped } from "./frame.ts";
import type { KeypadView } from "./keypad-view.ts";

/** Digits of a token, and of the longest entry. */
export const tokenLength = 20;
const longestCode = 5;

/** What was keyed and not yet entered: at most twenty digits. */
export class Entry {
  #digits = "";

  get digits(): string {
    return this.#digits;
  }

  get empty(): boolean {
    return this.#digits === "";
  }

  /** By its length: a short code, a token, or neither. */
  get kind(): "empty" | "code" | "token" | "neither" {
    const { length } = this.#digits;
    if (length === 0) return "empty";
    if (length <= longestCode) return "code";
    return length === tokenLength ? "token" : "neither";
  }

  /** Adds a digit; false where there is no room. */
  append(digit: string): boolean {
    if (this.#digits.length === tokenLength) return false;
    this.#digits += digit;
    return true;
  }

  backspace(): void {
    this.#digits = this.#digits.slice(0, -1);
  }

  clear(): void {
    this.#digits = "";
  }

  /** What the display shows of it: a code in large digits, of a token how many there are. */
  get echo(): Pick<KeypadView, "main" | "text" | "cursor"> {
    const { length } = this.#digits;
    const cursor = cursorBehind(length);
    return {
      main: length <= longestCode ? this.#digits : `${String(length).padStart(2)} of ${tokenLength}`,
      text: grouped(this.#digits),
      ...(cursor !== undefined && { cursor }),
    };
  }
}
