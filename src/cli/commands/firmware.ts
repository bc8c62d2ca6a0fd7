import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { SingleActionSchedule } from "../../cosem-objects/classes/single-action-schedule.ts";
import { plainValue } from "../../cosem-objects/plain-value.ts";
import { encodeDateTime } from "../../dlms/axdr/date-time.ts";
import { ConfigError } from "../../errors.ts";
import { activateImage, uploadImage, verifyImage } from "../../field/image-upload.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { startRowProgress } from "../progress.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { parseTimeLimit } from "../time-limit.ts";
import { commandAction } from "./action.ts";

interface FirmwareOptions extends TargetOptions {
  readonly identifier?: string;
  readonly activate?: boolean;
  readonly at?: string;
  readonly restart?: boolean;
}

/** Active firmware identifiers (Blue Book 6.2.47). */
const versions = ["1.0.0.2.0.255", "1.1.0.2.0.255", "1.2.0.2.0.255"] as const;
const activation = "0.0.15.0.2.255";
/** Meters keep it in memory that they have little of. */
const longestIdentifier = 64;

/** `dlms firmware TARGET FILE` */
export function firmwareCommand(): Command {
  return withTargetOptions(new Command("firmware"))
    .description("bring a firmware image to a meter, have it verified, and activated where that is wanted")
    .argument("<target>", "as for dlms read")
    .argument("<file>", "the image as its maker gives it")
    .option("--identifier <text>", "by what the meter is told which image it is (the name of the file)")
    .option("--activate", "activate it now; without, the meter only has it")
    .option("--at <time>", "have the meter activate it at a time such as 2026-11-22T02:00, by its own clock")
    .option("--restart", "send all of it, also where the meter has begun with an image of this size")
    .addHelpText(
      "after",
      "\nExample:\n  dlms firmware meter:house app-2.1.img --client 5 --auth gmac --ek env:EK --ak env:AK --at 2026-12-01T02:00",
    )
    .action(commandAction(firmware));
}

async function firmware(output: Output, options: FirmwareOptions, target: string, file: string): Promise<void> {
  const { identifier = basename(file), activate = false, at, restart = false } = options;
  if (activate && at !== undefined) throw new ConfigError("--at", "expected either --activate or --at");
  if (!new RegExp(`^[ -~]{1,${longestIdentifier}}$`).test(identifier)) {
    throw new ConfigError("--identifier", `expected 1 to ${longestIdentifier} plain characters, got ${JSON.stringify(identifier)}`);
  }
  // Whatever can be wrong here is found before anything is connected.
  const time = at === undefined ? undefined : encodeDateTime(parseTimeLimit("--at", at));
  const image = imageOf(file);
  await withClient(target, options, output, async (client) => {
    const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
    const before = await versionsOf(client);
    const progress = startRowProgress(process.stderr, basename(file));
    const upload = await uploadImage({
      client,
      image,
      identifier: new TextEncoder().encode(identifier),
      restart,
      wait,
      onProgress: (done, total) => progress.update({ rows: done, done, total }),
    }).finally(() => progress.end());
    const verification = await verifyImage({ client, wait });
    if (time !== undefined) {
      const execution = { time: time.subarray(5, 9), date: time.subarray(0, 5) };
      await client.set(SingleActionSchedule, activation, "executionTime", [execution]);
    }
    const activated = activate ? await activateImage({ client, wait }) : undefined;
    // Not every client sees them; a meter that restarts says at its next association what it has now.
    const after = activated === "activation-successful" ? await versionsOf(client) : before;
    output.result(
      {
        identifier,
        octets: image.length,
        ...upload,
        verification,
        activation: activated ?? (at === undefined ? null : at),
        firmware: after,
      },
      () => {
        const { blocks, resumedAt, sent, blockSize } = upload;
        const resumed = resumedAt === 0 ? "" : `, the first ${resumedAt} of them before`;
        return [
          `image      ${identifier}, ${image.length} octets in ${blocks} blocks of ${blockSize}${resumed}; ${sent} sent`,
          `verified   ${verification}`,
          `activation ${activated ?? (at === undefined ? "not asked for: --activate or --at" : `at ${at}, by the meter's clock`)}`,
          ...(before.length === 0
            ? []
            : [`firmware   ${before.join(", ")}${before.join() === after.join() ? "" : ` -> ${after.join(", ")}`}`]),
        ].join("\n");
      },
    );
  });
}

function imageOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError("FILE", `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function versionsOf(client: DlmsClient): Promise<readonly string[]> {
  const outcomes = await client.getMany(versions.map((logicalName) => ({ classId: 1, logicalName, attribute: 2 })));
  return outcomes.flatMap(({ value }) => (value === undefined ? [] : [String(plainValue(value))]));
}
