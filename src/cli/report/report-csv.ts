import type { PlainValue } from "../../cosem-objects/plain-value.ts";
import { csvCell, csvLine } from "../profile-text.ts";
import { displayPlain } from "../readings.ts";
import type { MeterReport } from "./meter-report.ts";

const titles = ["section", "name", "obis", "time", "value", "unit", "details"] as const;

type Row = Readonly<Partial<Record<(typeof titles)[number], PlainValue>>>;

/** The figures of a report, one a line. */
export function reportCsv(report: MeterReport): string {
  const { created, client, device, clock } = report;
  const rows: readonly Row[] = [
    { section: "report", name: "created", value: created },
    { section: "report", name: "client", value: client },
    { section: "report", name: "device", value: device },
    ...(clock === null ? [] : [{ section: "clock", name: "meter time", time: clock.meterTime, value: clock.meterTime }]),
    ...(clock === null ? [] : [{ section: "clock", name: "drift", value: clock.driftSeconds, unit: "s" }]),
    ...report.sections.flatMap(({ title, readings }) =>
      readings.map(({ name, obis, value, unit }): Row => ({ section: title, name, obis, value: value ?? null, unit: unit ?? null })),
    ),
    ...report.alarms.map(({ register, bit, events }) => ({
      section: "alarms that are set",
      name: `register ${register}`,
      value: bit,
      details: events.join(" "),
    })),
    ...report.profiles.flatMap(profileRows),
    ...report.logs.flatMap(({ log, events }) =>
      events.map(({ at, code, event, details }) => ({
        section: `log ${log}`,
        name: event,
        time: at,
        value: code,
        details: detailsOf(details),
      })),
    ),
    ...report.notRead.map((name) => ({ section: "not read", name })),
  ];
  return [csvLine(titles), ...rows.map((row) => csvLine(titles.map((title) => harmless(row[title] ?? null))))].join("");
}

function profileRows({ name, columns, rows }: MeterReport["profiles"][number]): readonly Row[] {
  const clock = columns.findIndex(({ classId, attribute }) => classId === 8 && attribute === 2);
  return rows.flatMap((row) =>
    columns.flatMap((column, index): readonly Row[] =>
      index === clock
        ? []
        : [
            {
              section: `${name} profile`,
              name: column.name,
              obis: column.logicalName,
              time: row[clock] ?? null,
              value: row[index] ?? null,
              unit: column.unit ?? null,
            },
          ],
    ),
  );
}

function detailsOf(details: Readonly<Record<string, PlainValue>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${displayPlain(value)}`)
    .join(", ");
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe; numbers stay what they are. */
function harmless(value: PlainValue): string {
  const text = csvCell(value);
  return typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
