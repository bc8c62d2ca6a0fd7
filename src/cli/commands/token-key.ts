import { Command } from "commander";
import { toHex } from "../../bytes/hex.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { commandAction } from "./action.ts";
import {
  flagNames,
  meterKeyFrom,
  meterOf,
  usualEncryption,
  type VendingOptions,
  vendingKeyOf,
  withVendingOptions,
} from "./token-options.ts";

interface KeyOptions extends CommonOptions, VendingOptions {
  readonly meter?: string;
}

/** `dlms token key` */
export function tokenKeyCommand(): Command {
  return withVendingOptions(withCommonOptions(new Command("key")))
    .description("derive the decoder key of a meter: whoever sees the screen, or a log, has it")
    .addHelpText("after", "\nExample:\n  dlms token key --meter 01234567897 --vending-key env:VENDING_KEY --sgc 123456")
    .action(commandAction(showKey));
}

async function showKey(output: Output, options: KeyOptions): Promise<void> {
  const pan = meterOf("--meter", options.meter);
  const { ea: encryption = usualEncryption, dkga: generation = "04" } = options;
  const vendingKey = vendingKeyOf("--vending-key", options.vendingKey, output);
  const { decoderKey } = meterKeyFrom(pan, { vendingKey, generation, encryption }, options, flagNames);
  const hex = toHex(decoderKey.exposeSecret()).toLowerCase();
  output.result({ decoderKey: hex }, () => hex);
}
