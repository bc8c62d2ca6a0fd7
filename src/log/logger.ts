import type { Writable } from "node:stream";
import winston from "winston";
import { redact, redactText } from "./redact.ts";

export const logLevels = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Structured fields of a log line: `meterId`, `clientSap`, `logicalName`, `code`, ... */
export type LogFields = Readonly<Record<string, unknown>>;

/** What the rest of the program knows of logging. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  /** The least urgent level that is written. */
  readonly level: LogLevel;
  /** JSON lines instead of lines for people. */
  readonly json: boolean;
  /** Where lines go; standard error in programs, since standard output is for results. */
  readonly stream: Writable;
  /** The time of a line in milliseconds since 1970. */
  readonly now: () => number;
}

/** A logger that never writes a secret, a token number or a raw control character. */
export function createLogger(options: LoggerOptions): Logger {
  const sink = winston.createLogger({
    level: options.level,
    levels: Object.fromEntries(logLevels.map((level, index) => [level, index])),
    format: winston.format.printf(({ message }) => String(message)),
    transports: [new winston.transports.Stream({ stream: options.stream })],
  });
  const layOut = options.json ? jsonLine : humanLine;
  const log =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (sink.isLevelEnabled(level))
        sink.log(level, layOut(new Date(options.now()).toISOString(), level, redactText(message), redact(fields)));
    };
  return { error: log("error"), warn: log("warn"), info: log("info"), debug: log("debug") };
}

type LayOut = (time: string, level: LogLevel, message: string, fields: unknown) => string;

// The fields stand before the fixed keys, so that no field can pose as one of them.
const jsonLine: LayOut = (time, level, message, fields) => JSON.stringify({ ...(fields as object), time, level, message });

const humanLine: LayOut = (time, level, message, fields) => {
  const pairs = Object.entries(fields as object).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${plainOrJson(value)}`]));
  return [time, level.padEnd(5), message, ...pairs].join(" ");
};

function plainOrJson(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
