import type { Command } from "commander";
import { keyFileVariables } from "../../config/key-file-passphrase.ts";

/**
 * Adds --key-file and --key-passphrase-fd, which every command understands. Each stands for its environment variable, so
 * that a secret is found the same way wherever in the program it is wanted.
 */
export function withKeyFileOptions(program: Command): Command {
  return program
    .option("--key-file <file>", `encrypted file of the secrets named keyfile:NAME (${keyFileVariables.file})`)
    .option("--key-passphrase-fd <number>", `descriptor to read its passphrase from (${keyFileVariables.descriptor})`)
    .hook("preAction", (command) => {
      const { keyFile, keyPassphraseFd } = command.opts<{ readonly keyFile?: string; readonly keyPassphraseFd?: string }>();
      if (keyFile !== undefined) process.env[keyFileVariables.file] = keyFile;
      if (keyPassphraseFd !== undefined) process.env[keyFileVariables.descriptor] = keyPassphraseFd;
    });
}
