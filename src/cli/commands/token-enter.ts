import { Command } from "commander";
import { bitAt } from "../../bytes/bit-string.ts";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { Account } from "../../cosem-objects/classes/account.ts";
import { Register } from "../../cosem-objects/classes/register.ts";
import { TokenGateway } from "../../cosem-objects/classes/token-gateway.ts";
import { tokenResultBits } from "../../cosem-objects/token-results.ts";
import { ConfigError, DataAccessError } from "../../errors.ts";
import { layoutOf, type TokenService, tokenLayouts } from "../../sts/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { commandAction } from "./action.ts";

const names = { gateway: "0.0.19.40.0.255", account: "0.0.19.0.0.255", lastAmount: "0.0.96.60.9.255" } as const;

/** An amount of the account, in whole units. */
interface Amount {
  readonly value: number;
  readonly unit: string;
}

interface EnteredJson {
  /** What became of the token, by the names of IEC 62055-41; from meters that tell no more, the status of the class. */
  readonly result: string;
  readonly class?: number;
  readonly subclass?: number;
  readonly amount?: Amount;
  readonly credit?: Amount;
}

/** `dlms token enter TARGET 20DIGITS` */
export function tokenEnterCommand(): Command {
  return withTargetOptions(new Command("enter"))
    .description("give a meter a token through its token gateway")
    .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME")
    .argument("<digits...>", "the 20 digits; spaces and dashes between them do not matter")
    .addHelpText(
      "after",
      "\nExample:\n  dlms token enter tcp://127.0.0.1:4059 67259421596626581768 --client 4 --auth gmac --ek env:EK --ak env:AK",
    )
    .action(commandAction(enter));
}

async function enter(output: Output, options: TargetOptions, target: string, groups: readonly string[]): Promise<void> {
  const digits = groups.join("").replaceAll(/[\s-]/g, "");
  if (!/^\d{20}$/.test(digits)) throw new ConfigError("DIGITS", `expected 20 digits, got ${digits.length} characters`);
  await withClient(target, options, output, async (client) => {
    await client.invoke(TokenGateway, names.gateway, "enter", new TextEncoder().encode(digits));
    const entered = await resultOf(client);
    output.result(entered, () => sentence(entered));
    if (!isGood(entered.result)) process.exitCode = exitCodes.refused;
  });
}

async function resultOf(client: DlmsClient): Promise<EnteredJson> {
  const { statusCode, dataValue } = await client.get(TokenGateway, names.gateway, "tokenStatus");
  const result = tokenResultBits.find((_, bit) => bitAt(dataValue, bit)) ?? String(statusCode);
  const place = placeOf(await client.get(TokenGateway, names.gateway, "tokenDescription"));
  const credited = result === "accepted" && place?.class === 0;
  return {
    result,
    ...place,
    ...(credited &&
      (await amountOf(client, (from) => from.get(Register, names.lastAmount, "value").then(({ value }) => Number(value)), "amount"))),
    ...(await amountOf(client, (from) => from.get(Account, names.account, "availableCredit"), "credit")),
  };
}

/** Class and subclass by the name of the service, where the meter gives one that is known. */
function placeOf(description: readonly Uint8Array[]): { readonly class: number; readonly subclass: number } | undefined {
  const service = new TextDecoder().decode(description[0] ?? new Uint8Array());
  const known = tokenLayouts.find((layout) => layout.service === service);
  if (known === undefined) return undefined;
  const { tokenClass, subclasses } = layoutOf(service as TokenService);
  return { class: tokenClass, subclass: subclasses[0] };
}

/** Nothing for a meter or a client without it. */
async function amountOf<Name extends string>(
  client: DlmsClient,
  read: (client: DlmsClient) => Promise<number>,
  name: Name,
): Promise<{ readonly [Key in Name]?: Amount }> {
  try {
    const amount = await read(client);
    const { name: unit, scale } = await client.get(Account, names.account, "currency");
    return { [name]: { value: Number((amount * 10 ** scale).toFixed(Math.max(0, -scale))), unit } } as { readonly [Key in Name]: Amount };
  } catch (error) {
    if (error instanceof DataAccessError) return {};
    throw error;
  }
}

function isGood(result: string): boolean {
  return result === "accepted" || result === "execution-ok" || result.endsWith("-kct");
}

function sentence({ result, amount, credit }: EnteredJson): string {
  const parts = [result, amount && `+${amount.value} ${amount.unit}`, credit && `credit ${credit.value} ${credit.unit}`];
  return parts.filter((part) => part !== undefined).join(", ");
}
