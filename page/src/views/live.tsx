import type { LiveMeter } from "../../../src/dashboard/contract.ts";
import { number, stampText, timeText, valueText } from "../format.ts";
import { Actions } from "../parts/actions.tsx";
import { Chart } from "../parts/chart.tsx";
import { useDaysLeft } from "../parts/days-left.ts";
import { live } from "../server.ts";
import { plain } from "../words.ts";

const locale = navigator.language;
/** What has a tile, in this order; the rest is in the table below. */
const tiles: readonly (readonly [string, string])[] = [
  ["voltage_l1", "Voltage"],
  ["current_l1", "Current"],
  ["power_factor", "Power factor"],
  ["frequency", "Frequency"],
  ["tariff", "Tariff"],
  ["step", "Step"],
  ["relay_state", "Supply"],
  ["credit_balance_kwh", "Credit"],
  ["credit_balance", "Credit"],
];

export function LiveView() {
  const meter = live.value;
  const daysLeft = useDaysLeft(meter, locale);
  if (meter === undefined) return <p class="muted">waiting for the meter …</p>;
  const at = (key: string) => meter.values.find((value) => value.key === key);
  const power = at("active_power_import");
  return (
    <>
      <section class="hero" aria-label="Power">
        <p class="big" data-key="active_power_import">
          {power === undefined ? "–" : valueText(power.value, locale)} <small>{power?.unit}</small>
        </p>
        <Chart
          label="Power"
          unit="W"
          kind="line"
          fromZero
          height={180}
          times={meter.recentPower.map(([time]) => time / 1000)}
          values={meter.recentPower.map(([, watts]) => watts)}
        />
      </section>
      <Alarms meter={meter} />
      <dl class="tiles">
        {tiles.map(([key, name]) => {
          const value = at(key);
          if (value === undefined) return undefined;
          return (
            <div key={key}>
              <dt>{name}</dt>
              <dd data-key={key}>
                {typeof value.value === "number" ? number(value.value, locale, 2) : plain(valueText(value.value, locale))}{" "}
                <small>{value.unit}</small>
              </dd>
              {key.startsWith("credit_balance") && daysLeft !== undefined && <dd class="note">{daysLeft}</dd>}
            </div>
          );
        })}
      </dl>
      <Actions meter={meter} />
      <details>
        <summary>All values</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Object</th>
              <th scope="col" class="right">
                Value
              </th>
              <th scope="col">Unit</th>
            </tr>
          </thead>
          <tbody>
            {meter.values.map(({ key, name, logicalName, value, unit }) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                <td class="code">{logicalName}</td>
                <td class="right">{valueText(value, locale)}</td>
                <td>{unit}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      <p class="muted">
        {meter.readTime !== null && `read ${timeText(meter.readTime, locale)}`}
        {meter.meterTime !== null && ` · its clock shows ${stampText(meter.meterTime, locale)}`}
        {meter.row.driftSeconds !== null && meter.row.driftSeconds !== 0 && ` (${meter.row.driftSeconds} s off)`}
        {meter.quality !== "good" && ` · ${meter.quality}`}
      </p>
    </>
  );
}

function Alarms({ meter }: { readonly meter: LiveMeter }) {
  const { alarms } = meter.row;
  return (
    <>
      <ul class="alarms" aria-live="polite" aria-label="Alarms">
        {alarms.map((alarm) => (
          <li key={alarm}>{plain(alarm)}</li>
        ))}
      </ul>
      {alarms.length > 0 && <p class="muted hint">Alarms stay until they are cleared.</p>}
    </>
  );
}
