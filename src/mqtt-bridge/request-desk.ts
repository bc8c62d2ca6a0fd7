import { ConfigError, DlmsError } from "../errors.ts";
import type { ResponsePlace } from "./broker-link.ts";
import type { OutgoingMessage } from "./message.ts";
import { plainText } from "./text.ts";
import type { TopicTree } from "./topics.ts";

/** What somebody asks for: the members of a JSON object. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** One thing that may be asked for. */
export interface RequestVerb {
  /** True where something changes: it has to have a transaction, happens once for it, and is noted down. */
  readonly writes: (body: RequestBody) => boolean;
  /** The answer, fit for JSON. @throws DlmsError whose code and message are the answer */
  readonly answer: (body: RequestBody) => Promise<unknown>;
}

/** What a request led to, for the audit. */
export interface RequestRecord {
  readonly verb: string;
  readonly meter: string | undefined;
  readonly transaction: string | undefined;
  readonly status: "ok" | "error" | "repeated";
  readonly code: string | undefined;
}

export interface RequestDeskOptions {
  readonly topics: TopicTree;
  readonly verbs: ReadonlyMap<string, RequestVerb>;
  /** `<meter>/<key>/set`: what a payload for a key means as a request. */
  readonly keys: ReadonlyMap<string, (payload: string) => { readonly verb: string; readonly body: RequestBody }>;
  /** The meter of a level of topics. */
  readonly meterOf: (segment: string) => string | undefined;
  readonly send: (message: OutgoingMessage) => void;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Answers to transactions, kept for a day. */
  readonly answers: {
    answer(command: string, now: number): unknown;
    keepAnswer(command: string, answer: unknown, now: number, until: number): Promise<void>;
  };
  readonly audit: (record: RequestRecord) => void;
}

interface Response {
  readonly status: "ok" | "error";
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

const longestRequest = 65_536;
const longestTransaction = 128;
/** Requests under way at once; who asks for more is told to wait. */
const mostRequests = 64;
/** How long a transaction is known again; ms. */
const remembered = 86_400_000;
/** Seconds an answer is worth. */
const answerExpiry = 60;

/**
 * Takes requests from `<base>/bridge/request/<verb>` and answers them at `<base>/bridge/response/<verb>`, and where MQTT 5
 * wants the answer. What is changed for a transaction is changed once: who asks again gets the first answer again.
 */
export class RequestDesk {
  readonly #options: RequestDeskOptions;
  readonly #prefix: string;
  readonly #underWay = new Map<string, Promise<Response>>();
  #running = 0;

  constructor(options: RequestDeskOptions) {
    this.#options = options;
    this.#prefix = `${options.topics.base}/bridge/request/`;
  }

  /** What has to be subscribed to. */
  get filters(): readonly string[] {
    const { base } = this.#options.topics;
    return [`${this.#prefix}#`, ...[...this.#options.keys.keys()].map((key) => `${base}/+/${key}/set`)];
  }

  /** True when the message was a request. A retained one is somebody's mistake: it would be done again with every connection. */
  receive(topic: string, payload: Uint8Array, retained: boolean, response?: ResponsePlace): boolean {
    const request = topic.startsWith(this.#prefix) ? { verb: topic.slice(this.#prefix.length) } : this.#setOf(topic);
    if (request === undefined) return false;
    if (!retained) void this.#serve(request, payload, response);
    return true;
  }

  #setOf(topic: string): { readonly key: string; readonly meter: string } | undefined {
    const { topics, keys, meterOf } = this.#options;
    if (!topic.startsWith(`${topics.base}/`)) return undefined;
    const [segment = "", key = "", set, ...rest] = topic.slice(topics.base.length + 1).split("/");
    const meter = meterOf(segment);
    return set === "set" && rest.length === 0 && meter !== undefined && keys.has(key) ? { key, meter } : undefined;
  }

  async #serve(
    request: { readonly verb: string } | { readonly key: string; readonly meter: string },
    payload: Uint8Array,
    place: ResponsePlace | undefined,
  ): Promise<void> {
    let verb = "verb" in request ? request.verb : request.key;
    let transaction: string | number | undefined;
    let response: Response;
    try {
      const text = textOf(payload);
      const set = "key" in request ? this.#options.keys.get(request.key)?.(text) : undefined;
      if (set !== undefined) verb = set.verb;
      const body = set === undefined ? bodyOf(text) : { ...set.body, meter: (request as { readonly meter: string }).meter };
      transaction = transactionOf(body);
      response = await this.#respond(verb, body, transaction === undefined ? undefined : String(transaction), set !== undefined);
    } catch (error) {
      response = refusal(error);
    }
    this.#send(verb, { ...response, ...(transaction === undefined ? {} : { transaction }) }, place);
  }

  async #respond(verb: string, body: RequestBody, transaction: string | undefined, isSet: boolean): Promise<Response> {
    const { verbs, wallClock, answers } = this.#options;
    const known = verbs.get(verb);
    if (known === undefined)
      throw refused("unknown-verb", `there is no ${plainText(verb, 64)}`, `known are ${[...verbs.keys()].join(", ")}`);
    checkExpiry(body, wallClock());
    if (!known.writes(body)) return this.#limited(() => answered(known.answer(body)));
    if (transaction === undefined) {
      if (!isSet)
        throw refused("transaction-required", `${verb} changes something, so it needs a transaction`, "add one that you use once");
      return this.#change(verb, body, known, undefined);
    }
    const command = `${verb} ${transaction}`;
    const underWay = this.#underWay.get(command);
    // No await between the look and the entry below: two of the same may come in one packet.
    const before = underWay === undefined ? (answers.answer(command, wallClock()) as Response | undefined) : await underWay;
    if (before !== undefined) {
      this.#audit(verb, body, transaction, "repeated", before);
      return before;
    }
    const change = this.#change(verb, body, known, command);
    this.#underWay.set(command, change);
    return change.finally(() => this.#underWay.delete(command));
  }

  async #change(verb: string, body: RequestBody, known: RequestVerb, command: string | undefined): Promise<Response> {
    const response = await this.#limited(async () => {
      // Whatever happens from here on, it is not begun twice.
      await this.#keep(command, interrupted);
      const outcome = await answered(known.answer(body));
      await this.#keep(command, outcome);
      return outcome;
    });
    this.#audit(verb, body, command?.slice(verb.length + 1), response.status, response);
    return response;
  }

  async #keep(command: string | undefined, response: Response): Promise<void> {
    if (command === undefined) return;
    const { answers, wallClock } = this.#options;
    const now = wallClock();
    await answers.keepAnswer(command, response, now, now + remembered);
  }

  async #limited(work: () => Promise<Response>): Promise<Response> {
    if (this.#running >= mostRequests) return refusal(refused("busy", `${mostRequests} requests are under way`, "ask again later"));
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }

  #audit(
    verb: string,
    { meter }: RequestBody,
    transaction: string | undefined,
    status: RequestRecord["status"],
    { error }: Response,
  ): void {
    this.#options.audit({
      verb,
      meter: typeof meter === "string" ? plainText(meter, 64) : undefined,
      transaction,
      status,
      code: error?.code,
    });
  }

  #send(verb: string, response: object, place: ResponsePlace | undefined): void {
    const { topics, send } = this.#options;
    const payload = JSON.stringify(response, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
    const message = { payload, retain: false, expiry: answerExpiry };
    // A verb that nobody knows names no topic.
    const known = /^[a-z0-9]+(\/[a-z0-9]+)*$/.test(verb) ? verb : "unknown";
    send({ ...message, topic: `${topics.base}/bridge/response/${known}` });
    if (place !== undefined && !/[+#]|^\$/.test(place.topic)) {
      send({ ...message, topic: place.topic, ...(place.correlation === undefined ? {} : { correlation: place.correlation }) });
    }
  }
}

const interrupted: Response = {
  status: "error",
  error: { code: "interrupted", message: "the gateway stopped while this was being done", hint: "look whether it happened" },
};

/** A failure that is an answer. */
export function refused(code: string, message: string, hint?: string): ConfigError {
  return new ConfigError("", message, { ...(hint === undefined ? {} : { hint }), details: { answer: code } });
}

async function answered(answer: Promise<unknown>): Promise<Response> {
  try {
    return { status: "ok", data: (await answer) ?? {} };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): Response {
  if (!(error instanceof DlmsError)) return { status: "error", error: { code: "internal", message: "the gateway failed" } };
  const { code, message, hint, details } = error;
  const answer = typeof details["answer"] === "string" ? details["answer"] : code;
  return {
    status: "error",
    error: { code: answer, message: plainText(message, 512), ...(hint === undefined ? {} : { hint: plainText(hint, 512) }) },
  };
}

function textOf(payload: Uint8Array): string {
  if (payload.length > longestRequest) throw refused("too-long", `a request has at most ${longestRequest} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    throw refused("malformed", "the request is not UTF-8");
  }
}

function bodyOf(text: string): RequestBody {
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw refused("malformed", "the request is not JSON", 'write an object such as {"transaction":"1","meter":"house"}');
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as RequestBody;
  throw refused("malformed", "the request is not a JSON object", 'write one such as {"transaction":"1","meter":"house"}');
}

function transactionOf({ transaction }: RequestBody): string | number | undefined {
  if (transaction === undefined) return undefined;
  if (typeof transaction === "number" && Number.isSafeInteger(transaction)) return transaction;
  if (typeof transaction === "string" && transaction !== "" && transaction.length <= longestTransaction) return transaction;
  throw refused("malformed", `transaction: expected a number, or a text of up to ${longestTransaction} characters`);
}

/** A command that waited too long somewhere is not carried out. */
function checkExpiry({ expires }: RequestBody, now: number): void {
  if (expires === undefined) return;
  const at = typeof expires === "string" ? Date.parse(expires) : Number.NaN;
  if (Number.isNaN(at)) throw refused("malformed", "expires: expected a time such as 2026-11-22T12:00:00Z");
  if (at < now) throw refused("expired", "the request came after it had expired");
}
