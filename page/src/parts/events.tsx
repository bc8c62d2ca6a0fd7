import { useState } from "preact/hooks";
import type { PageEvent } from "../../../src/dashboard/contract.ts";
import { stampText, valueText } from "../format.ts";
import { plain } from "../words.ts";
import { Loaded } from "./loaded.tsx";

const locale = navigator.language;

/** What the logs of the meter say, newest first. */
export function EventsPanel({ meter }: { readonly meter: string }) {
  const [search, setSearch] = useState("");
  const [log, setLog] = useState("");
  return (
    <Loaded<readonly PageEvent[]> path={`/meters/${encodeURIComponent(meter)}/events?last=500`}>
      {(events) => {
        const found = events.filter(
          (event) => (log === "" || event.log === log) && plain(`${event.log} ${event.name}`).includes(search.toLowerCase()),
        );
        return (
          <>
            <p class="filters">
              <label>
                <span class="sr">Log</span>
                <select value={log} onChange={({ currentTarget }) => setLog(currentTarget.value)}>
                  <option value="">all logs</option>
                  {[...new Set(events.map((event) => event.log))].sort().map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              </label>
              <label>
                <span class="sr">Search events</span>
                <input type="search" placeholder="search" value={search} onInput={({ currentTarget }) => setSearch(currentTarget.value)} />
              </label>
              <span class="muted" role="status">
                {found.length} of {events.length}
              </span>
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
            <section class="scroll" tabIndex={0} aria-label="Events">
              <table>
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">Log</th>
                    <th scope="col">Event</th>
                    <th scope="col">Details</th>
                  </tr>
                </thead>
                <tbody>
                  {found.map((event, index) => (
                    <tr key={index}>
                      <td>{stampText(event.stamp, locale)}</td>
                      <td>{event.log}</td>
                      <td>
                        {plain(event.name)} {event.code !== null && <small>{event.code}</small>}
                      </td>
                      <td>
                        {Object.entries(event.details)
                          .map(([name, value]) => `${plain(name)} ${valueText(value, locale)}`)
                          .join(", ")}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </>
        );
      }}
    </Loaded>
  );
}
