import { DlmsError } from "../errors.ts";
import type { PageError } from "./contract.ts";

/** Statuses that say what a page should do about a failure (RFC 9110). */
export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421 | 422 | 500 | 502 | 503 | 504;

/** A request that cannot be answered, with what the page is told. */
export class RequestError extends DlmsError {
  readonly status: ErrorStatus;

  constructor(status: ErrorStatus, code: string, message: string, hint?: string) {
    super(code, message, "config", hint === undefined ? {} : { hint });
    this.status = status;
  }
}

/** What a page is told of a failure: nothing of what nobody foresaw. */
export function pageError(error: unknown): { readonly status: ErrorStatus; readonly body: PageError } {
  if (!(error instanceof DlmsError)) {
    return { status: 500, body: { error: { code: "internal", message: "the server failed", hint: "look into its log" } } };
  }
  const answer = error.details["answer"];
  const code = typeof answer === "string" ? answer : error.code;
  const { message, hint } = error;
  return { status: statusOf(error, code), body: { error: { code, message, ...(hint === undefined ? {} : { hint }) } } };
}

const statusByCode: Readonly<Record<string, ErrorStatus>> = {
  "unknown-meter": 404,
  "object-undefined": 404,
  "not-allowed": 403,
  "not-private": 403,
  "read-write-denied": 403,
  timeout: 504,
  internal: 500,
  invariant: 500,
};

function statusOf(error: DlmsError, code: string): ErrorStatus {
  if (error instanceof RequestError) return error.status;
  const known = Object.hasOwn(statusByCode, code) ? statusByCode[code] : undefined;
  if (known !== undefined) return known;
  switch (error.layer) {
    case "config":
      return 400;
    case "cosem":
    case "meter":
      return 422;
    case "store":
    case "internal":
      return 500;
    default:
      return 502;
  }
}
