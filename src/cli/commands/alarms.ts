import { Command } from "commander";
import { type AlarmRegister, clearAlarms, readAlarms } from "../../field/alarm-registers.ts";
import { readMeterIdentity } from "../../gateway/meter-identity.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { alarmCauses } from "../report/raised-alarms.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { commandAction } from "./action.ts";

interface AlarmsOptions extends TargetOptions {
  readonly clear?: boolean;
}

const bits = Array.from({ length: 32 }, (_, bit) => bit);

/** `dlms alarms TARGET [--clear]` */
export function alarmsCommand(): Command {
  return withTargetOptions(new Command("alarms"))
    .description("the alarms that are raised at a meter, by name where it is one of this house")
    .argument("<target>", "as for dlms read")
    .option("--clear", "set the alarm registers to zero; what goes on is raised again")
    .addHelpText("after", "\nExample:\n  dlms alarms meter:house --clear --client 1 --auth gmac --ek env:EK --ak env:AK")
    .action(commandAction(alarms));
}

async function alarms(output: Output, { clear = false, ...options }: AlarmsOptions, target: string): Promise<void> {
  await withClient(target, options, output, async (client) => {
    const { logicalDeviceName } = await readMeterIdentity(client);
    const before = await readAlarms(client);
    const after = clear ? await clearAlarms(client, before) : before;
    const rows = (registers: readonly AlarmRegister[]) => raised(registers, logicalDeviceName ?? null);
    output.result({ registers: after, alarms: rows(after), ...(clear ? { before: rows(before) } : {}) }, () => {
      if (before.length === 0) return "this client sees no alarm registers";
      const lines = rows(clear ? before : after).map(({ register, bit, events, filtered }) => {
        const name = events.length === 0 ? "" : `  ${events.join(" or ")}`;
        const gone = clear && !rows(after).some((other) => other.register === register && other.bit === bit);
        return `register ${register} bit ${String(bit).padStart(2)}${name}${filtered ? "  (filtered out)" : ""}${clear ? (gone ? "  cleared" : "  raised again") : ""}`;
      });
      return lines.length === 0 ? "no alarms" : lines.join("\n");
    });
  });
}

function raised(registers: readonly AlarmRegister[], device: string | null) {
  return registers.flatMap(({ number, raised: value, filter }) =>
    bits
      .filter((bit) => ((value >>> bit) & 1) === 1)
      .map((bit) => ({
        register: number,
        bit,
        events: alarmCauses(number, bit, device),
        filtered: filter !== undefined && ((filter >>> bit) & 1) === 0,
      })),
  );
}
