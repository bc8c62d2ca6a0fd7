import type { Writable } from "node:stream";
import { DlmsError, type ErrorLayer } from "../errors.ts";
import { type ExitCode, exitCodeOf } from "./exit-codes.ts";

/** The JSON shape of a failure; its keys are an interface. */
export interface Failure {
  readonly code: string;
  readonly layer: ErrorLayer;
  readonly message: string;
  readonly hint: string;
}

/** The parts of a terminal stream that matter here. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** One JSON document, or one a line for streams, instead of text. */
  readonly json: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Output {
  readonly json: boolean;
  /** True where standard output shows colours and wants them. */
  readonly color: boolean;
  /** Columns of the terminal; undefined where the output goes elsewhere. */
  readonly width: number | undefined;
  /** False once the reader of standard output has gone, as `head` does: a stream may then end. */
  readonly open: boolean;
  /** The one result: `text` for people, or `value` as JSON. */
  result(value: unknown, text: () => string): void;
  /** One item of a stream: a line of text, or of JSON. */
  item(value: unknown, text: () => string): void;
  /** A line to standard error. */
  note(text: string): void;
  /** Reports a failure and says how the process is to end. */
  failure(error: unknown): ExitCode;
}

/** Hints by error code, where the thrower gave none. */
const hintsByCode: ReadonlyMap<string, string> = new Map([
  ["timeout", "check address, port and client, or raise --timeout"],
  ["refused", "check host and port, and whether the meter is running"],
  ["closed", "the other end hung up: check client and server, and try again"],
  ["open-failed", "check the name of the port and the right to use it"],
  ["authentication-failed", "check --auth and the secret that belongs to the client"],
  ["replayed", "the invocation counter went backwards: read the meter's counter and start above it"],
  ["association-rejected", "check --client, --auth and --referencing"],
  ["read-write-denied", "use a client that may do this, as in --client 1"],
  ["object-undefined", "list what the meter has with dlms objects"],
  ["invariant", "this is a bug of dlms-gateway: please report it with the command and --trace apdu"],
]);

const hintsByLayer: Readonly<Partial<Record<ErrorLayer, string>>> = {
  config: "see --help",
  hdlc: "look at the bytes with --trace hex",
  wrapper: "look at the bytes with --trace hex",
  xdlms: "look at the APDUs with --trace apdu",
  acse: "look at the APDUs with --trace apdu",
};

/** A failure in the words of the interface; what nobody foresaw is reported as our own bug. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof DlmsError) {
    const { code, layer, message } = error;
    return { code, layer, message, hint: error.hint ?? hintsByCode.get(code) ?? hintsByLayer[layer] ?? "run it again with --trace apdu" };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", layer: "internal", message, hint: hintsByCode.get("invariant") ?? "" };
}

/** The failure on one line: what failed, at which layer, what to try. */
export function failureLine({ layer, message, hint }: Failure): string {
  return `error: ${oneLine(message)} (${layer})${hint === "" ? "" : `; try: ${oneLine(hint)}`}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").trim();
}

/** JSON as it is printed: 64-bit integers beyond 2^53 are strings. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? jsonInteger(item) : item));
}

function jsonInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Colours unless NO_COLOR is set to anything (no-color.org), or nobody looks. */
function wantsColor({ stdout, json, environment }: OutputOptions): boolean {
  const refused = (environment["NO_COLOR"] ?? "") !== "" || environment["TERM"] === "dumb";
  return !json && !refused && stdout.isTTY === true;
}

/** Some terminals, those of serial consoles for example, do not tell how wide they are: then COLUMNS may. */
function widthOf({ stdout, environment }: OutputOptions): number | undefined {
  if (stdout.isTTY !== true) return undefined;
  const columns = stdout.columns || Number(environment["COLUMNS"]);
  return columns > 0 ? columns : undefined;
}

export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, json } = options;
  let open = true;
  // A reader that goes away early is not a failure; there is only nobody left to write for.
  const swallowBrokenPipe = (closes: () => void) => (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    closes();
  };
  stdout.on(
    "error",
    swallowBrokenPipe(() => (open = false)),
  );
  stderr.on(
    "error",
    swallowBrokenPipe(() => undefined),
  );
  const line = (text: string) => void (open && stdout.write(text.endsWith("\n") ? text : `${text}\n`));
  const show = (value: unknown, text: () => string) => line(json ? toJson(value) : text());
  return {
    json,
    color: wantsColor(options),
    width: widthOf(options),
    get open() {
      return open;
    },
    result: show,
    item: show,
    note: (text) => void stderr.write(`${text}\n`),
    failure(error) {
      const failure = describeFailure(error);
      if (json) line(toJson({ error: failure }));
      else stderr.write(`${failureLine(failure)}\n`);
      return exitCodeOf(error);
    },
  };
}
