import type { FleetRow, PageCredit } from "../../src/dashboard/contract.ts";

const reasons: Readonly<Record<string, string>> = {
  unreachable: "nobody answers at its address",
  timeout: "it does not answer in time",
  auth: "it refuses our password or key",
  decrypt: "its answers cannot be deciphered: the key is wrong",
  decode: "its answers make no sense",
  error: "the gateway has a fault of its own with it",
  "broker-unreachable": "the broker does not answer",
  "bridge-offline": "its gateway does not run",
};

/** Why there is nothing new of a meter, in a sentence; undefined while there is. */
export function silenceOf(row: Pick<FleetRow, "online" | "reason" | "lastRead">, gone: string | undefined): string | undefined {
  if (gone !== undefined) return gone;
  if (row.online) return undefined;
  if (row.lastRead === null && row.reason === null) return "it has not been read yet";
  return reasons[row.reason ?? ""] ?? `it says ${row.reason ?? "nothing"}`;
}

const creditStates: Readonly<Record<PageCredit["state"], string>> = {
  enabled: "not in use",
  selectable: "may be taken",
  selected: "taken, not yet used",
  "in-use": "in use now",
  exhausted: "used up",
};

/** How it stands with a credit besides the one that was bought. */
export function creditSentence({ state, active }: Pick<PageCredit, "state" | "active">): string {
  return active || state === "in-use" ? creditStates[state] : "not set up";
}

/** "low_credit_1" to "low credit 1". */
export function plain(word: string): string {
  return word.replaceAll(/[_-]/g, " ");
}
