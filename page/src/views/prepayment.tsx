import { useRef } from "preact/hooks";
import type { PageToken } from "../../../src/dashboard/contract.ts";
import { number, stampText, valueText } from "../format.ts";
import { KeypadUnit } from "../parts/keypad-unit.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { live } from "../server.ts";
import { plain } from "../words.ts";

const locale = navigator.language;

export function PrepaymentView({ meter }: { readonly meter: string }) {
  const known = live.value;
  const at = (key: string) => known?.values.find((value) => value.key === key)?.value;
  const credit = known?.row.credit;
  const days = at("credit_days_left");
  return (
    <div class="two">
      <section aria-label="Credit">
        <p class="big" data-key="credit">
          {credit == null ? "–" : number(credit.value, locale, 2)} <small>{credit?.unit}</small>
        </p>
        <p>
          {plain(String(at("credit_status") ?? at("payment_mode") ?? ""))}
          {typeof days === "number" && ` · about ${days} ${days === 1 ? "day" : "days"} left`}
        </p>
        <h2>Tokens</h2>
        <Loaded<readonly PageToken[]> path={`/meters/${encodeURIComponent(meter)}/tokens`} version={useRises(credit?.value)}>
          {(tokens) => <Tokens tokens={tokens} />}
        </Loaded>
      </section>
      {known?.keypad === true && <KeypadUnit meter={meter} />}
    </div>
  );
}

/** How often a figure has grown: credit that grows may be a token's. */
function useRises(value: number | undefined): number {
  const last = useRef<number>(undefined);
  const rises = useRef(0);
  if (value !== undefined && last.current !== undefined && value > last.current) rises.current += 1;
  if (value !== undefined) last.current = value;
  return rises.current;
}

function Tokens({ tokens }: { readonly tokens: readonly PageToken[] }) {
  if (tokens.length === 0) return <p class="muted">none yet</p>;
  const names = Object.keys(tokens[0]?.details ?? {});
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="scroll" tabIndex={0} aria-label="Tokens">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            {names.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tokens.map(({ stamp, details }, index) => (
            <tr key={`${stamp} ${index}`}>
              <th scope="row">{stampText(stamp)}</th>
              {names.map((name) => (
                <td key={name}>{valueText(details[name] ?? null, locale)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
