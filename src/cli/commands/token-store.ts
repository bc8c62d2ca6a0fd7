import { dirname, join } from "node:path";
import type { Command } from "commander";
import type { IssueBook } from "../../vending/index.ts";
import { userInstallationFolder } from "../keys/installation.ts";

/** Adds --store. */
export function withStoreOption(command: Command): Command {
  return command.option("--store <folder>", "where issued tokens are kept; by default with the other state of the user");
}

/** The book of issued tokens in a folder, by default that of the user. @throws StoreError */
export async function openIssueBook(folder: string | undefined): Promise<IssueBook> {
  // Loaded here, so that commands without a book do not wait for a database.
  const { LmdbIssueBook } = await import("../../vending/lmdb-issue-book.ts");
  return new LmdbIssueBook(folder ?? userVendingFolder(process.env));
}

/** Beside the counters of the user's keys: neither may be deleted at any time. */
export function userVendingFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return join(dirname(userInstallationFolder(environment)), "vending");
}
