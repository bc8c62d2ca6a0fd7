import { stringify } from "yaml";
import { z } from "zod";
import { integer, list, section, textLike } from "./fields.ts";

/** Days of the week in the order of a week's days. */
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

// "*-04-01", "2027-12-25", "*-03-last sun", with a time "T02:00"; what cannot be said so is the octets themselves.
const datePattern = new RegExp(
  `^((\\d{4}|\\*)-(\\d\\d|\\*)-(\\d\\d|\\*|last|last2)( (${weekdays.join("|")}))?(T\\d\\d:\\d\\d)?|hex:[0-9A-F]+)$`,
);
const date = () => textLike("expected a date such as *-04-01, 2027-12-25, *-03-last sun or *-04-01T02:00", datePattern);
const name = () => textLike("expected up to 16 plain characters, or hex:octets", /^([!-~][ -~]{0,15}|hex:[0-9A-F]*)$/);
const obis = () =>
  textLike("expected an OBIS code such as 0-0:10.0.100", /^\d{1,3}(-\d{1,3}:|\.)\d{1,3}\.\d{1,3}\.\d{1,3}([.*]\d{1,3}){0,2}$/);
const timeOfDay = () => textLike("expected a time such as 06:30 or 06:30:15", /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/);
const dayId = () => integer(0, 255);

/** The table of tariff scripts that meters have (Blue Book 6.2.7). */
export const tariffScripts = "0-0:10.0.100";

const season = section({ name: name(), from: date(), week: name() });
const week = section({ name: name(), days: z.array(dayId()).length(7, "expected seven days, Monday to Sunday") });
const action = section({ at: timeOfDay(), script: integer(0, 65_535), table: obis().prefault(tariffScripts) });
const day = section({ id: dayId(), schedule: list(action) });
const specialDay = section({ date: date(), day: dayId() });

/** A tariff as a file: seasons that have weeks, weeks that have days, days that have scripts to run by the clock. */
export const tariffSchema = section({
  name: name(),
  seasons: list(season),
  weeks: list(week),
  days: list(day),
  specialDays: list(specialDay).optional(),
}).superRefine((tariff, context) => {
  const report = (path: readonly (string | number)[], message: string) =>
    void context.addIssue({ code: "custom", path: [...path], message });
  const weekNames = new Set(tariff.weeks.map((known) => known.name));
  const dayIds = new Set(tariff.days.map((known) => known.id));
  for (const key of ["seasons", "weeks", "days"] as const) if (tariff[key].length === 0) report([key], "expected at least one");
  for (const index of repeated(tariff.seasons.map((known) => known.name)))
    report(["seasons", index, "name"], "another season has this name");
  for (const index of repeated(tariff.weeks.map((known) => known.name))) report(["weeks", index, "name"], "another week has this name");
  for (const index of repeated(tariff.days.map((known) => known.id))) report(["days", index, "id"], "another day has this number");
  for (const [index, known] of tariff.seasons.entries()) {
    if (!weekNames.has(known.week)) report(["seasons", index, "week"], `there is no week ${known.week}`);
  }
  for (const [index, { days }] of tariff.weeks.entries()) {
    for (const [weekday, id] of days.entries()) if (!dayIds.has(id)) report(["weeks", index, "days", weekday], `there is no day ${id}`);
  }
  for (const [index, { schedule }] of tariff.days.entries()) {
    for (const [entry, { at }] of schedule.entries()) {
      const before = schedule[entry - 1]?.at;
      if (before === undefined || padded(at) > padded(before)) continue;
      report(["days", index, "schedule", entry, "at"], `expected a time behind ${before}`);
    }
  }
  for (const [index, known] of (tariff.specialDays ?? []).entries()) {
    if (!dayIds.has(known.day)) report(["specialDays", index, "day"], `there is no day ${known.day}`);
  }
});

export type TariffFile = z.output<typeof tariffSchema>;

/** The tariff as a file that `tariffSchema` takes; what is as usual is left out. */
export function formatTariff(tariff: TariffFile): string {
  const days = tariff.days.map(({ id, schedule }) => ({
    id,
    schedule: schedule.map(({ table, ...rest }) => (table === tariffScripts ? rest : { ...rest, table })),
  }));
  return stringify({ ...tariff, days }, { collectionStyle: "any", flowCollectionPadding: true, lineWidth: 0 });
}

function repeated(values: readonly (string | number)[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

function padded(time: string): string {
  return time.length === 5 ? `${time}:00` : time;
}
