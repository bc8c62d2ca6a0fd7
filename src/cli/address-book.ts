import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { loadYaml } from "../config/load.ts";
import { addressBookSchema } from "../config/meters.ts";
import { ConfigError } from "../errors.ts";
import type { AddressBookSource } from "./target.ts";

/** The address book in this file. */
export function addressBook(file: string): AddressBookSource {
  return {
    directory: dirname(file),
    load: () => {
      if (!existsSync(file)) {
        throw new ConfigError("TARGET", `there is no address book ${file}`, {
          hint: `find a meter and put it there with dlms scan PLACE --save ${file}, or name another book with --book`,
        });
      }
      return loadYaml(file, addressBookSchema);
    },
  };
}
