import { computed, signal, useSignalEffect } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { momentText } from "./format.ts";
import { hashOf, parseRoute, type Route, type View, views } from "./route.ts";
import { fleet, gone, learnInfo, listen, live } from "./server.ts";
import { theme, themes } from "./theme.ts";
import { EngineeringView } from "./views/engineering.tsx";
import { FleetView } from "./views/fleet.tsx";
import { HistoryView } from "./views/history.tsx";
import { LiveView } from "./views/live.tsx";
import { PrepaymentView } from "./views/prepayment.tsx";
import { silenceOf } from "./words.ts";

const route = signal<Route>(parseRoute(location.hash));
addEventListener("hashchange", () => {
  route.value = parseRoute(location.hash);
});

/** Views of one meter share what is heard of it. */
const meterShown = computed(() => (route.value.view === "fleet" ? undefined : route.value.meter));

const viewOf: Readonly<Record<View, ComponentType<{ readonly meter: string }>>> = {
  live: LiveView,
  history: HistoryView,
  prepayment: PrepaymentView,
  engineering: EngineeringView,
};
const titles: Readonly<Record<View, string>> = { live: "Live", history: "History", prepayment: "Prepayment", engineering: "Engineering" };

/** With one meter there is no fleet to look at. */
function only(): string | undefined {
  const [first, second] = [...fleet.value.keys()];
  return second === undefined ? first : undefined;
}

export function App() {
  useEffect(learnInfo, []);
  useSignalEffect(() => {
    document.title = titleOf(route.value);
  });
  useSignalEffect(() => listen(meterShown.value));
  useSignalEffect(() => {
    const meter = only();
    if (meter !== undefined && route.value.view === "fleet") location.replace(hashOf({ view: "live", meter }));
  });
  const { value } = route;
  const Shown = value.view === "fleet" ? undefined : viewOf[value.view];
  return (
    <>
      <a class="skip" href="#content">
        to the content
      </a>
      <header class="top">
        <a class="brand" href="#/">
          dlms-gateway
        </a>
        {value.view !== "fleet" && <Tabs meter={value.meter} view={value.view} />}
        <ThemeSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        {value.view === "fleet" || Shown === undefined ? (
          <FleetView />
        ) : (
          <>
            <Heading meter={value.meter} />
            <Shown meter={value.meter} key={value.meter} />
          </>
        )}
      </main>
    </>
  );
}

function titleOf(present: Route): string {
  const parts = present.view === "fleet" ? ["Meters"] : [titles[present.view], live.value?.row.name ?? present.meter];
  return [...parts, "dlms-gateway"].join(" · ");
}

function Tabs({ meter, view }: { readonly meter: string; readonly view: View }) {
  return (
    <nav aria-label="Views of the meter">
      {views.map((name) => (
        <a key={name} href={hashOf({ view: name, meter })} aria-current={name === view ? "page" : undefined}>
          {titles[name]}
        </a>
      ))}
    </nav>
  );
}

/** Who the meter is, and why nothing comes where nothing comes. */
function Heading({ meter }: { readonly meter: string }) {
  const known = live.value;
  const nobody = fleet.value.size > 0 && !fleet.value.has(meter) ? "there is no such meter" : undefined;
  const stale = known?.quality === "stale" ? "it repeats its last answer" : undefined;
  const silence = known === undefined ? (gone.value ?? nobody) : (silenceOf(known.row, gone.value) ?? stale);
  const since = known?.readTime == null ? "" : `no data since ${momentText(known.readTime, Date.now(), navigator.language)}: `;
  return (
    <div class="heading">
      <h1>{known?.row.name ?? meter}</h1>
      <p class="muted">{[known?.row.model, known?.row.serialNumber, known?.manufacturer].filter(Boolean).join(" · ")}</p>
      <p role="status" class={silence === undefined ? "sr" : "notice"}>
        {silence === undefined ? "" : `${since}${silence}`}
      </p>
    </div>
  );
}

function ThemeSwitch() {
  useSignalEffect(() => {
    document.documentElement.dataset["theme"] = theme.value;
    localStorage.setItem("theme", theme.value);
  });
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? "auto";
  return (
    <button
      type="button"
      class="quiet theme"
      onClick={() => {
        theme.value = next;
      }}
    >
      <span aria-hidden="true">◐ </span>
      <span class="sr">Colours: </span>
      {theme.value}
    </button>
  );
}
