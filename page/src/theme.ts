import { signal } from "@preact/signals";

/** The colours: those of the system, or one of the two. */
export const themes = ["auto", "light", "dark"] as const;

const stored = localStorage.getItem("theme");

export const theme = signal<(typeof themes)[number]>(themes.find((name) => name === stored) ?? "auto");
