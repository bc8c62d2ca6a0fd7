/** What the supply is in for the control: `ready-for-reconnection` waits for a press or for the meter itself to connect it. */
export const controlStates = ["disconnected", "connected", "ready-for-reconnection"] as const;
export type ControlState = (typeof controlStates)[number];

/** Control modes of the disconnect control (Blue Book, class 70). */
export const controlModes = [0, 1, 2, 3, 4, 5, 6] as const;

/** 0 to 6. */
export type ControlMode = (typeof controlModes)[number];

/**
 * The transitions of the class, by its letters: a remote reconnect, b and c remote disconnect, d remote reconnect to
 * ready, e manual reconnect, f manual disconnect, g local disconnect, h local reconnect.
 */
export type Transition = "a" | "b" | "c" | "d" | "e" | "f" | "g" | "h";

/** Which transitions each mode has; in mode 0 the supply is always connected. */
const transitions: Readonly<Record<ControlMode, string>> = {
  0: "",
  1: "bcfgde",
  2: "bcfgae",
  3: "bcgde",
  4: "bcgae",
  5: "bcfgdeh",
  6: "bcgdeh",
};

/** Whether a mode has a transition. */
export function allows(mode: ControlMode, transition: Transition): boolean {
  return transitions[mode].includes(transition);
}

/** Whether a number is a control mode. */
export function isControlMode(mode: number): mode is ControlMode {
  return (controlModes as readonly number[]).includes(mode);
}
