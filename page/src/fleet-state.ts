import { computed, effect, signal } from "@preact/signals";
import type { FleetRow } from "../../src/dashboard/contract.ts";
import { type FleetOrder, FleetSorter } from "./fleet-order.ts";
import { countsOf, type FleetFilter, fleetFilters, searched } from "./fleet-rows.ts";
import { fleet } from "./server.ts";

// These stay when somebody looks at a meter and comes back.
export const search = signal("");
export const filter = signal<FleetFilter>("all");
export const order = signal<{ readonly by: FleetOrder; readonly down: boolean }>({ by: "meter", down: false });

const all = computed(() => [...fleet.value.values()]);
/** How many meters there are of each kind. */
export const totals = computed(() => countsOf(all.value));
/** How many of each kind are among those that were searched for. */
export const counts = computed(() => (search.value.trim() === "" ? totals.value : countsOf(searched(all.value, search.value))));

/** The meters as they were when they were put in order. */
const settled = signal<ReadonlyMap<string, FleetRow>>(fleet.peek());
const sorter = new FleetSorter(navigator.language);
const found = computed(() => searched([...settled.value.values()], search.value).filter(fleetFilters[filter.value]));
/** The rows of the table in their order; what a meter says now is in `fleet`. */
export const shown = computed(() => sorter.sorted(found.value, order.value.by, order.value.down));

/** Rows change places no sooner than this after the last time, and this long after somebody did something with the table; ms. */
const pace = 1000;
const rest = 3000;

let used = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Somebody is at the table: for a while nothing slips away under the finger. */
export function use(): void {
  used = Date.now();
}

function settle(): void {
  clearTimeout(timer);
  timer = undefined;
  settled.value = fleet.peek();
}

function settleLater(): void {
  const wait = used + rest - Date.now();
  if (wait > 0 || document.hidden) timer = setTimeout(settleLater, Math.max(wait, pace));
  else settle();
}

// Who comes and who goes is seen at once.
effect(() => {
  if (fleet.value.size !== settled.peek().size) settle();
  else timer ??= setTimeout(settleLater, pace);
});
// Whoever asks for an order gets that of now.
effect(() => {
  void [search.value, filter.value, order.value];
  settle();
});
