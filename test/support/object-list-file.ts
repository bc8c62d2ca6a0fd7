import { fileURLToPath } from "node:url";

/** The list of all objects of the meter, which lies beside the checkout where there is one. */
export const objectListFile = fileURLToPath(new URL("../../../shared/data/blue-objects.json", import.meta.url));
