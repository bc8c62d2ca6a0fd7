import { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import { DecoderKey, decoderKeyLengths, decodeToken, type EncryptionCode, type TokenFault } from "../../sts/index.ts";
import { parseTokenDigits } from "../../sts/token-digits.ts";
import { explainToken } from "../../vending/index.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import { type Failure, failureLine, type Output } from "../output.ts";
import { commandAction } from "./action.ts";
import {
  algorithmOf,
  asOption,
  baseDateOf,
  flagNames,
  meterKeyFrom,
  meterOf,
  secretOctets,
  usualEncryption,
  type VendingOptions,
  vendingKeyOf,
  withVendingOptions,
} from "./token-options.ts";
import { aligned, factJson, factText, inGroups } from "./token-view.ts";

/** Options of decode, as commander hands them over. */
export interface DecodeOptions extends CommonOptions, VendingOptions {
  readonly key?: string;
  readonly meter?: string;
  readonly showKey?: boolean;
}

/** `dlms token decode 20DIGITS` */
export function tokenDecodeCommand(): Command {
  return withVendingOptions(withCommonOptions(new Command("decode")))
    .description("say what a token says; tokens of class 1 need no key")
    .argument("<digits...>", "twenty digits, in groups or not")
    .option("--key <secret>", "decoder key of the meter, instead of --meter and --vending-key")
    .option("--show-key", "print the parts of a new key: whoever sees the screen, or a log, has them")
    .addHelpText(
      "after",
      "\nExamples:\n  dlms token decode 6725 9421 5966 2658 1768 --key env:DECODER_KEY\n  dlms token decode 67259421596626581768 --meter 01234567897 --vending-key env:VENDING_KEY --sgc 123456",
    )
    .action(
      commandAction(async (output, options: DecodeOptions, groups: readonly string[]) => {
        process.exitCode = decodeDigits(output, options, groups);
      }),
    );
}

/**
 * Prints what the token of these digits says, or why they are none.
 * @throws ConfigError for options that do not go together
 */
export function decodeDigits(output: Output, options: DecodeOptions, groups: readonly string[]): ExitCode {
  const digits = groups.join("").replace(/[\s-]/g, "");
  const carried = parseTokenDigits(digits);
  if (carried === undefined) return fail(output, "format-error");
  const given = keyOf(output, options);
  // Class 1 is not enciphered, and class 3 is nothing yet.
  if (given === undefined && (carried.tokenClass === 0 || carried.tokenClass === 2)) {
    throw new ConfigError("--key", "expected the key of the meter, got nothing", { hint: "give --key, or --meter and --vending-key" });
  }
  const encryption = given?.encryption ?? options.ea ?? usualEncryption;
  const key = given?.key ?? DecoderKey.from(new Uint8Array(decoderKeyLengths[encryption]));
  const decoded = decodeToken(digits, key, algorithmOf(encryption, options.staTables, output));
  if (decoded.result !== "authentic") return fail(output, decoded.result);
  const facts = Object.entries(explainToken(decoded.token, { baseDate: baseDateOf(options.baseDate), showKeys: options.showKey === true }));
  output.result(Object.fromEntries(facts.map(([name, fact]) => [name, factJson(fact)])), () =>
    [inGroups(digits), "", ...aligned(facts.map(([name, fact]) => [name, factText(fact)]))].join("\n"),
  );
  return exitCodes.done;
}

interface GivenKey {
  readonly key: DecoderKey;
  readonly encryption: EncryptionCode;
}

/** The decoder key that is given, or derived; the length of a given one says which algorithm it is for. */
function keyOf(output: Output, options: DecodeOptions): GivenKey | undefined {
  const { key: written, meter, vendingKey: reference, ea } = options;
  if (written !== undefined) {
    if (meter !== undefined || reference !== undefined) throw new ConfigError("--key", "goes without --meter and --vending-key");
    const octets = secretOctets("--key", written, output);
    const key = asOption("--key", () => DecoderKey.from(octets));
    const encryption = key.length === decoderKeyLengths["07"] ? "07" : "11";
    if (ea !== undefined && ea !== encryption) throw new ConfigError("--key", `a key of ${key.length} octets is none of EA${ea}`);
    return { key, encryption };
  }
  if (meter === undefined && reference === undefined) return undefined;
  const pan = meterOf("--meter", meter);
  const vendingKey = vendingKeyOf("--vending-key", reference, output);
  const encryption = ea ?? usualEncryption;
  const source = { vendingKey, generation: options.dkga ?? "04", encryption };
  return { key: meterKeyFrom(pan, source, options, flagNames).decoderKey, encryption };
}

/** Digits that are no token are a result of decoding them; their codes are an interface. */
const failures: Readonly<Record<TokenFault, Failure>> = {
  "format-error": {
    code: "format",
    layer: "meter",
    message: "this is no token: expected twenty digits, and a number below 2^66",
    hint: "count the digits",
  },
  "crc-error": {
    code: "crc",
    layer: "meter",
    message: "the check sum of the token is wrong: a digit is wrong, or it is for another meter or key",
    hint: "check the digits, the meter and the key, --ea among them",
  },
  "function-error": { code: "function", layer: "meter", message: "the class of the token, 3, is reserved", hint: "check the digits" },
};

function fail(output: Output, fault: TokenFault): ExitCode {
  const failure = failures[fault];
  if (output.json) output.result({ error: failure }, () => "");
  else output.note(failureLine(failure));
  return exitCodes.malformed;
}
