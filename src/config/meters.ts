import type { z } from "zod";
import { section } from "./fields.ts";
import { meterListShape, resolveMeters } from "./meter-entry.ts";

/** The address book: what `meter:NAME` stands for on the command line. Its entries are those of a gateway's configuration. */
export const addressBookSchema = section(meterListShape).transform((book, context) => ({ meters: resolveMeters(book, context) }));

export type AddressBook = z.output<typeof addressBookSchema>;
