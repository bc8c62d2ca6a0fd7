const replacement = "[redacted]";
/** Words that make a field a secret, alone or as a part of its name: `password`, `masterKey`, `page_token`. */
const secretWords: ReadonlySet<string> = new Set(["password", "secret", "key", "token", "ek", "ak", "lls"]);
/** An STS token is 20 digits, often written in groups of four (IEC 62055-41 6.2). */
const tokenNumber = /(?<!\d)\d{4}([ -]?)\d{4}(?:\1\d{4}){3}(?!\d)/g;
/** Deeper than anything worth logging, and a bound on what a hostile structure can cost. */
const deepest = 8;

/**
 * A copy fit for a log: fields named as secrets and numbers of 20 digits are replaced, bytes become hex, and control
 * characters are escaped, so that bytes from a meter can neither forge a line nor drive a terminal.
 */
export function redact(value: unknown): unknown {
  return redactValue(value, 0, new Set());
}

/** Text without the numbers of tokens and without control characters. */
export function redactText(text: string): string {
  return escapeControls(text.replace(tokenNumber, replacement));
}

/** True for the name of a field whose value is never logged. */
export function isSecretName(name: string): boolean {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => secretWords.has(word) || secretWords.has(word.replace(/s$/, "")));
}

function escapeControls(text: string): string {
  return text.replace(/\p{Cc}|\u2028|\u2029/gu, (control) => `\\u${(control.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}

function redactValue(value: unknown, depth: number, path: ReadonlySet<object>): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return redactText(String(value));
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  if (depth >= deepest || path.has(value)) return "[...]";
  const within = new Set([...path, value]);
  if (value instanceof Error) return redactError(value, depth, within);
  if ("toJSON" in value && typeof value.toJSON === "function") return redactValue(value.toJSON(), depth + 1, within);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1, within));
  return redactFields(value, depth, within);
}

function redactFields(value: object, depth: number, path: ReadonlySet<object>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      escapeControls(name),
      isSecretName(name) ? replacement : redactValue(field, depth + 1, path),
    ]),
  );
}

function redactError(error: Error, depth: number, path: ReadonlySet<object>): Readonly<Record<string, unknown>> {
  const { name, message, cause } = error;
  return redactFields({ ...error, name, message, ...(cause !== undefined && { cause }) }, depth, path);
}
