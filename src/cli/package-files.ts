import { fileURLToPath } from "node:url";

/** Path of a file that the package ships: "config/virtual-meter.yaml". */
export function packageFile(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
