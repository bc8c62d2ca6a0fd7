import type { Infer } from "../axdr/schema.ts";
import { optional, sequence, u8 } from "../axdr/untagged.ts";
import { rawData } from "./raw-data.ts";

/** Selective-Access-Descriptor: selector and its parameters, which only the attribute's class understands. */
export const accessSelection = sequence("Selective-Access-Descriptor", { selector: u8, parameters: rawData });
export type AccessSelection = Infer<typeof accessSelection>;

export const optionalSelection = optional(accessSelection);
