import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import { ConfigError } from "../errors.ts";

/** What is written of a meter; everything else is for its owner to add. */
export interface NewMeter {
  readonly id: string;
  readonly target: string;
}

/** A meter's entry as it stands in an address book, or in a gateway's configuration. */
export function meterEntryText({ id, target }: NewMeter): string {
  return `- id: ${JSON.stringify(id)}\n  target: ${JSON.stringify(target)}\n`;
}

/**
 * Puts a meter into an address book, which is made where there is none. An entry of its name gets the new target; comments and
 * the rest of the file stay as they are.
 * @throws ConfigError for a file that is no address book, or cannot be written
 */
export function addMeter(file: string, meter: NewMeter): "added" | "changed" {
  const document = parseDocument(existsSync(file) ? readFileSync(file, "utf8") : "meters: []\n");
  const [fault] = document.errors;
  if (fault !== undefined) throw new ConfigError(file, `expected YAML: ${fault.message}`);
  const meters = document.get("meters");
  if (!isSeq(meters)) throw new ConfigError(file, "expected a list of meters, as an address book has");
  const known = meters.items.find((item): item is YAMLMap => isMap(item) && item.get("id") === meter.id);
  if (known === undefined) meters.add(document.createNode(meter));
  else known.set("target", meter.target);
  meters.flow = false;
  try {
    writeFileSync(`${file}.new`, document.toString());
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new ConfigError(file, "cannot be written", { cause });
  }
  return known === undefined ? "added" : "changed";
}
