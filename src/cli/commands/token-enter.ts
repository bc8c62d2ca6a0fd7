import { Command } from "commander";
import { type EnteredToken, enterToken, isTokenAccepted, tokenDigits } from "../../field/enter-token.ts";
import { layoutOf, type TokenService, tokenLayouts } from "../../sts/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import type { TargetOptions } from "../session.ts";
import { commandAction } from "./action.ts";

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
  const digits = tokenDigits(groups.join(""));
  // Not before it is needed: the other commands of tokens need no client.
  const { withClient } = await import("../session.ts");
  await withClient(target, options, output, async (client) => {
    const { result, service, amount, credit } = await enterToken(client, digits);
    const place = placeOf(service);
    const credited = place?.class === 0 && amount !== undefined ? { amount } : {};
    const entered = { result, ...place, ...credited, ...(credit && { credit }) };
    output.result(entered, () => sentence(entered));
    if (!isTokenAccepted(result)) process.exitCode = exitCodes.refused;
  });
}

/** Class and subclass by the name of the service, where the meter gives one that is known. */
function placeOf(service: string): { readonly class: number; readonly subclass: number } | undefined {
  const known = tokenLayouts.find((layout) => layout.service === service);
  if (known === undefined) return undefined;
  const { tokenClass, subclasses } = layoutOf(service as TokenService);
  return { class: tokenClass, subclass: subclasses[0] };
}

function sentence({ result, amount, credit }: Omit<EnteredToken, "service">): string {
  const parts = [result, amount && `+${amount.value} ${amount.unit}`, credit && `credit ${credit.value} ${credit.unit}`];
  return parts.filter((part) => part !== undefined).join(", ");
}
