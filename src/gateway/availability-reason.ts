import { DecodeError, DlmsError, SecurityError } from "../errors.ts";

/** Why a meter cannot be read, in a word for subscribers. */
export function availabilityReason(error: unknown): string {
  if (error instanceof DecodeError) return "decode";
  if (error instanceof SecurityError) return "decrypt";
  if (!(error instanceof DlmsError)) return "error";
  switch (error.code) {
    case "timeout":
      return "timeout";
    case "association-rejected":
      return "auth";
    case "refused":
    case "open-failed":
    case "closed":
    case "link-failed":
      return "unreachable";
    default:
      return error.code;
  }
}
