import type { MeterReport, ReportProfile } from "../../../src/cli/report/meter-report.ts";
import type { PlainValue } from "../../../src/cosem-objects/plain-value.ts";

/** A profile of a clock and one register, with these rows. */
export function registerProfile(
  name: string,
  rows: readonly (readonly PlainValue[])[],
  unit = "Wh",
  obis = "1.0.1.8.0.255" as const,
): ReportProfile {
  return {
    name,
    logicalName: "1.0.99.1.0.255",
    capturePeriod: 900,
    columns: [
      { logicalName: "0.0.1.0.0.255", classId: 8, attribute: 2, name: "Clock" },
      { logicalName: obis, classId: 3, attribute: 2, name: "Register", unit },
    ],
    rows,
  };
}

/** A report in which everything a meter may say is this text. */
export function reportSaying(text: string): MeterReport {
  const reading = { logicalName: "0.0.96.1.0.255", obis: "0-0:96.1.0*255", classId: 1, attribute: 2, name: text, value: text, unit: text };
  return {
    created: "2026-11-22T12:00:00.000Z",
    client: 2,
    device: text,
    clock: { meterTime: text, driftSeconds: 61 },
    sections: [{ title: text, readings: [reading] }],
    alarms: [{ register: 1, bit: 2, events: [text] }],
    profiles: [
      {
        ...registerProfile("load", [
          ["2026-11-22T00:00:00+01:00", 1],
          ["2026-11-22T00:15:00+01:00", 2],
        ]),
        columns: [
          { logicalName: "0.0.1.0.0.255", classId: 8, attribute: 2, name: text },
          { logicalName: "1.0.1.8.0.255", classId: 3, attribute: 2, name: text, unit: "W" },
        ],
      },
    ],
    logs: [{ log: text, events: [{ log: text, at: text, code: 1, event: text, details: { [text]: text } }] }],
    notRead: [text],
  };
}
