import { apduTags } from "../../src/dlms/xdlms/tags.ts";

/** docs/apdus.md: the tag of every APDU and of its ciphered forms. */
export function apdusPage(): string {
  return [
    "# APDU tags",
    "",
    "Generated from `src/dlms/xdlms/tags.ts` by `npm run docs:pages`.",
    "",
    "| APDU | plain | global ciphering | dedicated ciphering |",
    "|---|---|---|---|",
    ...Object.entries(apduTags).map(
      ([kind, tags]) =>
        `| ${kind} | ${hex(tags.plain)} | ${"global" in tags ? hex(tags.global) : ""} | ${"dedicated" in tags ? hex(tags.dedicated) : ""} |`,
    ),
    "",
  ].join("\n");
}

function hex(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(2, "0");
}
