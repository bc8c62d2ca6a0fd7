import { clientTransitions as associationClient, serverTransitions as associationServer } from "../../src/dlms/association/transitions.ts";
import { clientTransitions as linkClient, serverTransitions as linkServer } from "../../src/hdlc/transitions.ts";

type Table = Readonly<Record<string, Readonly<Record<string, string | { readonly to: string } | undefined>>>>;

/** docs/states.md: the state machines, drawn from the tables that drive them. */
export function statesPage(): string {
  return [
    "# State machines",
    "",
    "Generated from the transition tables by `npm run docs:pages`. An input that a state does not list is ignored by a link and",
    "refused by an association.",
    ...diagram("HDLC link, client's end", linkClient),
    ...diagram("HDLC link, server's end", linkServer),
    ...diagram("Association, client's end", associationClient),
    ...diagram("Association, server's end", associationServer),
    "",
  ].join("\n");
}

function diagram(title: string, table: Table): readonly string[] {
  const first = Object.keys(table)[0] as string;
  const edges = Object.entries(table).flatMap(([state, inputs]) =>
    Object.entries(inputs).map(
      ([input, target]) => `  ${state} --> ${typeof target === "string" ? target : (target?.to ?? state)}: ${input}`,
    ),
  );
  return ["", `## ${title}`, "", "```mermaid", "stateDiagram-v2", `  [*] --> ${first}`, ...edges, "```"];
}
