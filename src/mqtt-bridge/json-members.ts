/** The members of a JSON object; undefined for anything else. */
export function jsonMembers(content: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof content === "object" && content !== null && !Array.isArray(content)
    ? (content as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Longer than any name or message of ours. */
const longestText = 512;

/** A text that somebody else wrote, cut where it is no name and no message any more; undefined for the empty one and for no text. */
export function jsonText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, longestText) : undefined;
}
