import type { ProgressListener } from "../../client/association.ts";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { type DeviceView, ObjectReader } from "../../client/object-reader.ts";
import { readProfile } from "../../client/profile-reader.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import { profileNames } from "../../cosem-objects/names.ts";
import { plainValue } from "../../cosem-objects/plain-value.ts";
import { DataAccessError } from "../../errors.ts";
import { instantOf } from "../../gateway/readings.ts";
import { profileJson } from "../profile-text.ts";
import { displayName, readingToJson } from "../readings.ts";
import { eventLogsOf, logNameOf, readEvents } from "./event-rows.ts";
import type { MeterReport, ReportLog, ReportProfile, ReportSection } from "./meter-report.ts";
import { raisedAlarms } from "./raised-alarms.ts";
import { clockItem, reportGroups } from "./report-items.ts";

/** What a report needs besides the meter. */
export interface ReportOptions {
  /** Days of the load curve. */
  readonly days: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onProgress?: ProgressListener;
}

const daySeconds = 86_400;
/** Days of the bars. */
const barDays = 31;
/** Of each log. */
const newestEvents = 10;
const usualPeriod = 900;
const mostRows = 10_000;

/** Reads what a report tells of a meter; what is refused is named in it and no failure. */
export async function readReport(client: DlmsClient, view: DeviceView, options: ReportOptions): Promise<MeterReport> {
  const reader = new ObjectReader(client, view);
  const notRead: string[] = [];
  const clock = await readClock(reader, options.now);
  if (clock === null) notRead.push("clock");
  const sections = await readSections(reader, notRead);
  const device = await readDevice(reader);
  const profiles = [
    await readRows(client, reader, "load", options.days * daySeconds, notRead, options.onProgress),
    // Bars are differences: as many days need a row more.
    await readRows(client, reader, "daily", (barDays + 1) * daySeconds, notRead, options.onProgress),
  ].flatMap((profile) => profile ?? []);
  const logs = await readLogs(client, reader, view, device ?? undefined, notRead);
  return {
    created: new Date(options.now()).toISOString(),
    client: client.context.clientSap,
    device,
    clock,
    sections,
    alarms: raisedAlarms(
      sections.flatMap(({ readings }) => readings),
      device,
    ),
    profiles,
    logs,
    notRead,
  };
}

async function readClock(reader: ObjectReader, now: () => number): Promise<MeterReport["clock"]> {
  if (reader.find(clockItem.logicalName) === undefined) return null;
  const asked = now();
  const [reading] = await reader.read([clockItem]);
  if (reading?.value === undefined) return null;
  // The meter answered somewhere in between.
  const then = (asked + now()) / 2;
  const instant = instantOf(reading);
  return {
    meterTime: String(plainValue(reading.value)),
    driftSeconds: instant === undefined ? null : Math.round((instant - then) / 1000),
  };
}

async function readDevice(reader: ObjectReader): Promise<string | null> {
  const [reading] = await reader.read([{ logicalName: "0.0.42.0.0.255", attribute: 2 }]);
  return reading?.value === undefined ? null : String(plainValue(reading.value));
}

async function readSections(reader: ObjectReader, notRead: string[]): Promise<readonly ReportSection[]> {
  const visible = reportGroups.map(({ group, items }) => ({
    group,
    items: items.filter(({ logicalName }) => reader.find(logicalName) !== undefined),
  }));
  const readings = await reader.read(visible.flatMap(({ items }) => items));
  let end = 0;
  return visible.flatMap(({ group, items }): readonly ReportSection[] => {
    end += items.length;
    const own = readings.slice(end - items.length, end);
    const shown = own.filter(({ error }) => error === undefined).map(readingToJson);
    if (shown.length === 0) {
      notRead.push(group);
      return [];
    }
    notRead.push(...own.filter(({ error }) => error !== undefined).map(displayName));
    return [{ title: group, readings: shown }];
  });
}

/** The newest rows, as many as there should be in so many seconds. */
async function readRows(
  client: DlmsClient,
  reader: ObjectReader,
  name: "load" | "daily",
  seconds: number,
  notRead: string[],
  onProgress?: ProgressListener,
): Promise<ReportProfile | undefined> {
  const logicalName = profileNames[name];
  return unlessRefused(`${name} profile`, notRead, reader.find(logicalName) !== undefined, async () => {
    const period = (await client.get(ProfileGeneric, logicalName, "capturePeriod")) || usualPeriod;
    const count = Math.min(mostRows, Math.max(1, Math.ceil(seconds / period)));
    const table = await readProfile(client, reader, logicalName, { kind: "last", count }, onProgress);
    return { name, ...profileJson(table) };
  });
}

async function readLogs(
  client: DlmsClient,
  reader: ObjectReader,
  view: DeviceView,
  device: string | undefined,
  notRead: string[],
): Promise<readonly ReportLog[]> {
  const names = eventLogsOf(view.objects);
  if (names.length === 0) notRead.push("event logs");
  const logs: ReportLog[] = [];
  for (const logicalName of names) {
    const log = logNameOf(logicalName);
    const events = await unlessRefused(`log ${log}`, notRead, true, () =>
      readEvents(client, reader, logicalName, { kind: "last", count: newestEvents }, device),
    );
    if (events !== undefined) logs.push({ log, events: events.toReversed() });
  }
  return logs;
}

async function unlessRefused<T>(what: string, notRead: string[], visible: boolean, read: () => Promise<T>): Promise<T | undefined> {
  try {
    if (visible) return await read();
  } catch (error) {
    if (!(error instanceof DataAccessError)) throw error;
  }
  notRead.push(what);
  return undefined;
}
