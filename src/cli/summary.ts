import type { LogicalName } from "../cosem-objects/logical-name.ts";

/** What a technician wants first, in groups; the words name a group that a client may not see. */
export const summary: readonly {
  readonly group: string;
  readonly items: readonly { readonly logicalName: LogicalName; readonly attribute: number }[];
}[] = [
  { group: "identity", items: values("0.0.42.0.0.255", "0.0.96.1.0.255", "0.0.96.1.1.255", "0.0.96.1.2.255", "1.0.0.2.0.255") },
  { group: "clock", items: values("0.0.1.0.0.255") },
  { group: "energy", items: values("1.0.1.8.0.255", "1.0.2.8.0.255", "1.0.3.8.0.255", "1.0.4.8.0.255", "1.0.9.8.0.255") },
  {
    group: "power",
    items: values(
      "1.0.1.7.0.255",
      "1.0.2.7.0.255",
      "1.0.3.7.0.255",
      "1.0.9.7.0.255",
      "1.0.32.7.0.255",
      "1.0.31.7.0.255",
      "1.0.91.7.0.255",
      "1.0.13.7.0.255",
      "1.0.14.7.0.255",
      "1.0.1.6.0.255",
    ),
  },
  {
    group: "supply control",
    items: [
      { logicalName: "0.0.96.3.10.255", attribute: 2 },
      { logicalName: "0.0.96.3.10.255", attribute: 3 },
    ],
  },
  { group: "credit", items: values("0.0.96.60.0.255", "0.0.96.61.0.255") },
  { group: "alarms", items: values("0.0.97.97.0.255", "0.0.97.98.0.255", "0.0.97.98.1.255") },
];

function values(...logicalNames: readonly LogicalName[]): readonly { readonly logicalName: LogicalName; readonly attribute: number }[] {
  return logicalNames.map((logicalName) => ({ logicalName, attribute: 2 }));
}
