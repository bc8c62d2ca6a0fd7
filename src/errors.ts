/**
 * The whole error taxonomy. Callers match on `code`, never on the message text.
 *
 * Three different questions an operator asks have three branches: malformed bytes (`DecodeError`), a well-formed thing
 * at the wrong time (`ProtocolError`), and a peer that answered no (`ServiceError`).
 */

/** The layer that found the fault; printed to the user and part of the JSON error shape. */
export type ErrorLayer =
  | "config"
  | "transport"
  | "optical"
  | "mbus"
  | "hdlc"
  | "wrapper"
  | "acse"
  | "xdlms"
  | "cosem"
  | "security"
  | "mqtt"
  | "meter"
  | "store"
  | "internal";

/** Facts about a failure, free of secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>;

export interface DlmsErrorOptions {
  readonly layer?: ErrorLayer;
  readonly details?: ErrorDetails;
  /** What to try next, one sentence without a full stop. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Base of every error this package throws on purpose. */
export abstract class DlmsError extends Error {
  /** Stable kebab-case identifier of the failure. */
  readonly code: string;
  readonly layer: ErrorLayer;
  readonly details: ErrorDetails;
  readonly hint: string | undefined;
  /** True when the same request may succeed later without anything being changed. */
  readonly retriable: boolean = false;

  constructor(code: string, message: string, layer: ErrorLayer, options: DlmsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.layer = options.layer ?? layer;
    this.details = options.details ?? {};
    this.hint = options.hint;
  }
}

export type DecodeErrorCode = "truncated" | "trailing-data" | "bad-tag" | "bad-length" | "out-of-range" | "limit" | "check-failed";

/** Bytes that no sender could have meant. `offset` counts from the start of the buffer that was being decoded. */
export class DecodeError extends DlmsError {
  declare readonly code: DecodeErrorCode;
  readonly offset: number;
  readonly what: string;

  constructor(code: DecodeErrorCode, what: string, offset: number, message?: string, options: DlmsErrorOptions = {}) {
    super(code, message ?? `${what}: ${code} at offset ${offset}`, "xdlms", { ...options, details: { ...options.details, what, offset } });
    this.offset = offset;
    this.what = what;
  }
}

/** More octets than may be written. */
export class CapacityError extends DlmsError {
  constructor(message: string, options: DlmsErrorOptions = {}) {
    super("capacity", message, "internal", options);
  }
}

/** Well-formed, but not now. */
export abstract class ProtocolError extends DlmsError {}

/** Our own side asked for what the state forbids: a bug in the caller, or a call after a fatal error. */
export class LocalProtocolError extends ProtocolError {
  constructor(message: string, options: DlmsErrorOptions = {}) {
    super("local-protocol-error", message, "internal", options);
  }
}

/** The peer sent something well-formed that the state does not allow. */
export class RemoteProtocolError extends ProtocolError {
  constructor(message: string, options: DlmsErrorOptions = {}) {
    super("remote-protocol-error", message, "xdlms", options);
  }
}

export type SecurityErrorCode =
  | "authentication-failed"
  /** The tag of an APDU, or the integrity check of a wrapped key, does not fit: changed on the way, or another key. */
  | "deciphering-failed"
  | "signature-invalid"
  | "suite-mismatch"
  /** V.44 compression is not available. */
  | "compressed"
  | "replayed"
  | "counter-exhausted"
  | "policy"
  | "unknown-key";

export class SecurityError extends DlmsError {
  declare readonly code: SecurityErrorCode;
  constructor(code: SecurityErrorCode, message: string, options: DlmsErrorOptions = {}) {
    super(code, message, "security", options);
  }
}

/** The peer answered, and the answer is no. */
export abstract class ServiceError extends DlmsError {}

/** AARE with a result other than accepted (Green Book 9.3.2; ACSE result and diagnostic). */
export class AssociationRejectedError extends ServiceError {
  constructor(
    message: string,
    options: DlmsErrorOptions & { readonly details: ErrorDetails & { readonly result: string; readonly diagnostic: string } },
  ) {
    super("association-rejected", message, "acse", options);
  }
}

/** A GET, SET or ACCESS element refused with a data-access-result; `code` is the result's name. */
export class DataAccessError extends ServiceError {
  constructor(result: string, message: string, options: DlmsErrorOptions = {}) {
    super(result, message, "cosem", options);
  }
}

/** An ACTION refused with an action-result; `code` is the result's name. */
export class ActionError extends ServiceError {
  constructor(result: string, message: string, options: DlmsErrorOptions = {}) {
    super(result, message, "cosem", options);
  }
}

/** A meter that took a value and holds another one. */
export class NotKeptError extends ServiceError {
  constructor(message: string, options: DlmsErrorOptions = {}) {
    super("not-kept", message, "cosem", options);
  }
}

/** A firmware image that a meter does not take, or finds fault with (Blue Book 4.4.6). */
export class ImageTransferError extends ServiceError {
  constructor(
    code: "disabled" | "block-size" | "empty" | "incomplete" | "busy" | "verification-failed" | "activation-failed",
    message: string,
    options: DlmsErrorOptions = {},
  ) {
    super(code, message, "cosem", options);
  }
}

/** exception-response or ConfirmedServiceError to a request. */
export class ExceptionResponseError extends ServiceError {
  constructor(message: string, options: DlmsErrorOptions = {}) {
    super("exception-response", message, "xdlms", options);
  }
}

export type TransportErrorCode = "timeout" | "closed" | "refused" | "open-failed" | "link-failed";

export class TransportError extends DlmsError {
  declare readonly code: TransportErrorCode;
  override readonly retriable = true;
  constructor(code: TransportErrorCode, message: string, options: DlmsErrorOptions = {}) {
    super(code, message, "transport", options);
  }
}

/** A flag, file or configuration value that cannot be used. `path` names the place ("meters[2].poll"). */
export class ConfigError extends DlmsError {
  readonly path: string;
  constructor(path: string, message: string, options: DlmsErrorOptions = {}) {
    super("config", path === "" ? message : `${path}: ${message}`, "config", { ...options, details: { ...options.details, path } });
    this.path = path;
  }
}

/** Stored state that cannot be used as it is; nothing was changed. */
export class StoreError extends DlmsError {
  constructor(code: "store-version" | "store-corrupt" | "store-failed" | "store-busy", message: string, options: DlmsErrorOptions = {}) {
    super(code, message, "store", options);
  }
}

/** Our own bug. Report it. */
export class InvariantError extends DlmsError {
  constructor(message: string, options: DlmsErrorOptions = {}) {
    super("invariant", message, "internal", options);
  }
}
