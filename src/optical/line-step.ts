/** What a machine wants done on the line, one after the other. */
export type LineStep =
  /** Octets to send, with parity where the line has it. */
  | { readonly type: "send"; readonly octets: Uint8Array }
  /** Nothing for so many ms. */
  | { readonly type: "wait"; readonly milliseconds: number }
  /** What was sent has to be out; then another speed. */
  | { readonly type: "speed"; readonly baudRate: number };

/** ms that the octets of steps take on the line, and the waits between. */
export function durationOf(steps: readonly LineStep[], baudRate: number): number {
  let [duration, rate] = [0, baudRate];
  for (const step of steps) {
    if (step.type === "send") duration += (step.octets.length * 10_000) / rate;
    else if (step.type === "wait") duration += step.milliseconds;
    else rate = step.baudRate;
  }
  return Math.ceil(duration);
}
