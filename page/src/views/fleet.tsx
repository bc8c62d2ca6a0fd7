import { layout } from "../fleet-layout.ts";
import { counts, filter, shown, totals } from "../fleet-state.ts";
import { number } from "../format.ts";
import { FleetFilters, FleetOrderChoice } from "../parts/fleet-filters.tsx";
import { FleetTable } from "../parts/fleet-table.tsx";
import { gone, heard } from "../server.ts";

const text = (count: number) => number(count, navigator.language);

export function FleetView() {
  // Nothing is said of meters that nobody has told of yet.
  if (!heard.value) {
    return (
      <div class="meters">
        <div class="heading">
          <h1>Meters</h1>
          <p role="status" class={gone.value === undefined ? "muted" : "notice"}>
            {gone.value ?? "asking the gateway …"}
          </p>
        </div>
      </div>
    );
  }
  return (
    <div class="meters">
      <div class="heading">
        <h1>Meters</h1>
        <p role="status" class={gone.value === undefined ? "muted" : "notice"}>
          {gone.value ?? `${text(shown.value.length)} of ${text(totals.value.all)}`}
        </p>
        <Summary />
      </div>
      <FleetFilters />
      {layout.value.narrow && <FleetOrderChoice />}
      {shown.value.length > 0 ? <FleetTable /> : <Nothing />}
    </div>
  );
}

/** How it stands with all of them. */
function Summary() {
  const { all, "not answering": silent, "with alarms": alarmed } = totals.value;
  return <p class="muted">{`${text(all - silent)} online, ${text(silent)} not, ${text(alarmed)} with alarms`}</p>;
}

function Nothing() {
  if (totals.value.all === 0) return <p class="muted">no meter is known yet</p>;
  return (
    <p class="muted">{counts.value.all === 0 ? "no meter is called that" : `of those that are called that, none is ${filter.value}`}</p>
  );
}
