import { caseGroups } from "../../src/conformance/case.ts";
import { conformanceCases } from "../../src/conformance/cases/index.ts";

/** docs/conformance-cases.md: every case of `dlms conformance`. */
export function conformancePage(): string {
  return [
    "# Conformance cases",
    "",
    "Generated from `src/conformance/cases` by `npm run docs:pages`. Ids without `X_` are those of the abstract test suites of the",
    "DLMS User Association; what is done and required is told by `docs/conformance.md` and by the subtests themselves.",
    ...caseGroups.flatMap((group) => {
      const cases = conformanceCases.filter((each) => each.group === group);
      if (cases.length === 0) return [];
      return [
        "",
        `## ${group}`,
        "",
        "| case | title | subtests | source |",
        "|---|---|---:|---|",
        ...cases.map(({ id, title, subtests, source }) => {
          const count = typeof subtests === "function" ? "as declared" : String(subtests.length);
          return `| ${id} | ${title} | ${count} | ${source} |`;
        }),
      ];
    }),
    "",
  ].join("\n");
}
