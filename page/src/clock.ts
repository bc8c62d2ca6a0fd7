import { signal } from "@preact/signals";

/** Now, as far as ages of minutes need it; ms since 1970. It stands while nobody looks. */
export const now = signal(Date.now());

const period = 5000;

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, period);
document.addEventListener("visibilitychange", () => {
  now.value = Date.now();
});
