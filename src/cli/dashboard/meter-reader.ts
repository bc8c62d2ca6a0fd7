import { type DeviceView, readDeviceView } from "../../client/object-reader.ts";
import { describeProfiles, type ProfileSelection, readProfile } from "../../client/profile-reader.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import { formatObis, type LogicalName } from "../../cosem-objects/logical-name.ts";
import { nameOf, profileNames } from "../../cosem-objects/names.ts";
import { plainValue } from "../../cosem-objects/plain-value.ts";
import { ProfileTable } from "../../cosem-objects/profile-table.ts";
import type {
  AttributeName,
  PageAttribute,
  PageCredit,
  PageEvent,
  PageObject,
  PageProfile,
  PageReader,
  PageRows,
  PageToken,
  RowSelection,
} from "../../dashboard/index.ts";
import { instantToDateTime } from "../../dlms/axdr/date-time.ts";
import { DataAccessError } from "../../errors.ts";
import type { MeterSession } from "../../gateway/meter-session.ts";
import type { Scaling } from "../../gateway/readings.ts";
import { refused } from "../../mqtt-bridge/index.ts";
import { displayValue, readingToJson } from "../readings.ts";
import { type EventJson, eventLogsOf, readEvents } from "../report/event-rows.ts";
import { readCredits } from "./page-credits.ts";
import { pageObject } from "./page-objects.ts";
import { pageProfile, pageRows } from "./page-rows.ts";
import { pageTokens } from "./page-tokens.ts";
import { instantOfStamp, jsonValue, pageValue, withoutTokens } from "./page-values.ts";

/** How meters are reached. */
export interface ReachableMeters {
  /** Does something over the meter's association. @throws ConfigError for a meter that there is not */
  request<T>(meterId: string, work: (session: MeterSession) => Promise<T>): Promise<T>;
  scaling(meterId: string): Scaling;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

const logicalDeviceName = { logicalName: "0.0.42.0.0.255", attribute: 2 } as const;
const mostTokens = 50;

/** Reads for the page over the gateway's own associations; the list of objects of a meter is read once. */
export class MeterReader implements PageReader {
  readonly #meters: ReachableMeters;
  readonly #views = new Map<string, DeviceView>();

  constructor(meters: ReachableMeters) {
    this.#meters = meters;
  }

  /** Another device may be in the meter's place: what it has is read anew. */
  forget(meterId: string): void {
    this.#views.delete(meterId);
  }

  profiles(meterId: string): Promise<readonly PageProfile[]> {
    return this.#ask(meterId, async (session, view) => {
      const logs = new Set(eventLogsOf(view.objects));
      const wanted = view.objects.filter(({ classId, logicalName }) => classId === ProfileGeneric.classId && !logs.has(logicalName));
      const profiles: PageProfile[] = [];
      for (const { logicalName } of wanted) {
        const [description] = (await allowed(() => describeProfiles(session.client, session.reader, [logicalName]))) ?? [];
        if (description === undefined) continue;
        profiles.push(pageProfile(new ProfileTable(description, emptyBuffer), nameOf(logicalName) ?? formatObis(logicalName)));
      }
      return profiles;
    });
  }

  rows(meterId: string, logicalName: string, selection: RowSelection): Promise<PageRows> {
    return this.#ask(meterId, async ({ client, reader }) => {
      const table = await readProfile(client, reader, logicalName as LogicalName, selectionOf(selection));
      return pageRows(table, this.#meters.scaling(meterId));
    });
  }

  objects(meterId: string): Promise<readonly PageObject[]> {
    return this.#ask(meterId, async (_, view) => view.objects.map(pageObject));
  }

  attribute(meterId: string, { classId, logicalName, attribute }: AttributeName): Promise<PageAttribute> {
    return this.#ask(meterId, async ({ reader }) => {
      const name = logicalName as LogicalName;
      if (reader.find(name)?.classId !== classId)
        throw new DataAccessError("object-undefined", `the gateway sees no ${logicalName} of class ${classId} at this meter`);
      if (classId === ProfileGeneric.classId && attribute === ProfileGeneric.attributes.buffer.id)
        throw refused("too-long", "a buffer is too long to be shown as one value", "look at its rows");
      const [reading] = await reader.read([{ logicalName: name, attribute }]);
      if (reading?.value === undefined) {
        const result = String(reading?.error ?? "other-reason");
        throw new DataAccessError(result, `the meter answered ${result}`);
      }
      const json = readingToJson(reading);
      const text = withoutTokens(displayValue(json));
      return {
        text: json.unit === undefined ? text : `${text} ${json.unit}`,
        value: jsonValue(json.value ?? null),
        unit: json.unit ?? null,
        readTime: this.#meters.wallClock(),
      };
    });
  }

  events(meterId: string, last: number): Promise<readonly PageEvent[]> {
    return this.#ask(meterId, async ({ client, reader }, view) => {
      const [name] = await reader.read([logicalDeviceName]);
      const device = name?.value && String(plainValue(name.value));
      const events: PageEvent[] = [];
      for (const log of eventLogsOf(view.objects)) {
        const rows = await allowed(() => readEvents(client, reader, log, { kind: "last", count: last }, device));
        events.push(...(rows ?? []).map(pageEvent));
      }
      return newestFirst(events).slice(0, last);
    });
  }

  tokens(meterId: string): Promise<readonly PageToken[]> {
    return this.#ask(meterId, async ({ client, reader }) => {
      if (reader.find(profileNames.tokens) === undefined) return [];
      const table = await allowed(() => readProfile(client, reader, profileNames.tokens, { kind: "last", count: mostTokens }));
      if (table === undefined) return [];
      return pageTokens(pageRows(table, this.#meters.scaling(meterId)));
    });
  }

  credits(meterId: string): Promise<readonly PageCredit[]> {
    return this.#ask(meterId, ({ reader }, view) => readCredits(reader, view));
  }

  #ask<T>(meterId: string, work: (session: MeterSession, view: DeviceView) => Promise<T>): Promise<T> {
    return this.#meters.request(meterId, async (session) => {
      const view = this.#views.get(meterId) ?? (await readDeviceView(session.client));
      this.#views.set(meterId, view);
      return work(session, view);
    });
  }
}

/** A-XDR of an array without elements: of a profile without its rows. */
const emptyBuffer = Uint8Array.of(1, 0);

/** What the meter shows to this client; nothing where it refuses. */
async function allowed<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataAccessError) return undefined;
    throw error;
  }
}

function selectionOf(selection: RowSelection): ProfileSelection {
  if (selection.kind === "last") return selection;
  return { kind: "range", from: instantToDateTime(selection.from, 0), to: instantToDateTime(selection.to, 0) };
}

function pageEvent({ log, at, code, event, details }: EventJson): PageEvent {
  return {
    log,
    time: instantOfStamp(at),
    stamp: at ?? "",
    code,
    name: event ?? (code === null ? log : `event ${code}`),
    details: Object.fromEntries(Object.entries(details).map(([name, value]) => [name, pageValue(value)])),
  };
}

/** Of events of one instant the later row is the newer one; those without an instant come last. */
function newestFirst(events: readonly PageEvent[]): readonly PageEvent[] {
  const before = Number.NEGATIVE_INFINITY;
  return [...events].reverse().sort((one, other) => {
    const [a, b] = [one.time ?? before, other.time ?? before];
    return a === b ? 0 : b - a;
  });
}
