import { Command } from "commander";
import { toHex } from "../../bytes/hex.ts";
import { parseSecretReference, resolveSecret, secretExpected } from "../../config/secret.ts";
import { keyId } from "../../dlms/security/key-id.ts";
import { wrapKey } from "../../dlms/security/key-wrap.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { secureRandom } from "../../dlms/security/secure-random.ts";
import { type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import { ConfigError } from "../../errors.ts";
import { writeKeyFile, writeKeySets } from "../keys/key-files.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { commandAction } from "./action.ts";
import { agreeCommand } from "./keys-agree.ts";
import { certificateCommand } from "./keys-certificate.ts";
import { keyFileCommand } from "./keys-file.ts";
import { transferCommand } from "./keys-transfer.ts";

/** `dlms keys generate|wrap|transfer|agree|certificate|file` */
export function keysCommand(): Command {
  const generate = withCommonOptions(new Command("generate"))
    .description("draw keys; they go to files that only their owner may read")
    .option("--suite <number>", "security suite", parseSuite("--suite"), 0 as SecuritySuite)
    .option("--out <file>", "write one key there")
    .option("--demo <dir>", "write GUEK, GBEK, GAK and KEK for the suites 0, 1 and 2 there")
    .option("--show", "print the key: whoever sees the screen, or a log, has it")
    .addHelpText("after", "\nExample:\n  dlms keys generate --out secrets/meter.ek\n  dlms keys generate --demo keys")
    .action(commandAction(generateKeys));
  const wrap = withCommonOptions(new Command("wrap"))
    .description("wrap a key under a key encrypting key (RFC 3394), as key_transfer takes it")
    .requiredOption("--kek <secret>", "key encrypting key of the meter")
    .requiredOption("--key <secret>", "the key to be wrapped")
    .addHelpText("after", "\nExample:\n  dlms keys wrap --kek file:secrets/meter.kek --key file:secrets/new.ek")
    .action(commandAction(wrapOne));
  return new Command("keys")
    .description("keys: draw, wrap, replace in a meter, agree on; certificates; the encrypted key file")
    .addCommand(generate)
    .addCommand(wrap)
    .addCommand(transferCommand())
    .addCommand(agreeCommand())
    .addCommand(certificateCommand())
    .addCommand(keyFileCommand());
}

interface GenerateOptions extends CommonOptions {
  readonly suite: SecuritySuite;
  readonly out?: string;
  readonly demo?: string;
  readonly show?: boolean;
}

async function generateKeys(output: Output, { suite, out, demo, show = false }: GenerateOptions): Promise<void> {
  if ([out !== undefined, demo !== undefined, show].filter(Boolean).length !== 1) {
    throw new ConfigError("", "expected one of --out FILE, --demo DIR and --show", { hint: "for example --out secrets/meter.ek" });
  }
  if (demo !== undefined) {
    const files = writeKeySets(demo, secureRandom);
    output.result({ files }, () => files.map(({ file }) => file).join("\n"));
    return;
  }
  const bytes = secureRandom(securitySuites[suite].keyLength);
  const id = keyId(SecretKey.from(bytes));
  if (out === undefined) {
    output.result({ suite, id, key: toHex(bytes) }, () => toHex(bytes));
    return;
  }
  writeKeyFile(out, bytes, "--out");
  output.result({ suite, id, file: out }, () => `${out} (key ${id})`);
}

interface WrapOptions extends CommonOptions {
  readonly kek: string;
  readonly key: string;
}

async function wrapOne(output: Output, options: WrapOptions): Promise<void> {
  const kek = keyOf(options.kek, "--kek", output);
  const key = keyOf(options.key, "--key", output);
  if (kek.length !== key.length) {
    throw new ConfigError("--key", `expected as many bytes as the key encrypting key has (${kek.length}), got ${key.length}`);
  }
  const wrapped = toHex(wrapKey(kek, key));
  output.result({ wrapped, kek: keyId(kek), key: keyId(key) }, () => wrapped);
}

function keyOf(written: string, path: string, output: Output): SecretKey {
  const reference = parseSecretReference(written);
  if (reference === undefined) throw new ConfigError(path, `${secretExpected}, got something else`);
  const { bytes, visible } = resolveSecret(reference, { path, format: "key", environment: process.env, directory: process.cwd() });
  if (visible) output.note(`warning: ${path}: the command line is visible to others; use env:NAME or file:PATH`);
  if (bytes.length !== 16 && bytes.length !== 32) throw new ConfigError(path, `expected a key of 16 or 32 bytes, got ${bytes.length}`);
  return SecretKey.from(bytes);
}

function parseSuite(name: string): (text: string) => SecuritySuite {
  return (text) => {
    if (text !== "0" && text !== "1" && text !== "2") throw new ConfigError(name, `expected 0, 1 or 2, got ${JSON.stringify(text)}`);
    return Number(text) as SecuritySuite;
  };
}
