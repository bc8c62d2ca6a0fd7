import type { DlmsClient } from "../../client/dlms-client.ts";
import type { ObjectReader } from "../../client/object-reader.ts";
import { type ProfileSelection, readProfile } from "../../client/profile-reader.ts";
import { isClockTime } from "../../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import type { PlainValue } from "../../cosem-objects/plain-value.ts";
import type { ProfileTable } from "../../cosem-objects/profile-table.ts";
import { eventLogNames } from "../../meter-model/index.ts";
import { eventNames } from "../event-names.ts";

/** A row of an event log; the keys are an interface. */
export interface EventJson {
  /** Name of the log, or its logical name where it has none. */
  readonly log: string;
  /** The meter's own stamp, ISO 8601; null where the row has none. */
  readonly at: string | null;
  /** As the meter codes it; null in a log without codes. */
  readonly code: number | null;
  /** What the code means, in snake_case; null where nobody knows. */
  readonly event: string | null;
  /** What else the row has, by the names of its columns. */
  readonly details: Readonly<Record<string, PlainValue>>;
}

/** Short names that users type for event logs. */
export const logNames: Readonly<Record<string, LogicalName>> = {
  ...Object.fromEntries(
    eventLogNames.map((name, index) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      `0.0.99.98.${index}.255` satisfies LogicalName,
    ]),
  ),
  power_failures: "1.0.99.97.0.255",
};

/** Event logs, and the log of power failures (Blue Book 6.2.41 and 6.3.10). */
const eventLog = /^\d+\.\d+\.99\.(98\.\d+|97\.0)\.255$/;
/** Event codes are captured from 0-b:96.11.e (Blue Book 6.2.41). */
const eventCode = /^\d+\.\d+\.96\.11\.\d+\.255$/;

/** The event logs among the objects of an association. */
export function eventLogsOf(objects: readonly { readonly classId: number; readonly logicalName: LogicalName }[]): readonly LogicalName[] {
  return objects
    .filter(({ classId, logicalName }) => classId === ProfileGeneric.classId && eventLog.test(logicalName))
    .map(({ logicalName }) => logicalName);
}

/** The name that users type for a log, or its logical name. */
export function logNameOf(logicalName: LogicalName): string {
  return Object.keys(logNames).find((name) => logNames[name] === logicalName) ?? logicalName;
}

/**
 * Rows of an event log, oldest first, with the names of their codes.
 * @param device the logical device name, which tells whose codes they are
 * @throws DataAccessError where the meter refuses
 */
export async function readEvents(
  client: Pick<DlmsClient, "get" | "getRaw" | "getManyRaw">,
  reader: Pick<ObjectReader, "scalersOf">,
  log: LogicalName,
  selection: ProfileSelection,
  device: string | undefined,
): Promise<readonly EventJson[]> {
  const table = await readProfile(client, reader, log, selection);
  return Array.from({ length: table.rowCount }, (_, row) => eventOf(table, row, device));
}

function eventOf(table: ProfileTable, row: number, device: string | undefined): EventJson {
  const details: Record<string, PlainValue> = {};
  let at: string | null = null;
  let code: number | null = null;
  table.columns.forEach((column, index) => {
    const value = table.cell(row, index);
    if (isClockTime(column)) at = value === null ? null : String(value);
    else if (eventCode.test(column.logicalName) && typeof value === "number") code = value;
    else details[column.name] = value;
  });
  const event = code === null ? undefined : eventNames(device, table.logicalName, code);
  return { log: logNameOf(table.logicalName), at, code, event: event ?? null, details };
}
