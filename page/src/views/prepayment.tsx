import { useRef, useState } from "preact/hooks";
import type { LiveMeter, PageAmount, PageCredit, PageToken } from "../../../src/dashboard/contract.ts";
import { amountText, number, stampText, valueText } from "../format.ts";
import { mayDo } from "../parts/actions.tsx";
import { useDaysLeft } from "../parts/days-left.ts";
import { KeypadUnit } from "../parts/keypad-unit.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { TokenEntry } from "../parts/token-entry.tsx";
import { live } from "../server.ts";
import { creditSentence, plain } from "../words.ts";

const locale = navigator.language;

export function PrepaymentView({ meter }: { readonly meter: string }) {
  const known = live.value;
  const credit = known?.row.credit;
  const version = useChanges(`${credit == null ? "" : Math.round(credit.value)} ${presentValue(known, "credit_status")}`);
  const daysLeft = useDaysLeft(known, locale);
  const base = `/meters/${encodeURIComponent(meter)}`;
  return (
    <div class="payment">
      <div class="credit">
        <section aria-label="Credit">
          <p class="big" data-key="credit">
            {credit == null ? "–" : number(credit.value, locale, 2)} <small>{credit?.unit}</small>
          </p>
          <p>
            {[plain(String(presentValue(known, "credit_status") ?? presentValue(known, "payment_mode") ?? "")), daysLeft]
              .filter(Boolean)
              .join(" · ")}
          </p>
          <Loaded<readonly PageCredit[]> path={`${base}/credits`} version={version}>
            {(credits) => <Credits credits={credits} />}
          </Loaded>
        </section>
        {mayDo(known, "token") && <TokenEntry meter={meter} name={known?.row.name ?? meter} />}
      </div>
      {known?.keypad === true && <KeypadUnit meter={meter} />}
      <div class="tokens">
        <h2>Tokens</h2>
        <Loaded<readonly PageToken[]> path={`${base}/tokens`} version={version}>
          {(tokens) => <Tokens tokens={tokens} />}
        </Loaded>
      </div>
    </div>
  );
}

function presentValue(meter: LiveMeter | undefined, key: string) {
  return meter?.values.find((value) => value.key === key)?.value;
}

/** How often a text has changed. */
function useChanges(text: string): number {
  const last = useRef(text);
  const changes = useRef(0);
  if (last.current !== text) changes.current += 1;
  last.current = text;
  return changes.current;
}

/** An amount with the currency of the meter. */
function shown(amount: PageAmount): string {
  return amountText(amount, live.value?.row.credit?.unit, locale);
}

function Credits({ credits }: { readonly credits: readonly PageCredit[] }) {
  return (
    <dl class="tiles">
      {credits.map((credit) => (
        <div key={credit.logicalName} class={credit.state === "in-use" ? "on" : ""}>
          <dt>{creditTitles[credit.type]}</dt>
          <dd data-credit={credit.type}>
            {credit.type === "token" && credit.amount !== null ? shown(credit.amount) : creditSentence(credit)}
          </dd>
          {credit.type === "emergency" && credit.preset !== null && <dd class="note">{shown(credit.preset)} in all</dd>}
        </div>
      ))}
    </dl>
  );
}

const creditTitles: Readonly<Record<PageCredit["type"], string>> = {
  token: "Bought",
  reserved: "Friendly hours",
  emergency: "Emergency",
  "time-based": "By time",
  "consumption-based": "By consumption",
};

function Tokens({ tokens }: { readonly tokens: readonly PageToken[] }) {
  const [isWhole, setWhole] = useState(false);
  const all = Object.keys(tokens[0]?.details ?? {});
  const more = isWhole ? all : [];
  if (tokens.length === 0) return <p class="muted">none yet</p>;
  return (
    <>
      {all.length > 0 && (
        <label class="muted">
          <input type="checkbox" checked={isWhole} onChange={() => setWhole(!isWhole)} /> all columns
        </label>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section class="scroll" tabIndex={0} aria-label="Tokens">
        <table data-table="tokens">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Token</th>
              <th scope="col" class="right">
                Amount
              </th>
              <th scope="col" class="right">
                Credit then
              </th>
              <th scope="col">Came</th>
              {more.map((name) => (
                <th scope="col" class="right" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tokens.map(({ stamp, digits, amount, credit, way, details }, index) => (
              <tr key={`${stamp} ${index}`}>
                <th scope="row">{stampText(stamp, locale)}</th>
                <td class="code">{digits}</td>
                <td class="right">{amount === null ? "–" : shown(amount)}</td>
                <td class="right">{credit === null ? "–" : shown(credit)}</td>
                <td>{ways[way ?? ""] ?? way}</td>
                {more.map((name) => (
                  <td class="right" key={name}>
                    {valueText(details[name] ?? null, locale)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

const ways: Readonly<Record<string, string>> = { remote: "over the line", local: "at the meter", manual: "by keypad" };
