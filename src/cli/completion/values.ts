import { type AssociationKey, associationKeyOf, associationOptions } from "../../config/association-options.ts";
import { nameKey, profileNames } from "../../cosem-objects/names.ts";
import { standardNames } from "../../cosem-objects/standard-names.ts";
import { switchCommands } from "../../field/supply-switch.ts";
import { logNames } from "../report/event-rows.ts";

/** What may stand in a place: words to choose from, or what has to be looked up when somebody asks. */
export type Values = readonly string[] | "files" | "target" | "secret" | "ports";

const objectNames = (): Values =>
  [...new Set([...Object.keys(profileNames), ...Object.values(standardNames).map((name) => nameKey(name ?? ""))])].sort();

/** Arguments by their command and name. */
const argumentKinds: Readonly<Record<string, () => Values>> = {
  "dlms read objects": objectNames,
  "dlms set object": objectNames,
  "dlms invoke object": objectNames,
  "dlms profile profile": () => Object.keys(profileNames),
  "dlms events logs": () => Object.keys(logNames),
  "dlms relay command": () => switchCommands,
  "dlms scan place": () => "ports",
  "dlms readout port": () => "ports",
};

/** The commands and arguments above, as "dlms read objects". */
export const knownArguments = Object.keys(argumentKinds);

/** What an argument may be; undefined where anything may stand. */
export function argumentValues(path: string, name: string): Values | undefined {
  if (name === "target") return "target";
  if (/^(file|dir|folder)s?$/.test(name)) return "files";
  return argumentKinds[`${path} ${name}`]?.();
}

/** What the value of an option may be, by its name and placeholder; undefined where anything may stand. */
export function optionValues(name: string, placeholder: string): Values | undefined {
  if (/^(file|path|dir|folder)$/.test(placeholder)) return "files";
  if (placeholder === "secret") return "secret";
  const key: AssociationKey | undefined = associationKeyOf(name);
  if (key === undefined) return undefined;
  const option: { readonly secret?: boolean; readonly choices?: readonly string[]; readonly example: string } = associationOptions[key];
  if (option.secret === true) return "secret";
  return option.choices ?? (option.example.endsWith(".pem") ? "files" : undefined);
}
