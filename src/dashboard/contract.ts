import type { KeypadKey, KeypadView } from "../keypad/index.ts";

/**
 * What the page and its server say to each other: JSON over HTTP, and server-sent events. Types alone, so that the page takes
 * them without any code of the server. Paths are below `/api`; times are milliseconds since 1970 unless they are said to be ISO 8601.
 */

export type { KeypadKey, KeypadView };

/** A value as JSON carries it; counters beyond 2^53 are decimal text, lists are the names of set flags. */
export type PageValue = number | string | boolean | null | readonly string[];

/** Who looks at the page: a `viewer` reads, an `operator` also switches and enters tokens. */
export type PageRole = "viewer" | "operator";

/** `GET /api/info` */
export interface PageInfo {
  readonly version: string;
  /** What stands behind the page: a gateway of this process, the demonstration, or the MQTT tree of a gateway elsewhere. */
  readonly source: "gateway" | "demo" | "mqtt";
  readonly role: PageRole;
  /** Objects, profiles and events can be read: there is a way to the meters. */
  readonly reads: boolean;
  /** Keys may be pasted into the translator: the page is used on the machine that serves it. */
  readonly local: boolean;
  /** What energy costs where the meter does not say it; null where nobody configured it. */
  readonly price: PagePrice | null;
}

/** A price for all energy. */
export interface PagePrice {
  /** ISO 4217. */
  readonly currency: string;
  readonly perKwh: number;
}

/** A value with its unit; "currency" is that of the meter's credit. */
export interface PageAmount {
  readonly value: number;
  readonly unit: string | null;
}

/** A meter in the fleet: `GET /api/meters`, and the data of `fleet` events (only the rows that changed). */
export interface FleetRow {
  readonly id: string;
  readonly name: string;
  readonly serialNumber: string | null;
  readonly model: string | null;
  readonly transport: string | null;
  readonly online: boolean;
  /** Why it is not, in a word of mqtt.md such as `unreachable` or `auth`. */
  readonly reason: string | null;
  readonly lastRead: number | null;
  readonly driftSeconds: number | null;
  readonly alarms: readonly string[];
  /** W. */
  readonly power: number | null;
  readonly credit: { readonly value: number; readonly unit: string } | null;
  readonly relay: string | null;
}

/** A present value: key and value as under `<base>/<meter>/state` over MQTT. */
export interface LiveValue {
  readonly key: string;
  readonly logicalName: string;
  readonly attribute: number;
  readonly name: string;
  readonly value: PageValue;
  readonly unit: string | null;
}

/** One meter: `GET /api/meters/:id`, and the data of its `meter` events. */
export interface LiveMeter {
  readonly row: FleetRow;
  readonly manufacturer: string | null;
  readonly firmware: string | null;
  readonly values: readonly LiveValue[];
  /** When the values were read; null before the first time. */
  readonly readTime: number | null;
  /** ISO 8601 with the meter's own offset. */
  readonly meterTime: string | null;
  readonly quality: "good" | "doubtful" | "stale";
  /** Seconds between polls. */
  readonly pollPeriod: number | null;
  /** Power of the last minutes, oldest first: [ms since 1970, W]. */
  readonly recentPower: readonly (readonly [number, number])[];
  /** What this meter allows over the page, beyond reading. */
  readonly actions: readonly PageAction[];
  /** It has a keypad unit. */
  readonly keypad: boolean;
}

/** `GET /api/feed`: events `fleet` (data: FleetRow[]), `removed` (data: string[]), and with `?meter=ID` `meter` (data: LiveMeter). */
export type FeedEvent = "fleet" | "removed" | "meter";

/** A profile: `GET /api/meters/:id/profiles`. */
export interface PageProfile {
  readonly logicalName: string;
  /** `load`, `hourly`, `daily`, `monthly` or the object's own name. */
  readonly name: string;
  /** Seconds; 0 for none. */
  readonly capturePeriod: number;
  readonly columns: readonly PageColumn[];
}

/** A column of a profile or a log. */
export interface PageColumn {
  readonly logicalName: string;
  readonly attribute: number;
  readonly name: string;
  readonly unit: string | null;
}

/**
 * Rows: `GET /api/meters/:id/profiles/:logicalName?from=ISO&to=ISO` or `?last=N`; `.csv` behind the name gives the same as a file.
 * Column by column, as plots want them.
 */
export interface PageRows {
  readonly columns: readonly PageColumn[];
  /** ms since 1970 of each row; null where it has none. */
  readonly times: readonly (number | null)[];
  /** ISO 8601 with the meter's offset, of each row. */
  readonly stamps: readonly string[];
  /** Cells, one list a column. */
  readonly cells: readonly (readonly PageValue[])[];
}

/** An object: `GET /api/meters/:id/objects`. */
export interface PageObject {
  readonly classId: number;
  readonly className: string;
  readonly version: number;
  readonly logicalName: string;
  readonly name: string;
  readonly attributes: readonly { readonly id: number; readonly name: string; readonly access: string }[];
  readonly methods: readonly { readonly id: number; readonly name: string; readonly access: string }[];
}

/** An attribute that was read: `GET /api/meters/:id/objects/:classId/:logicalName/:attribute`. */
export interface PageAttribute {
  /** For people: scaled, with unit, dates and structures as text. */
  readonly text: string;
  /** As `dlms read --json` gives it. */
  readonly value: unknown;
  readonly unit: string | null;
  readonly readTime: number;
}

/** A line of an event log: `GET /api/meters/:id/events?last=N`, newest first, all logs together. */
export interface PageEvent {
  /** Name of the log, as `dlms events` takes it. */
  readonly log: string;
  readonly time: number | null;
  readonly stamp: string;
  readonly code: number | null;
  readonly name: string;
  readonly details: Readonly<Record<string, PageValue>>;
}

/** A token the meter was given: `GET /api/meters/:id/tokens`, newest first, at most 50. */
export interface PageToken {
  readonly stamp: string;
  /** Its first and last four digits. */
  readonly digits: string | null;
  /** What it brought. */
  readonly amount: PageAmount | null;
  /** What was available afterwards. */
  readonly credit: PageAmount | null;
  /** How it came: `remote`, `local` or `manual` (Blue Book, class 115). */
  readonly way: string | null;
  /** What the meter notes besides, by name. */
  readonly details: Readonly<Record<string, PageValue>>;
}

/** A credit of the account: `GET /api/meters/:id/credits` (Blue Book, class 112); none of a meter without an account. */
export interface PageCredit {
  readonly logicalName: string;
  readonly name: string;
  readonly type: "token" | "reserved" | "emergency" | "time-based" | "consumption-based";
  readonly state: "enabled" | "selectable" | "selected" | "in-use" | "exhausted";
  /** It has a place in the order of use. */
  readonly active: boolean;
  /** What is left of it. */
  readonly amount: PageAmount | null;
  /** What a selection brings. */
  readonly preset: PageAmount | null;
}

/** What may be done besides reading. */
export type PageAction = "relay" | "token" | "clock";

/**
 * `POST /api/meters/:id/actions/:action` with one of these bodies and `X-Confirm: yes`; answers `PageActionResult`.
 * relay: `{ "state": "disconnect" | "reconnect" }`, token: `{ "token": "20 digits" }`, clock: `{}`.
 */
export interface PageActionResult {
  readonly ok: boolean;
  /** What came of it, in a sentence. */
  readonly message: string;
}

/** `GET /api/meters/:id/keypad` sends events `view` with this; a `POST` to it takes `{ "key": KeypadKey }`. */
export interface PageKeypad {
  readonly view: KeypadView;
  /** Whether the unit reaches its meter. */
  readonly linked: boolean;
}

/** A frame on the line to a meter: events `trace` of `GET /api/meters/:id/trace`. */
export interface PageTrace {
  readonly time: number;
  readonly direction: "sent" | "received";
  readonly layer: "wire" | "apdu";
  readonly hex: string;
  /** What it is, in a line. */
  readonly summary: string;
}

/**
 * `POST /api/decode`: `{ hex, encryptionKey?, authenticationKey?, systemTitle?, meter? }` answers this; keys only where `local`. With
 * a meter an operator gets what the gateway's own keys for it open.
 */
export interface PageDecoded {
  readonly ok: boolean;
  /** The octets that were understood, as hex. */
  readonly hex: string;
  /** Fields in order, with the octets they are made of; of secrets the meaning is left out. */
  readonly fields: readonly {
    readonly offset: number;
    readonly length: number;
    readonly depth: number;
    readonly field: string;
    readonly meaning: string | null;
  }[];
  /** What is wrong, when something is. */
  readonly error: string | null;
}

/** Body of every answer that is not 2xx. */
export interface PageError {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}
