import type { AttributeReading } from "../client/object-reader.ts";
import { readProfile } from "../client/profile-reader.ts";
import { isClockTime } from "../cosem-objects/capture-object.ts";
import { Clock } from "../cosem-objects/classes/clock.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { plainValue } from "../cosem-objects/plain-value.ts";
import { unitSymbol } from "../cosem-objects/unit.ts";
import { type CosemDateTime, dateTimeToInstant, formatDateTime, instantToDateTime } from "../dlms/axdr/date-time.ts";
import { enterToken, isTokenAccepted, tokenDigits } from "../field/enter-token.ts";
import { commandSwitch, type SwitchCommand, switchCommands } from "../field/supply-switch.ts";
import { type RequestBody, type RequestVerb, refused, relayReason } from "../mqtt-bridge/index.ts";
import type { MeterFleet } from "./meter-fleet.ts";
import type { Permission } from "./meter-options.ts";
import type { MeterSession } from "./meter-session.ts";

/** An object as somebody wrote it. */
export interface NamedObject {
  readonly logicalName: LogicalName;
  readonly attribute: number;
}

export interface CommandOptions {
  readonly fleet: Pick<MeterFleet, "meter" | "worker"> & { readonly meterIds: () => readonly string[] };
  /** "1-0:1.8.0", "credit:5", "clock". @throws ConfigError */
  readonly object: (text: string, session: MeterSession) => NamedObject;
  /** Writes an attribute, given as people do. @throws ConfigError for values that do not fit */
  readonly write: (session: MeterSession, object: NamedObject, value: unknown) => Promise<void>;
  /** Invokes a method, given by name or number. @throws ConfigError for values that do not fit */
  readonly invoke: (session: MeterSession, logicalName: LogicalName, method: string, value: unknown) => Promise<unknown>;
  /** Whether what is said to the broker is secret from others: tokens are money. */
  readonly isPrivate: boolean;
  /** Copies the state; gives where to. */
  readonly backUp: () => Promise<string>;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

const clock = "0.0.1.0.0.255";
const mostObjects = 100;
const mostRows = 1000;
const never = () => false;
const always = () => true;

/** What may be asked of the gateway, by the verbs of mqtt.md. */
export function gatewayVerbs(options: CommandOptions): ReadonlyMap<string, RequestVerb> {
  const { fleet } = options;

  function ask<T>(body: RequestBody, permission: Permission | undefined, work: (session: MeterSession) => Promise<T>): Promise<T> {
    const id = text(body, "meter");
    const worker = fleet.worker(id);
    const meter = fleet.meter(id);
    if (worker === undefined || meter === undefined)
      throw refused("unknown-meter", `there is no meter ${id}`, `known are ${fleet.meterIds().join(", ")}`);
    if (permission !== undefined && !meter.allow.includes(permission))
      throw refused("not-allowed", `${permission} is not allowed for ${id}`, `add it to allow of the meter in the configuration`);
    return worker.request(work);
  }

  const verbs: Readonly<Record<string, RequestVerb>> = {
    "meter/read": { writes: never, answer: async (body) => ask(body, undefined, (session) => read(body, session, options)) },
    "meter/profile": { writes: never, answer: async (body) => ask(body, undefined, (session) => profileRows(body, session, options)) },
    "meter/clock/sync": { writes: always, answer: async (body) => ask(body, "clock", (session) => setClock(session, options)) },
    "meter/relay": {
      writes: ({ command }) => command !== "status",
      answer: async (body) => {
        const command = choice(body, "command", switchCommands);
        return ask(body, command === "status" ? undefined : "relay", (session) => moveSwitch(session, command));
      },
    },
    "token/apply": {
      writes: always,
      answer: async (body) => {
        if (!options.isPrivate) throw refused("not-private", "tokens are taken over TLS or loopback alone", "use mqtts:// for mqtt.url");
        const digits = tokenDigits(text(body, "token"));
        return ask(body, "token", (session) => applyToken(session, digits));
      },
    },
    "meter/set": {
      writes: always,
      answer: async (body) =>
        ask(body, "set", async (session) => {
          const object = options.object(text(body, "object"), session);
          await options.write(session, object, body["value"]);
          return readings(await session.reader.read([object]));
        }),
    },
    "meter/invoke": {
      writes: always,
      answer: async (body) =>
        ask(body, "invoke", async (session) => {
          const { logicalName } = options.object(text(body, "object"), session);
          return { result: await options.invoke(session, logicalName, text(body, "method"), body["value"]) };
        }),
    },
    backup: { writes: always, answer: async () => ({ path: await options.backUp() }) },
  };
  return new Map(Object.entries(verbs));
}

/** `<meter>/<key>/set` as requests: what is simple enough for a button. */
export const settableKeys = new Map<string, (payload: string) => { readonly verb: string; readonly body: RequestBody }>([
  ["relay", (payload: string) => ({ verb: "meter/relay", body: { command: switchWord(payload) } })],
  ["clock", () => ({ verb: "meter/clock/sync", body: {} })],
]);

/** Words that dashboards have for the two positions of a switch. */
function switchWord(payload: string): string {
  const word = payload.trim().toLowerCase();
  if (word === "on" || word === "connected") return "connect";
  if (word === "off" || word === "disconnected") return "disconnect";
  return word;
}

async function read(body: RequestBody, session: MeterSession, { object }: CommandOptions): Promise<unknown> {
  const { objects } = body;
  if (!Array.isArray(objects) || objects.length === 0 || objects.length > mostObjects || !objects.every((each) => typeof each === "string"))
    throw refused("malformed", `objects: expected a list of 1 to ${mostObjects} objects such as "1-0:1.8.0"`);
  return readings(await session.reader.read(objects.map((each: string) => object(each, session))));
}

function readings(values: readonly AttributeReading[]): readonly unknown[] {
  return values.map(({ logicalName, attribute, name, value, error, scalerUnit }) => ({
    logicalName,
    attribute,
    name,
    ...(value === undefined ? { error } : { value: plainValue(value, scalerUnit?.scaler) }),
    unit: scalerUnit && unitSymbol(scalerUnit.unit),
  }));
}

async function profileRows(body: RequestBody, session: MeterSession, { object }: CommandOptions): Promise<unknown> {
  const { logicalName } = object(text(body, "profile"), session);
  const { last } = body;
  const selection =
    body["from"] === undefined && last !== undefined
      ? ({ kind: "last", count: count(last) } as const)
      : ({ kind: "range", from: moment(body, "from", 0), to: moment(body, "to", 4_102_444_800_000) } as const);
  const table = await readProfile(session.client, session.reader, logicalName, selection);
  if (table.rowCount > mostRows)
    throw refused("too-long", `the range has ${table.rowCount} rows, an answer takes ${mostRows}`, "ask for a shorter range");
  return {
    logicalName,
    capturePeriod: table.capturePeriod,
    columns: table.columns.map(({ logicalName: name, classId, attribute, name: title, unit }) => ({
      logicalName: name,
      classId,
      attribute,
      name: title,
      unit,
    })),
    rows: Array.from({ length: table.rowCount }, (_, row) => table.row(row)),
    clock_column: table.columns.findIndex(isClockTime),
  };
}

async function setClock({ client }: MeterSession, { wallClock }: CommandOptions): Promise<unknown> {
  const before = await client.get(Clock, clock, "time");
  await client.set(Clock, clock, "time", instantToDateTime(wallClock(), before.deviation ?? 0));
  const after = await client.get(Clock, clock, "time");
  const drift = (time: CosemDateTime) => Math.round(((dateTimeToInstant(time) ?? Number.NaN) - wallClock()) / 1000);
  return { before: formatDateTime(before), after: formatDateTime(after), drift_s: drift(after) };
}

async function moveSwitch({ client }: MeterSession, command: SwitchCommand): Promise<unknown> {
  const { reason, ...state } = await commandSwitch(client, command);
  const why = reason === undefined ? undefined : relayReason(reason);
  return { ...state, ...(why === undefined ? {} : { reason: why }) };
}

async function applyToken({ client }: MeterSession, digits: string): Promise<unknown> {
  const entered = await enterToken(client, digits);
  if (!isTokenAccepted(entered.result)) throw refused(entered.result, `the meter refused the token: ${entered.result}`);
  return entered;
}

function text(body: RequestBody, name: string): string {
  const value = body[name];
  if (typeof value === "string" && value !== "" && value.length <= 256) return value;
  throw refused("malformed", `${name}: expected a text`);
}

function choice<const T extends string>(body: RequestBody, name: string, choices: readonly T[]): T {
  const value = choices.find((known) => known === body[name]);
  if (value === undefined) throw refused("malformed", `${name}: expected ${choices.join(", ")}`);
  return value;
}

function count(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= mostRows) return value;
  throw refused("malformed", `last: expected a number from 1 to ${mostRows}`);
}

/** A limit of a range, as an instant: the meter shows it in its own time. */
function moment(body: RequestBody, name: string, otherwise: number): CosemDateTime {
  const value = body[name];
  const at = value === undefined ? otherwise : typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw refused("malformed", `${name}: expected a time such as 2026-11-22T12:00:00Z`);
  return instantToDateTime(at, 0);
}
