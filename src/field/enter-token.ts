import { bitAt } from "../bytes/bit-string.ts";
import type { DlmsClient } from "../client/dlms-client.ts";
import { Account } from "../cosem-objects/classes/account.ts";
import { Register } from "../cosem-objects/classes/register.ts";
import { TokenGateway } from "../cosem-objects/classes/token-gateway.ts";
import { tokenResultBits } from "../cosem-objects/token-results.ts";
import { ConfigError, DataAccessError } from "../errors.ts";

const names = { gateway: "0.0.19.40.0.255", account: "0.0.19.0.0.255", lastAmount: "0.0.96.60.9.255" } as const;

/** An amount of the account, in whole units. */
export interface AccountAmount {
  readonly value: number;
  readonly unit: string;
}

/** What became of a token. */
export interface EnteredToken {
  /** By the names of IEC 62055-41; from meters that tell no more, the status of the class. */
  readonly result: string;
  /** Name of the token's service, where the meter gives one. */
  readonly service: string;
  /** Credited by it. */
  readonly amount?: AccountAmount;
  /** Available since. */
  readonly credit?: AccountAmount;
}

/** The digits of a token, without spaces and dashes. @throws ConfigError for what is not 20 digits, which it does not repeat */
export function tokenDigits(text: string): string {
  const digits = text.replaceAll(/[\s-]/g, "");
  if (!/^\d{20}$/.test(digits)) throw new ConfigError("DIGITS", `expected 20 digits, got ${digits.length} characters`);
  return digits;
}

/**
 * Gives a meter a token through its token gateway (Blue Book 4.7.5).
 * @throws ActionError, DataAccessError where the meter refuses to be asked; a refused token is a result
 */
export async function enterToken(client: DlmsClient, digits: string): Promise<EnteredToken> {
  await client.invoke(TokenGateway, names.gateway, "enter", new TextEncoder().encode(digits));
  const { statusCode, dataValue } = await client.get(TokenGateway, names.gateway, "tokenStatus");
  const result = tokenResultBits.find((_, bit) => bitAt(dataValue, bit)) ?? String(statusCode);
  const [service] = await client.get(TokenGateway, names.gateway, "tokenDescription");
  return {
    result,
    service: new TextDecoder().decode(service ?? new Uint8Array()),
    ...(result === "accepted" &&
      (await amountOf(client, (from) => from.get(Register, names.lastAmount, "value").then(({ value }) => Number(value)), "amount"))),
    ...(await amountOf(client, (from) => from.get(Account, names.account, "availableCredit"), "credit")),
  };
}

/** True for results that say that the token did what it is for. */
export function isTokenAccepted(result: string): boolean {
  return result === "accepted" || result === "execution-ok" || result.endsWith("-kct");
}

/** Nothing for a meter or a client without it. */
async function amountOf<Name extends string>(
  client: DlmsClient,
  read: (client: DlmsClient) => Promise<number>,
  name: Name,
): Promise<{ readonly [Key in Name]?: AccountAmount }> {
  try {
    const amount = await read(client);
    const { name: unit, scale } = await client.get(Account, names.account, "currency");
    const value = Number((amount * 10 ** scale).toFixed(Math.max(0, -scale)));
    return { [name]: { value, unit } } as { readonly [Key in Name]: AccountAmount };
  } catch (error) {
    if (error instanceof DataAccessError) return {};
    throw error;
  }
}
