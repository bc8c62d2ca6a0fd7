import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { profileNames } from "../../cosem-objects/names.ts";
import type {
  AttributeName,
  PageAttribute,
  PageColumn,
  PageCredit,
  PageEvent,
  PageObject,
  PageProfile,
  PageReader,
  PageRows,
  PageToken,
  PageValue,
  RowSelection,
} from "../../dashboard/index.ts";
import { ConfigError, RemoteProtocolError } from "../../errors.ts";
import { type RequestBody, refused } from "../../mqtt-bridge/index.ts";
import { jsonMembers, jsonText } from "../../mqtt-bridge/json-members.ts";
import { eventNames } from "../event-names.ts";
import { logNames } from "../report/event-rows.ts";
import { pageTokens } from "./page-tokens.ts";
import { instantOfStamp, jsonValue, pageValue } from "./page-values.ts";

/** Asks a gateway over MQTT. */
export type AskGateway = (verb: "meter/read" | "meter/profile", body: RequestBody) => Promise<unknown>;

/** Rows of one answer of the gateway. */
const mostRows = 1000;
const mostTokens = 50;
const logicalDeviceName = "0.0.42.0.0.255:2";
/** A range is halved so often until its rows fit; more is no range of a meter's. */
const mostHalvings = 12;

/** A row as `meter/profile` gives it. */
interface Answer {
  readonly capturePeriod: number;
  readonly columns: readonly PageColumn[];
  readonly rows: readonly (readonly unknown[])[];
  /** Which cell has the stamp; -1 for none. */
  readonly clock: number;
}

/** Reads for the page by requests to a gateway elsewhere (mqtt.md 2.1); what requests cannot read is refused. */
export class RequestedReads implements PageReader {
  readonly #ask: AskGateway;
  readonly #wallClock: () => number;

  /** `wallClock` gives milliseconds since 1970. */
  constructor(ask: AskGateway, wallClock: () => number) {
    this.#ask = ask;
    this.#wallClock = wallClock;
  }

  async profiles(meterId: string): Promise<readonly PageProfile[]> {
    const profiles: PageProfile[] = [];
    for (const [name, logicalName] of Object.entries(profileNames)) {
      const answer = await allowed(() => this.#rows(meterId, logicalName, { last: 1 }));
      if (answer !== undefined) profiles.push({ logicalName, name, capturePeriod: answer.capturePeriod, columns: valuesOf(answer) });
    }
    return profiles;
  }

  async rows(meterId: string, logicalName: string, selection: RowSelection): Promise<PageRows> {
    if (selection.kind === "last") return pageRows([await this.#rows(meterId, logicalName, { last: Math.min(mostRows, selection.count) })]);
    return pageRows(await this.#range(meterId, logicalName, selection.from, selection.to, mostHalvings));
  }

  objects(): Promise<readonly PageObject[]> {
    return Promise.reject(refused("not-supported", "a gateway elsewhere does not list objects", "use dlms objects"));
  }

  async attribute(meterId: string, { logicalName, attribute }: AttributeName): Promise<PageAttribute> {
    const reading = await this.#read(meterId, `${logicalName}:${attribute}`);
    if (reading === undefined || reading["value"] === undefined)
      throw refused(jsonText(reading?.["error"]) ?? "other-reason", "the meter refused to be read");
    const value = jsonValue(plain(reading["value"]));
    const unit = jsonText(reading["unit"]) ?? null;
    const text = Array.isArray(value) ? JSON.stringify(value) : String(value ?? "-");
    return { text: unit === null ? text : `${text} ${unit}`, value, unit, readTime: this.#wallClock() };
  }

  async events(meterId: string, last: number): Promise<readonly PageEvent[]> {
    const device = (await allowed(() => this.#read(meterId, logicalDeviceName)))?.["value"];
    const events: PageEvent[] = [];
    for (const [log, logicalName] of Object.entries(logNames)) {
      const answer = await allowed(() => this.#rows(meterId, logicalName, { last: Math.min(mostRows, last) }));
      const rows = answer?.rows ?? [];
      events.push(...rows.map((row) => eventOf({ log, logicalName, device: jsonText(device) }, answer as Answer, row)).reverse());
    }
    return events.sort((one, other) => (other.time ?? 0) - (one.time ?? 0)).slice(0, last);
  }

  async tokens(meterId: string): Promise<readonly PageToken[]> {
    const answer = await allowed(() => this.#rows(meterId, profileNames.tokens, { last: mostTokens }));
    return answer === undefined ? [] : pageTokens(pageRows([answer]));
  }

  /** Requests do not list the objects of a meter, so its credits are not known. */
  async credits(): Promise<readonly PageCredit[]> {
    return [];
  }

  async #read(meterId: string, object: string): Promise<RequestBody | undefined> {
    const answer = await this.#ask("meter/read", { meter: meterId, objects: [object] });
    return Array.isArray(answer) ? jsonMembers(answer[0]) : undefined;
  }

  /** In halves where the gateway says that there are too many rows. */
  async #range(meterId: string, logicalName: string, from: number, to: number, halvings: number): Promise<readonly Answer[]> {
    try {
      const [begin, end] = [from, to].map((moment) => new Date(moment).toISOString());
      return [await this.#rows(meterId, logicalName, { from: begin, to: end })];
    } catch (error) {
      if (halvings === 0 || !(error instanceof ConfigError) || error.details["answer"] !== "too-long") throw error;
      // Rows are stamped in whole seconds.
      const middle = Math.floor((from + to) / 2 / 1000) * 1000;
      const older = await this.#range(meterId, logicalName, from, middle, halvings - 1);
      return [...older, ...(await this.#range(meterId, logicalName, middle + 1000, to, halvings - 1))];
    }
  }

  async #rows(meterId: string, logicalName: string, selection: RequestBody): Promise<Answer> {
    return answerOf(await this.#ask("meter/profile", { meter: meterId, profile: logicalName, ...selection }));
  }
}

/** @throws RemoteProtocolError for what is no answer of `meter/profile` */
function answerOf(content: unknown): Answer {
  const { capturePeriod, columns, rows, clock_column } = jsonMembers(content) ?? {};
  if (!Array.isArray(columns) || !Array.isArray(rows) || !rows.every((row) => Array.isArray(row)))
    throw new RemoteProtocolError("the gateway answered with no rows", { layer: "mqtt" });
  return {
    capturePeriod: typeof capturePeriod === "number" ? capturePeriod : 0,
    columns: columns.map((column) => columnOf(jsonMembers(column))),
    rows: rows as readonly (readonly unknown[])[],
    clock: typeof clock_column === "number" ? clock_column : -1,
  };
}

function columnOf(column: RequestBody | undefined): PageColumn {
  const { logicalName, attribute, name, unit } = column ?? {};
  return {
    logicalName: jsonText(logicalName) ?? "",
    attribute: typeof attribute === "number" ? attribute : 2,
    name: jsonText(name) ?? jsonText(logicalName) ?? "",
    unit: jsonText(unit) ?? null,
  };
}

function pageRows(answers: readonly Answer[]): PageRows {
  const stamps = answers.flatMap((answer) => answer.rows.map((row) => stampOf(answer, row)));
  const [first] = answers;
  const columns = first === undefined ? [] : valuesOf(first);
  const cells = (first?.columns ?? []).flatMap((_, index) =>
    index === first?.clock ? [] : [answers.flatMap(({ rows }) => rows.map((row) => cellOf(row, index)))],
  );
  return { columns, times: stamps.map(instantOfStamp), stamps, cells };
}

function valuesOf({ columns, clock }: Answer): readonly PageColumn[] {
  return columns.filter((_, index) => index !== clock);
}

function stampOf({ clock }: Answer, row: readonly unknown[]): string {
  return jsonText(row[clock]) ?? "";
}

function cellOf(row: readonly unknown[], index: number): PageValue {
  return pageValue(plain(row[index]));
}

function detailsOf({ columns, clock }: Answer, row: readonly unknown[]): Readonly<Record<string, PageValue>> {
  return Object.fromEntries(columns.flatMap(({ name }, index) => (index === clock ? [] : [[name, cellOf(row, index)] as const])));
}

/** Event codes are captured from 0-b:96.11.e (Blue Book 6.2.41). */
const eventCode = /^\d+\.\d+\.96\.11\.\d+\.255$/;

function eventOf(
  { log, logicalName, device }: { readonly log: string; readonly logicalName: LogicalName; readonly device: string | undefined },
  answer: Answer,
  row: readonly unknown[],
): PageEvent {
  const place = answer.columns.findIndex((column) => eventCode.test(column.logicalName));
  const value = place < 0 ? undefined : row[place];
  const code = typeof value === "number" ? value : null;
  const stamp = stampOf(answer, row);
  const { [answer.columns[place]?.name ?? ""]: _code, ...details } = detailsOf(answer, row);
  const name = code === null ? undefined : eventNames(device, logicalName, code);
  return { log, time: instantOfStamp(stamp), stamp, code, name: name ?? (code === null ? log : `event ${code}`), details };
}

/** What the gateway gives; nothing where the meter or the gateway says no. */
async function allowed<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** What JSON had to say, as plain values; objects are none. */
function plain(value: unknown): Parameters<typeof jsonValue>[0] {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? value : null;
}
