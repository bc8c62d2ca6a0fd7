import type { DlmsClient } from "../client/dlms-client.ts";
import {
  ActivityCalendar,
  type DayProfileTable,
  type SeasonProfile,
  type WeekProfileTable,
} from "../cosem-objects/classes/activity-calendar.ts";
import { type SpecialDayEntry, SpecialDaysTable } from "../cosem-objects/classes/special-days-table.ts";
import type { CosemDateTime } from "../dlms/axdr/date-time.ts";

const calendar = "0.0.13.0.0.255";
const specialDays = "0.0.11.0.0.255";

/** A tariff as an activity calendar has it (Blue Book 4.5.5). */
export interface TariffTable {
  readonly name: Uint8Array;
  readonly seasons: SeasonProfile;
  readonly weeks: WeekProfileTable;
  readonly days: DayProfileTable;
}

/** The tariffs of a meter, and its special days, which both of them follow (Blue Book 4.5.4). */
export interface MeterTariffs {
  readonly active: TariffTable;
  readonly passive: TariffTable;
  readonly specialDays: readonly SpecialDayEntry[];
  /** When the passive tariff takes over; all of it unspecified for never. */
  readonly activation: CosemDateTime;
}

type TariffClient = Pick<DlmsClient, "get" | "set" | "invoke">;

/** @throws DataAccessError where the meter refuses */
export async function readTariffs(client: TariffClient): Promise<MeterTariffs> {
  const active: TariffTable = {
    name: await client.get(ActivityCalendar, calendar, "calendarNameActive"),
    seasons: await client.get(ActivityCalendar, calendar, "seasonProfileActive"),
    weeks: await client.get(ActivityCalendar, calendar, "weekProfileTableActive"),
    days: await client.get(ActivityCalendar, calendar, "dayProfileTableActive"),
  };
  const passive = await readPassive(client);
  const days = await client.get(SpecialDaysTable, specialDays, "entries");
  return { active, passive, specialDays: days, activation: await client.get(ActivityCalendar, calendar, "activatePassiveCalendarTime") };
}

export async function readPassive(client: TariffClient): Promise<TariffTable> {
  return {
    name: await client.get(ActivityCalendar, calendar, "calendarNamePassive"),
    seasons: await client.get(ActivityCalendar, calendar, "seasonProfilePassive"),
    weeks: await client.get(ActivityCalendar, calendar, "weekProfileTablePassive"),
    days: await client.get(ActivityCalendar, calendar, "dayProfileTablePassive"),
  };
}

/**
 * Writes the passive tariff: what is referred to before what refers to it, and the name last, so that a table that came in part has
 * no name that it does not deserve.
 * @throws DataAccessError where the meter refuses
 */
export async function writePassive(client: TariffClient, { name, seasons, weeks, days }: TariffTable): Promise<void> {
  await client.set(ActivityCalendar, calendar, "dayProfileTablePassive", days);
  await client.set(ActivityCalendar, calendar, "weekProfileTablePassive", weeks);
  await client.set(ActivityCalendar, calendar, "seasonProfilePassive", seasons);
  await client.set(ActivityCalendar, calendar, "calendarNamePassive", name);
}

/** Writes the special days, which hold at once. */
export async function writeSpecialDays(client: TariffClient, entries: readonly SpecialDayEntry[]): Promise<void> {
  await client.set(SpecialDaysTable, specialDays, "entries", [...entries]);
}

/** Puts the passive tariff in force: now, or at a time of the meter's clock. @throws ActionError, DataAccessError */
export async function activatePassive(client: TariffClient, at: CosemDateTime | undefined): Promise<void> {
  if (at === undefined) await client.invoke(ActivityCalendar, calendar, "activatePassiveCalendar", 0);
  else await client.set(ActivityCalendar, calendar, "activatePassiveCalendarTime", at);
}
