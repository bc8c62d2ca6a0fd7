import type { FleetOrder } from "../fleet-order.ts";
import { type FleetFilter, fleetFilters } from "../fleet-rows.ts";
import { counts, filter, order, search } from "../fleet-state.ts";
import { number } from "../format.ts";
import { fleetColumns } from "./fleet-columns.tsx";

/** Which meters somebody wants to see. */
export function FleetFilters() {
  return (
    <search class="filters">
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
          {name} <small>{number(counts.value[name], navigator.language)}</small>
        </button>
      ))}
    </search>
  );
}

/** The order, where no heading of the table can be pressed. */
export function FleetOrderChoice() {
  const { by, down } = order.value;
  return (
    <p class="filters order">
      <label>
        <span>Sort by </span>
        <select
          value={by}
          onChange={({ currentTarget }) => {
            order.value = { by: currentTarget.value as FleetOrder, down: false };
          }}
        >
          {fleetColumns.map(({ by: each, name }) => (
            <option key={each} value={each}>
              {name.toLowerCase()}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        aria-pressed={down}
        onClick={() => {
          order.value = { by, down: !down };
        }}
      >
        reversed
      </button>
    </p>
  );
}
