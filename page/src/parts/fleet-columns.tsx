import type { ComponentChildren } from "preact";
import type { FleetRow } from "../../../src/dashboard/contract.ts";
import { now } from "../clock.ts";
import type { FleetOrder } from "../fleet-order.ts";
import { age } from "../format.ts";
import { plain, silenceOf } from "../words.ts";

/** A column of the table of meters. */
export interface FleetColumn {
  readonly by: FleetOrder;
  readonly name: string;
  readonly content: (row: FleetRow) => ComponentChildren;
  /** On the right are numbers; spare ones are left out where there is less room. */
  readonly looks: string;
}

// Made once: a formatter takes longer than all it is used for.
const whole = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 0, signDisplay: "exceptZero" });
const hundredths = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 2 });

export const stateText = (row: FleetRow): string => silenceOf(row, undefined) ?? "online";
export const alarmsText = ({ alarms }: FleetRow): string => alarms.map(plain).join(", ");

export const fleetColumns: readonly FleetColumn[] = [
  { by: "meter", name: "Meter", content: ({ name }) => name, looks: "" },
  { by: "serial", name: "Serial number", content: ({ serialNumber }) => serialNumber, looks: "spare" },
  { by: "state", name: "State", content: stateText, looks: "" },
  { by: "contact", name: "Last contact", content: ({ lastRead }) => <Ago instant={lastRead} />, looks: "right" },
  {
    by: "drift",
    name: "Drift",
    content: ({ driftSeconds }) => driftSeconds !== null && `${signed.format(driftSeconds)} s`,
    looks: "right spare",
  },
  { by: "power", name: "Power", content: ({ power }) => power !== null && `${whole.format(power)} W`, looks: "right" },
  {
    by: "credit",
    name: "Credit",
    content: ({ credit }) => credit !== null && `${hundredths.format(credit.value)} ${credit.unit}`,
    looks: "right",
  },
  { by: "supply", name: "Supply", content: ({ relay }) => relay !== null && plain(relay), looks: "" },
  { by: "alarms", name: "Alarms", content: alarmsText, looks: "bad" },
];

/** How long ago something was; it goes on by itself. */
function Ago({ instant }: { readonly instant: number | null }) {
  return <>{instant === null ? "never" : `${age(now.value - instant)} ago`}</>;
}
