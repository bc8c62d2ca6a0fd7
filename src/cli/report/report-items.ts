import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { summary } from "../summary.ts";

/** Attributes that a report shows under one heading. */
type ReportGroup = (typeof summary)[number];

/** The clock stands by itself: what it shows is only true when it is read alone. */
export const clockItem = { logicalName: "0.0.1.0.0.255", attribute: 2 } as const;

/** The summary of `dlms read`, and what a technician writes down besides. */
export const reportGroups: readonly ReportGroup[] = [
  ...summary
    .filter(({ group }) => group !== "clock")
    .map(({ group, items }) => ({ group, items: group === "alarms" ? [...items, ...values("0.0.97.98.2.255")] : items })),
  {
    group: "energy by rate",
    items: values(...[1, 2, 3, 4].flatMap((rate): LogicalName[] => [`1.0.1.8.${rate}.255`, `1.0.2.8.${rate}.255`])),
  },
  {
    group: "firmware and parameters",
    items: values("1.1.0.2.0.255", "1.2.0.2.0.255", "1.0.0.2.8.255", "1.0.0.2.1.255", "1.0.0.2.2.255", "0.0.96.2.0.255", "0.0.96.2.1.255"),
  },
  {
    group: "seals and tampering",
    items: values(
      "0.0.96.20.0.255",
      "0.0.96.20.5.255",
      "0.0.96.20.15.255",
      "0.0.96.20.20.255",
      "0.0.96.20.25.255",
      "0.0.96.20.30.255",
      "0.0.96.66.14.255",
      "0.0.96.66.15.255",
    ),
  },
  { group: "battery", items: values("0.0.96.6.0.255", "0.0.96.6.3.255", "0.0.96.6.6.255") },
];

function values(...logicalNames: readonly LogicalName[]): ReportGroup["items"] {
  return logicalNames.map((logicalName) => ({ logicalName, attribute: 2 }));
}
