import type { ScriptReference } from "../../../cosem-objects/classes/single-action-schedule.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import type { ScriptCall, ScriptTableName } from "../../../meter-model/index.ts";

/** What the tables of scripts are called. */
export const scriptTables: Readonly<Record<ScriptTableName, LogicalName>> = {
  none: "0.0.0.0.0.0",
  globalReset: "0.0.10.0.0.255",
  billing: "0.0.10.0.1.255",
  tariff: "0.0.10.0.100.255",
  outputs: "0.0.10.0.103.255",
  testOutput: "0.0.10.0.104.255",
  disconnect: "0.0.10.0.106.255",
  image: "0.0.10.0.107.255",
  push: "0.0.10.0.108.255",
  loadProfile: "0.0.10.0.109.255",
  prepayment: "0.0.10.1.100.255",
};

const names: ReadonlyMap<LogicalName, ScriptTableName> = new Map(
  (Object.keys(scriptTables) as ScriptTableName[]).map((name) => [scriptTables[name], name]),
);

/** A script as attributes refer to it. */
export function scriptReference({ table, script }: ScriptCall): ScriptReference {
  return { scriptLogicalName: scriptTables[table], scriptSelector: script };
}

/** The script that is meant; undefined for one of a table that there is not. */
export function scriptCall({ scriptLogicalName, scriptSelector }: ScriptReference): ScriptCall | undefined {
  const table = names.get(scriptLogicalName);
  if (table === undefined || (table === "none" && scriptSelector !== 0)) return undefined;
  return { table, script: scriptSelector };
}
