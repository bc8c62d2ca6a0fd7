/**
 * Answer to a command: accepted, or why not. `no-supply`: the meter is dead; `out-of-range`: not a value it takes;
 * `duplicate`: the newest row of the profile is not older; `too-soon`: the same was done a moment ago; `refused`: not as
 * the meter is now.
 */
export type CommandOutcome = "accepted" | "no-supply" | "out-of-range" | "duplicate" | "too-soon" | "refused";
