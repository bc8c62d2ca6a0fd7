import { computed, signal } from "@preact/signals";

/** The colours: those of the system, or one of the two. */
export const themes = ["auto", "light", "dark"] as const;

const stored = localStorage.getItem("theme");

export const theme = signal<(typeof themes)[number]>(themes.find((name) => name === stored) ?? "auto");

const query = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(query.matches);
query.addEventListener("change", ({ matches }) => {
  systemIsDark.value = matches;
});

/** Which colours are shown now: what is painted, not styled, has to be painted anew. */
export const isDark = computed(() => (theme.value === "auto" ? systemIsDark.value : theme.value === "dark"));
