import { computed, signal } from "@preact/signals";
import { type FleetFilter, type FleetOrder, fleetFilters, ordered, searched } from "../fleet-rows.ts";
import { number } from "../format.ts";
import { FleetTable } from "../parts/fleet-table.tsx";
import { fleet, gone } from "../server.ts";

const locale = navigator.language;

// These stay when somebody looks at a meter and comes back.
const search = signal("");
const filter = signal<FleetFilter>("all");
const order = signal<{ readonly by: FleetOrder; readonly down: boolean }>({ by: "meter", down: false });

const found = computed(() => searched([...fleet.value.values()], search.value));
const shown = computed(() => ordered(found.value.filter(fleetFilters[filter.value]), order.value.by, order.value.down, locale));

export function FleetView() {
  return (
    <>
      <div class="heading">
        <h1>Meters</h1>
        <p role="status" class={gone.value === undefined ? "muted" : "notice"}>
          {gone.value ?? `${number(shown.value.length, locale)} of ${number(fleet.value.size, locale)}`}
        </p>
      </div>
      <div class="filters">
        <label>
          <span class="sr">Search meters</span>
          <input
            type="search"
            placeholder="name, number, alarm"
            value={search.value}
            onInput={({ currentTarget }) => {
              search.value = currentTarget.value;
            }}
          />
        </label>
        {(Object.keys(fleetFilters) as FleetFilter[]).map((name) => (
          <button
            type="button"
            key={name}
            aria-pressed={name === filter.value}
            onClick={() => {
              filter.value = name;
            }}
          >
            {name} <small>{number(found.value.filter(fleetFilters[name]).length, locale)}</small>
          </button>
        ))}
      </div>
      <FleetTable rows={shown.value} order={order} />
    </>
  );
}
