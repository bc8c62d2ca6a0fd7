import { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import { commandSwitch, switchCommands } from "../../field/supply-switch.ts";
import { relayReason } from "../../mqtt-bridge/state-words.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { commandAction } from "./action.ts";

/** `dlms relay TARGET status|connect|disconnect` */
export function relayCommand(): Command {
  return withTargetOptions(new Command("relay"))
    .description("show the supply switch of a meter, or move it")
    .argument("<target>", "as for dlms read")
    .argument("[command]", switchCommands.join(", "), "status")
    .addHelpText("after", "\nExample:\n  dlms relay meter:house disconnect --client 1 --auth gmac --ek env:EK --ak env:AK")
    .action(commandAction(relay));
}

async function relay(output: Output, options: TargetOptions, target: string, command: string): Promise<void> {
  const wanted = switchCommands.find((known) => known === command);
  if (wanted === undefined) throw new ConfigError("COMMAND", `expected ${switchCommands.join(", ")}, got ${JSON.stringify(command)}`);
  await withClient(target, options, output, async (client) => {
    const { reason, ...state } = await commandSwitch(client, wanted);
    const why = reason === undefined ? undefined : relayReason(reason);
    output.result({ ...state, ...(why !== undefined && { reason: why }) }, () => {
      const supply = state.outputState ? "connected" : "disconnected";
      return `supply ${supply}, control state ${state.controlState}, mode ${state.controlMode}${why === undefined ? "" : `, ${why}`}`;
    });
  });
}
