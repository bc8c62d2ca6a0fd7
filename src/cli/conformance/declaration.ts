import { dirname } from "node:path";
import { openWay } from "../../client/connect.ts";
import type { AssociationOptions } from "../../config/association-options.ts";
import { type ConformanceConfig, conformanceSchema } from "../../config/conformance.ts";
import { loadYaml } from "../../config/load.ts";
import { resolveSecret } from "../../config/secret.ts";
import type { Declaration, DeclaredAssociation } from "../../conformance/declaration.ts";
import type { HdlcAddressLength } from "../../hdlc/address.ts";
import { largestHdlcParameters } from "../../hdlc/index.ts";
import { realTimers } from "../../session/timers.ts";
import type { TraceSink } from "../../transport/trace.ts";
import type { CommonOptions } from "../options.ts";
import { prepareAssociation } from "../session.ts";
import { besideTarget, type Target } from "../target.ts";

/** What is declared of a device, and what its user should know beforehand. */
export interface DeclaredDevice {
  readonly declaration: Declaration;
  readonly expected: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

const defaultAnswerTime = 3000;
const defaultPatience = 30_000;

/**
 * The declaration of TARGET and of a file of conformance test information beside it.
 * @throws ConfigError for a file that is wrong, and for secrets that cannot be read
 */
export async function declareDevice(
  target: Target,
  file: string | undefined,
  options: Pick<CommonOptions, "timeout">,
  trace: TraceSink | undefined,
): Promise<DeclaredDevice> {
  const config: ConformanceConfig = file === undefined ? {} : loadYaml(file, conformanceSchema);
  const directory = file === undefined ? "." : dirname(file);
  const first = await prepareAssociation(target, options);
  const others = await Promise.all(
    (config.associations ?? []).map(async ({ name, ...association }) => {
      const { next, warnings } = await prepareAssociation(besideTarget(target, given(association), directory), options);
      return { association: { name, options: next } satisfies DeclaredAssociation, warnings };
    }),
  );
  const { client, server, physical, maxInfo, window } = target.association;
  const { users, masterKey, hdlcAddresses = [] } = config;
  const most = largestHdlcParameters.maxInformationFieldLengthTransmit;
  const length = maxInfo ?? most;
  const frames = window ?? largestHdlcParameters.windowSizeTransmit;
  return {
    declaration: {
      open: () => openWay(first.address, options),
      timers: realTimers,
      answerTime: options.timeout ?? defaultAnswerTime,
      associations: [
        { name: `client ${client}`, options: first.next, ...(users && { users }) },
        ...others.map(({ association }) => association),
      ],
      hdlcAddress: { logical: server, physical },
      hdlcAddressForms: hdlcAddresses.map(({ logical, physical: lower, length: octets }) => ({
        logical,
        physical: lower,
        length: octets as HdlcAddressLength | undefined,
      })),
      hdlcProposal: {
        maxInformationFieldLengthTransmit: length,
        maxInformationFieldLengthReceive: length,
        windowSizeTransmit: frames,
        windowSizeReceive: frames,
      },
      logicalDeviceName: config.logicalDeviceName,
      excluded: new Set(config.exclude),
      mayWrite: config.write ?? false,
      masterKey:
        masterKey &&
        resolveSecret(masterKey.within(directory), { environment: process.env, directory, path: "masterKey", format: "key" }).bytes,
      patience: config.patience ?? defaultPatience,
      trace,
    },
    expected: new Map(Object.entries(config.expect ?? {})),
    warnings: [...new Set([first, ...others].flatMap(({ warnings }) => warnings))],
  };
}

/** The options that the file has. */
function given(options: { readonly [Key in keyof AssociationOptions]: AssociationOptions[Key] | undefined }): AssociationOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as AssociationOptions;
}
