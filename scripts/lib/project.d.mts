/** The folder of package.json, with a trailing separator. */
export const root: string;

/** SHA-256, as hex, of the named files and folder trees under `base`: contents and relative names. What is missing counts as empty. */
export function hashFiles(base: string, entries: readonly string[]): string;

/** The file as text, or undefined where there is none. */
export function readText(path: string): string | undefined;
