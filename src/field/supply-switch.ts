import type { DlmsClient } from "../client/dlms-client.ts";
import { DisconnectControl } from "../cosem-objects/classes/disconnect-control.ts";
import { type PlainValue, plainValue } from "../cosem-objects/plain-value.ts";

const control = "0.0.96.3.10.255";
/** Why the switch is where it is, of meters that say so (the virtual meter does). */
const reason = { classId: 1, logicalName: "0.0.96.65.3.255", attribute: 2 } as const;

/** What may be asked of a supply switch. */
export const switchCommands = ["status", "connect", "disconnect"] as const;

export type SwitchCommand = (typeof switchCommands)[number];

/** Where a supply switch is (Blue Book 4.5.8). */
export interface SwitchState {
  readonly outputState: boolean;
  readonly controlState: string | number;
  readonly controlMode: number;
  /** As the meter gives it; absent where it gives none. */
  readonly reason?: PlainValue;
}

/**
 * Moves the supply switch of a meter as told, and says where it is then.
 * @throws DataAccessError or ActionError where the meter refuses
 */
export async function commandSwitch(client: DlmsClient, command: SwitchCommand): Promise<SwitchState> {
  if (command === "connect") await client.invoke(DisconnectControl, control, "remoteReconnect", 0);
  if (command === "disconnect") await client.invoke(DisconnectControl, control, "remoteDisconnect", 0);
  const outputState = await client.get(DisconnectControl, control, "outputState");
  const controlState = await client.get(DisconnectControl, control, "controlState");
  const controlMode = Number(await client.get(DisconnectControl, control, "controlMode"));
  const [cause] = await client.getMany([reason]);
  return { outputState, controlState, controlMode, ...(cause?.value === undefined ? {} : { reason: plainValue(cause.value) }) };
}
