/** A program that tests start as a process of its own. */
export interface SystemPackage {
  readonly command: string;
  readonly debian: string;
  /** The service its package starts on installation, if any. */
  readonly service?: string;
  /** What is not tested without it. */
  readonly reason: string;
}

export const systemPackages: readonly SystemPackage[];

/** The caller's PATH with the folders of daemons behind it. */
export const searchPath: string;

/** Where the program is, or undefined. */
export function findCommand(command: string): string | undefined;

/** Installs what is missing where that is possible, and lists on stderr what still is. */
export function ensureSystemPackages(): void;

/** One line for each missing program: what it is, and what is not tested without it. */
export function missingReport(missing: readonly SystemPackage[]): string[];
