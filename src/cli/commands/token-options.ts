import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { DateTime } from "luxon";
import { parseSecretReference, resolveSecret, secretExpected } from "../../config/secret.ts";
import { ConfigError, DecodeError } from "../../errors.ts";
import {
  type BaseDate,
  baseDates,
  type EncryptionAlgorithm,
  type EncryptionCode,
  type KeyGenerationCode,
  type KeyType,
  type MeterPan,
  misty1,
  parseMeterNumber,
  type StaTables,
  sta,
  staTablesFrom,
  VendingKey,
} from "../../sts/index.ts";
import { type MeterKey, meterKeyOf } from "../../vending/index.ts";
import type { Output } from "../output.ts";

/** The numbers that go with a vending key, as they are written: by the name of their flag, or of their column. */
export interface TermTexts {
  readonly sgc?: string | undefined;
  readonly krn?: string | undefined;
  readonly kt?: string | undefined;
  readonly ti?: string | undefined;
  readonly ken?: string | undefined;
  readonly baseDate?: string | undefined;
}

/** Options of a vending key and of the algorithms, as commander hands them over. */
export interface VendingOptions extends TermTexts {
  readonly vendingKey?: string;
  readonly ea?: EncryptionCode;
  readonly dkga?: KeyGenerationCode;
  readonly staTables?: string;
}

/** What most meters have; the supply group has no such number. */
const usual = { krn: "1", kt: "2", ti: "1", ken: "255", baseDate: "2014" } as const satisfies TermTexts;

/** What is used where neither --ea nor a key says otherwise. */
export const usualEncryption: EncryptionCode = "11";

/** Adds --meter, --vending-key and what goes with it. */
export function withVendingOptions(command: Command): Command {
  return withAlgorithmOptions(command)
    .option("--meter <number>", "decoder reference number (11 or 13 digits) or meter PAN (18)")
    .option("--vending-key <secret>", "key of the supply group")
    .option("--sgc <number>", "supply group code")
    .option("--krn <number>", `key revision number (default: ${usual.krn})`)
    .option("--kt <number>", `key type: 0 initialisation, 1 default, 2 unique, 3 common (default: ${usual.kt})`)
    .option("--ti <number>", `tariff index (default: ${usual.ti})`)
    .addOption(new Option("--dkga <code>", "how decoder keys are derived: 02 DES, 04 HMAC (default: 04)").choices(["02", "04"]));
}

/** Adds --ea, --sta-tables and --base-date. */
function withAlgorithmOptions(command: Command): Command {
  return command
    .addOption(new Option("--ea <code>", "encryption algorithm: 07 STA, 11 MISTY1 (default: 11)").choices(["07", "11"]))
    .option("--sta-tables <file>", "tables of EA07, as the STS Association hands them to members; otherwise the sample of the standard")
    .addOption(
      new Option("--base-date <year>", `year from which identifiers count (default: ${usual.baseDate})`).choices(baseDates.map(String)),
    );
}

/** The cipher of --ea; of EA07 with the tables of --sta-tables. @throws ConfigError */
export function algorithmOf(code: EncryptionCode, staTables: string | undefined, output: Pick<Output, "note">): EncryptionAlgorithm {
  if (code === "11") {
    if (staTables !== undefined) throw new ConfigError("--sta-tables", "EA11 has no tables", { hint: "leave it out, or say --ea 07" });
    return misty1;
  }
  if (staTables !== undefined) return sta(readTables(staTables));
  output.note("warning: EA07 with the sample tables of the standard, which no meter in the field has; see --sta-tables");
  return sta();
}

function readTables(file: string): StaTables {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    // What JSON.parse says quotes the text, and a member's tables are secret.
    const why = cause instanceof SyntaxError ? "it is not JSON" : ((cause as NodeJS.ErrnoException).code ?? "unknown failure");
    throw new ConfigError("--sta-tables", `cannot use ${file}: ${why}`);
  }
  return underNames({ "": "--sta-tables" }, () => staTablesFrom(parsed));
}

/** The octets of a key that an option refers to, with a warning where it stands in the open. @throws ConfigError */
export function secretOctets(option: string, written: string, output: Pick<Output, "note">): Uint8Array {
  const reference = parseSecretReference(written);
  // The text itself may be the secret, so it is not repeated.
  if (reference === undefined) throw new ConfigError(option, secretExpected, { hint: `for example ${option} env:VENDING_KEY` });
  const { bytes, visible } = resolveSecret(reference, { path: option, format: "key", environment: process.env, directory: process.cwd() });
  if (visible) output.note(`warning: ${option}: the command line is visible to others; use env:NAME or file:PATH`);
  return bytes;
}

/** The vending key that an option refers to. @throws ConfigError */
export function vendingKeyOf(option: string, written: string | undefined, output: Pick<Output, "note">): VendingKey {
  const octets = secretOctets(option, required(option, written, "the key of the supply group"), output);
  return asOption(option, () => VendingKey.from(octets));
}

/** What an option or a column has to say. @throws ConfigError where it says nothing */
export function required(name: string, text: string | undefined, what: string): string {
  if (text === undefined || text === "") throw new ConfigError(name, `expected ${what}, got nothing`);
  return text;
}

/** The meter that 11, 13 or 18 digits name. @throws ConfigError */
export function meterOf(name: string, text: string | undefined): MeterPan {
  const digits = required(name, text, "the number of a meter");
  return asOption(name, () => parseMeterNumber(digits), "check the digits; spreadsheets drop the leading zeros of numbers");
}

/** A vending key with what derives decoder keys from it. */
export interface KeySource {
  readonly vendingKey: VendingKey;
  readonly generation: KeyGenerationCode;
  readonly encryption: EncryptionCode;
}

/** What the user calls something: the flag, argument or column that says it. */
export type NameOf = (name: string) => string;

/** Flags, by their names without the hyphens. */
export const flagNames: NameOf = (name) => `--${name}`;

/** The key of a meter. @throws ConfigError naming the flag or column */
export function meterKeyFrom(pan: MeterPan, { vendingKey, generation, encryption }: KeySource, texts: TermTexts, nameOf: NameOf): MeterKey {
  const number = (name: "sgc" | "krn" | "kt" | "ti" | "ken"): number => {
    const text = texts[name] ?? (name === "sgc" ? undefined : usual[name]);
    return wholeNumber(nameOf(name), required(nameOf(name), text, "a number"));
  };
  const terms = {
    supplyGroupCode: number("sgc"),
    keyRevisionNumber: number("krn"),
    keyType: number("kt") as KeyType,
    tariffIndex: number("ti"),
    keyExpiryNumber: number("ken"),
    baseDate: baseDateOf(texts.baseDate),
  };
  const names = {
    supplyGroupCode: nameOf("sgc"),
    keyRevisionNumber: nameOf("krn"),
    keyType: nameOf("kt"),
    tariffIndex: nameOf("ti"),
    keyExpiryNumber: nameOf("ken"),
    vendingKey: nameOf("vending-key"),
    encryption: nameOf("dkga"),
  };
  return underNames(names, () => meterKeyOf(pan, encryption, generation, vendingKey, terms));
}

/** The base date that an option chose among those there are. */
export function baseDateOf(text: string = usual.baseDate): BaseDate {
  return Number(text) as BaseDate;
}

/** A whole number in decimal digits. @throws ConfigError */
export function wholeNumber(name: string, text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new ConfigError(name, `expected a whole number, got ${JSON.stringify(text)}`);
  return Number(text);
}

/** An instant, milliseconds since 1970 in UTC; a time without offset is in UTC, as identifiers are. @throws ConfigError */
export function instantOf(option: string, text: string): number {
  const parsed = DateTime.fromISO(text, { zone: "utc" });
  if (!parsed.isValid) throw new ConfigError(option, `expected a time such as 2026-11-22T12:00Z, got ${JSON.stringify(text)}`);
  return parsed.toMillis();
}

/** Runs something whose refusals name its own fields, and names what the user wrote instead. */
export function underNames<Result>(names: Readonly<Record<string, string>>, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const name = names[error.path];
    if (name === undefined) throw error;
    const message = error.path === "" ? error.message : error.message.slice(`${error.path}: `.length);
    throw new ConfigError(name, message, error.hint === undefined ? {} : { hint: error.hint });
  }
}

/** Makes something of what an option or column says. @throws ConfigError naming it, where that is malformed */
export function asOption<Result>(option: string, make: () => Result, hint?: string): Result {
  try {
    return make();
  } catch (error) {
    if (error instanceof DecodeError) throw new ConfigError(option, error.message, hint === undefined ? {} : { hint });
    throw error;
  }
}
