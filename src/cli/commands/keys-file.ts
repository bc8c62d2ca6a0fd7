import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { toHex } from "../../bytes/hex.ts";
import { changeKeyFile, changePassphrase, createEmptyKeyFile, isKeyFileName, keyFilePath, keyFileSecrets } from "../../config/key-file.ts";
import { askHidden } from "../../config/key-file-terminal.ts";
import { parseSecretReference, resolveSecret, secretExpected } from "../../config/secret.ts";
import { secureRandom } from "../../dlms/security/secure-random.ts";
import { ConfigError } from "../../errors.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { commandAction } from "./action.ts";

/** `dlms keys file create|set|list|remove|change-passphrase` */
export function keyFileCommand(): Command {
  const sub = (name: string, description: string) => withCommonOptions(new Command(name)).description(description);
  return new Command("file")
    .description("the encrypted key file: secrets under one passphrase, used as keyfile:NAME")
    .addCommand(sub("create", "make an empty key file").action(commandAction(create)))
    .addCommand(
      sub("set", "put a secret into it; without SECRET it is asked for, or taken from standard input")
        .argument("<name>", "what keyfile:NAME calls it")
        .argument("[secret]", secretExpected.replace(/^expected /, ""))
        .addOption(new Option("--random <octets>", "draw a key").choices(["16", "32"]))
        .option("--replace", "where there is one of that name already")
        .action(commandAction(set)),
    )
    .addCommand(sub("list", "the names of what is in it").action(commandAction(list)))
    .addCommand(sub("remove", "take a secret out").argument("<name>", "its name").action(commandAction(remove)))
    .addCommand(sub("change-passphrase", "seal it under another passphrase").action(commandAction(reseal)))
    .addHelpText(
      "after",
      "\nExample:\n  export DLMS_KEY_FILE=~/meters.keys\n  dlms keys file create\n  dlms keys file set house.ek file:secrets/house.ek\n  dlms read meter:house --auth gmac --ek keyfile:house.ek --ak keyfile:house.ak\n\nThe passphrase is asked for at the terminal, or comes from DLMS_KEY_PASSPHRASE (a new one from DLMS_KEY_NEW_PASSPHRASE),\nor is a line of the descriptor that --key-passphrase-fd names.",
    );
}

async function create(output: Output): Promise<void> {
  const file = createEmptyKeyFile(process.env, secureRandom);
  output.result({ file }, () => file);
}

interface SetOptions extends CommonOptions {
  readonly random?: "16" | "32";
  readonly replace?: boolean;
}

async function set(output: Output, { random, replace = false }: SetOptions, name: string, written: string | undefined): Promise<void> {
  if (!isKeyFileName(name)) {
    throw new ConfigError("NAME", `expected letters, digits, dots, hyphens and underscores, got ${JSON.stringify(name)}`, {
      hint: "for example house.ek",
    });
  }
  if (random !== undefined && written !== undefined) throw new ConfigError("--random", "expected no SECRET beside it, got one");
  const present = keyFileSecrets(process.env).has(name);
  if (present && !replace)
    throw new ConfigError("NAME", `there is a secret ${name} already`, { hint: "give --replace to lose the old one" });
  const secret = random === undefined ? secretOf(name, written, output) : toHex(secureRandom(Number(random)));
  changeKeyFile(process.env, (secrets) => secrets.set(name, secret), secureRandom);
  output.result({ name, replaced: present }, () => `keyfile:${name} ${present ? "replaced" : "added"}`);
}

async function list(output: Output): Promise<void> {
  const names = [...keyFileSecrets(process.env).keys()].sort();
  output.result(
    names.map((name) => ({ name })),
    () => (names.length === 0 ? `${keyFilePath(process.env)} is empty; add to it with dlms keys file set NAME` : names.join("\n")),
  );
}

async function remove(output: Output, _options: CommonOptions, name: string): Promise<void> {
  changeKeyFile(
    process.env,
    (secrets) => {
      if (!secrets.delete(name)) throw new ConfigError("NAME", `there is no secret ${name}`, { hint: "see dlms keys file list" });
    },
    secureRandom,
  );
  output.result({ name, removed: true }, () => `keyfile:${name} removed`);
}

async function reseal(output: Output): Promise<void> {
  changePassphrase(process.env, secureRandom);
  const file = keyFilePath(process.env);
  output.result({ file }, () => `${file} has the new passphrase`);
}

/** As it would stand in a file of its own: a key in hex digits, a password or PEM as it is. */
function secretOf(name: string, written: string | undefined, output: Output): string {
  if (written === undefined) return typed(name);
  const reference = parseSecretReference(written);
  if (reference === undefined) throw new ConfigError("SECRET", `${secretExpected}, got something else`);
  const { bytes, visible } = resolveSecret(reference, {
    path: "SECRET",
    format: "text",
    environment: process.env,
    directory: process.cwd(),
  });
  if (visible) output.note("warning: SECRET: the command line is visible to others; use env:NAME or file:PATH");
  return reference.kind === "hex" ? toHex(bytes) : new TextDecoder().decode(bytes);
}

const standardInput = 0;

function typed(name: string): string {
  const text = process.stdin.isTTY ? askHidden(`secret ${name}: `) : readFileSync(standardInput, "utf8").replace(/\r?\n$/, "");
  if (text === undefined || text === "") throw new ConfigError("SECRET", "expected a secret, got nothing");
  return text;
}
