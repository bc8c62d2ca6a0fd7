import { randomInt } from "node:crypto";
import { type Command, Option } from "commander";
import { ConfigError } from "../../errors.ts";
import { baseDates, type EncryptionAlgorithm, type KeyGenerationCode } from "../../sts/index.ts";
import {
  type Issue,
  type IssueBook,
  issueKeyChange,
  issueToken,
  isVendingService,
  keyChangeService,
  vendingServices,
} from "../../vending/index.ts";
import type { Output } from "../output.ts";
import {
  algorithmOf,
  flagNames,
  instantOf,
  type KeySource,
  meterKeyFrom,
  meterOf,
  type NameOf,
  type TermTexts,
  underNames,
  usualEncryption,
  type VendingOptions,
  vendingKeyOf,
  wholeNumber,
} from "./token-options.ts";

/** The services that are issued for a meter. */
export const issuedServices: readonly string[] = [...Object.keys(vendingServices), keyChangeService];

/** Options of what is issued for a meter, as commander hands them over. */
export interface IssuerOptions extends VendingOptions {
  readonly meter?: string;
  readonly at?: string;
  readonly random?: string;
  readonly newVendingKey?: string;
  readonly newSgc?: string;
  readonly newKrn?: string;
  readonly newKt?: string;
  readonly newTi?: string;
  readonly newKen?: string;
  readonly newBaseDate?: string;
  readonly newDkga?: KeyGenerationCode;
  readonly sgcToken?: boolean;
}

/** Adds --at, --random, --ken and the options of a new key. */
export function withIssuerOptions(command: Command): Command {
  return command
    .option("--ken <number>", "key expiry number of the vending key, 255 is never (default: 255)")
    .option("--at <iso>", "time of issue; without an offset in UTC (default: now)")
    .option("--random <number>", "the four random bits, 0 to 15")
    .option("--new-vending-key <secret>", "key-change: vending key of the new key (default: the same)")
    .option("--new-sgc <number>", "key-change: new supply group code")
    .option("--new-krn <number>", "key-change: new key revision number")
    .option("--new-kt <number>", "key-change: new key type")
    .option("--new-ti <number>", "key-change: new tariff index")
    .option("--new-ken <number>", "key-change: new key expiry number")
    .addOption(new Option("--new-base-date <year>", "key-change: new base date").choices(baseDates.map(String)))
    .addOption(new Option("--new-dkga <code>", "key-change: how the new key is derived").choices(["02", "04"]))
    .option("--sgc-token", "key-change with EA07: a third token, with the supply group code");
}

/** What is different for each meter; what it does not say the options do. */
export interface OrderTexts extends TermTexts {
  readonly meter?: string | undefined;
  readonly value?: string | undefined;
}

/** Issues for one meter what all meters are to get. @throws ConfigError naming the flag or column */
export type Issuer = (book: IssueBook, order: OrderTexts, nameOf: NameOf) => Issue;

/**
 * What issues a service with these options; the secrets are fetched once.
 * @throws ConfigError for what is wrong whatever the meter
 */
export function issuerOf(service: string, options: IssuerOptions, output: Pick<Output, "note">): Issuer {
  const keyChange = service === keyChangeService;
  if (!keyChange && !isVendingService(service)) {
    throw new ConfigError("SERVICE", `expected ${[...issuedServices, "test"].join(", ")}; got ${JSON.stringify(service)}`);
  }
  const encryption = options.ea ?? usualEncryption;
  const vendingKey = vendingKeyOf("--vending-key", options.vendingKey, output);
  const source: KeySource = { vendingKey, generation: options.dkga ?? "04", encryption };
  const algorithm = algorithmOf(encryption, options.staTables, output);
  const at = options.at === undefined ? undefined : instantOf("--at", options.at);
  if (at !== undefined && at > Date.now() + day) {
    output.note("warning: --at lies ahead of the clock, and the identifiers of a meter only go up");
  }
  const now = () => at ?? Date.now();
  if (keyChange) return keyChangeIssuer(source, algorithm, now, options, output);
  const stray = newTerms.find((name) => options[name] !== undefined);
  if (stray !== undefined || options.sgcToken === true) {
    throw new ConfigError(stray === undefined ? "--sgc-token" : flagOf(stray), `is for ${keyChangeService} alone`);
  }
  const random = options.random === undefined ? undefined : wholeNumber("--random", options.random);
  return (book, order, nameOf) => {
    const pan = meterOf(nameOf("meter"), order.meter ?? options.meter);
    const key = meterKeyFrom(pan, source, { ...options, ...order }, nameOf);
    const names = { value: nameOf("value"), random: "--random", baseDate: "--base-date", keyExpiryNumber: nameOf("ken") };
    return underNames(names, () =>
      issueToken(book, { key, algorithm, service, value: order.value, now: now(), random: random ?? randomInt(16) }),
    );
  };
}

const day = 24 * 60 * 60 * 1000;

const newTerms = ["newVendingKey", "newSgc", "newKrn", "newKt", "newTi", "newKen", "newBaseDate", "newDkga"] as const;

function flagOf(name: string): string {
  return flagNames(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
}

function keyChangeIssuer(
  source: KeySource,
  algorithm: EncryptionAlgorithm,
  now: () => number,
  options: IssuerOptions,
  output: Pick<Output, "note">,
): Issuer {
  if (newTerms.every((name) => options[name] === undefined)) {
    throw new ConfigError("", "expected what is new about the key, got nothing", {
      hint: "for example --new-krn 2 --new-vending-key env:NEW",
    });
  }
  const target: KeySource = {
    vendingKey: options.newVendingKey === undefined ? source.vendingKey : vendingKeyOf("--new-vending-key", options.newVendingKey, output),
    generation: options.newDkga ?? source.generation,
    encryption: source.encryption,
  };
  return (book, order, nameOf) => {
    if (order.value !== undefined) throw new ConfigError(nameOf("value"), `${keyChangeService} takes none`);
    const pan = meterOf(nameOf("meter"), order.meter ?? options.meter);
    const old: TermTexts = { ...options, ...order };
    const from = meterKeyFrom(pan, source, old, nameOf);
    const renewed: TermTexts = {
      sgc: options.newSgc ?? old.sgc,
      krn: options.newKrn ?? old.krn,
      kt: options.newKt ?? old.kt,
      ti: options.newTi ?? old.ti,
      ken: options.newKen ?? old.ken,
      baseDate: options.newBaseDate ?? old.baseDate,
    };
    const to = meterKeyFrom(pan, target, renewed, (name) => `--new-${name}`);
    const names = { keyType: "--new-kt", baseDate: "--new-base-date", keyExpiryNumber: "--new-ken" };
    return underNames(names, () => issueKeyChange(book, { from, to, algorithm, withSupplyGroup: options.sgcToken === true, now: now() }));
  };
}
