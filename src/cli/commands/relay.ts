import { Command } from "commander";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { DisconnectControl } from "../../cosem-objects/classes/disconnect-control.ts";
import { plainValue } from "../../cosem-objects/plain-value.ts";
import { ConfigError } from "../../errors.ts";
import { relayReason } from "../../mqtt-bridge/index.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { commandAction } from "./action.ts";

const control = "0.0.96.3.10.255";
/** Why the switch is where it is, of meters that say so (the virtual meter does). */
const reason = { classId: 1, logicalName: "0.0.96.65.3.255", attribute: 2 } as const;

const commands = ["status", "connect", "disconnect"] as const;

/** `dlms relay TARGET status|connect|disconnect` */
export function relayCommand(): Command {
  return withTargetOptions(new Command("relay"))
    .description("show the supply switch of a meter, or move it")
    .argument("<target>", "as for dlms read")
    .argument("[command]", commands.join(", "), "status")
    .addHelpText("after", "\nExample:\n  dlms relay meter:house disconnect --client 1 --auth gmac --ek env:EK --ak env:AK")
    .action(commandAction(relay));
}

interface RelayJson {
  readonly outputState: boolean;
  readonly controlState: string | number;
  readonly controlMode: number;
  readonly reason?: string;
}

async function relay(output: Output, options: TargetOptions, target: string, command: string): Promise<void> {
  const wanted = commands.find((known) => known === command);
  if (wanted === undefined) throw new ConfigError("COMMAND", `expected ${commands.join(", ")}, got ${JSON.stringify(command)}`);
  await withClient(target, options, output, async (client) => {
    if (wanted === "connect") await client.invoke(DisconnectControl, control, "remoteReconnect", 0);
    if (wanted === "disconnect") await client.invoke(DisconnectControl, control, "remoteDisconnect", 0);
    const state = await stateOf(client);
    output.result(state, () => {
      const supply = state.outputState ? "connected" : "disconnected";
      return `supply ${supply}, control state ${state.controlState}, mode ${state.controlMode}${state.reason === undefined ? "" : `, ${state.reason}`}`;
    });
  });
}

async function stateOf(client: DlmsClient): Promise<RelayJson> {
  const outputState = await client.get(DisconnectControl, control, "outputState");
  const controlState = await client.get(DisconnectControl, control, "controlState");
  const controlMode = Number(await client.get(DisconnectControl, control, "controlMode"));
  const [cause] = await client.getMany([reason]);
  const text = cause?.value === undefined ? undefined : relayReason(plainValue(cause.value));
  return { outputState, controlState, controlMode, ...(text !== undefined && { reason: text }) };
}
