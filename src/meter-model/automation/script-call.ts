/** The tables of scripts that a meter has; that of nothing has none. */
export const scriptTableNames = [
  "none",
  "globalReset",
  "billing",
  "tariff",
  "outputs",
  "testOutput",
  "disconnect",
  "image",
  "push",
  "loadProfile",
  "prepayment",
] as const;

/** One of the tables. */
export type ScriptTableName = (typeof scriptTableNames)[number];

/** A script of a table; 0 does nothing. */
export interface ScriptCall {
  readonly table: ScriptTableName;
  readonly script: number;
}

/** What does nothing. */
export const noScript: ScriptCall = { table: "none", script: 0 };

/** Executes a script at once; what becomes of it is the script's own business. */
export type ScriptRunner = (call: ScriptCall) => void;
