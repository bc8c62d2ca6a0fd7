import { dirname } from "node:path";
import { connect, type MeterAddress } from "../client/connect.ts";
import type { DlmsClient } from "../client/dlms-client.ts";
import { loadYaml } from "../config/load.ts";
import { addressBookSchema } from "../config/meters.ts";
import type { ClientAuthentication } from "../dlms/association/client-options.ts";
import { ConfigError } from "../errors.ts";
import { formatTrace } from "../log/trace-format.ts";
import type { TraceSink } from "../transport/trace.ts";
import { apduName } from "./apdu-name.ts";
import { associationFlags, type CommonOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { resolveAssociationSecrets, resolveTarget, type Target } from "./target.ts";

export interface TargetOptions extends CommonOptions {
  readonly book: string;
}

/** Resolves TARGET and the flags. @throws ConfigError */
export function targetOf(text: string, options: TargetOptions): Target {
  return resolveTarget(text, associationFlags(options as unknown as Record<string, unknown>), {
    directory: dirname(options.book),
    load: () => loadYaml(options.book, addressBookSchema),
  });
}

/** Associates with a target, runs, and releases whatever happens, Ctrl-C included. */
export async function withClient<T>(
  text: string,
  options: TargetOptions,
  output: Output,
  run: (client: DlmsClient, target: Target) => Promise<T>,
): Promise<T> {
  const target = targetOf(text, options);
  const client = await connectTarget(target, options, output);
  const interrupt = (): void => void client.close().then(() => process.exit(130));
  process.once("SIGINT", interrupt);
  try {
    return await run(client, target);
  } finally {
    process.removeListener("SIGINT", interrupt);
    await client.close();
  }
}

/** Associates with a target. @throws ConfigError for what this version does not speak */
export function connectTarget(target: Target, options: CommonOptions, output: Pick<Output, "note">): Promise<DlmsClient> {
  const { address, authentication, warnings } = checkTarget(target);
  for (const warning of warnings) output.note(`warning: ${warning}`);
  const { association } = target;
  return connect(address, {
    clientSap: association.client,
    serverSap: association.server,
    physicalAddress: association.physical,
    authentication,
    referencing: association.referencing === "sn" ? "short-name" : "logical-name",
    maxReceivePduSize: association.maxPdu,
    maxInformationFieldLength: association.maxInfo,
    windowSize: association.window,
    timeout: options.timeout,
    trace: traceTo(options, output),
  });
}

/** Everything about a target that can be wrong before anything is connected. @throws ConfigError */
export function checkTarget(target: Target): {
  readonly address: MeterAddress;
  readonly authentication: ClientAuthentication;
  readonly warnings: readonly string[];
} {
  const { association } = target;
  const { secrets, warnings } = resolveAssociationSecrets(association, { environment: process.env, directory: process.cwd() });
  return { address: addressOf(target), authentication: authenticationOf(association.auth, secrets.password), warnings };
}

function addressOf(target: Target): MeterAddress {
  switch (target.kind) {
    case "tcp":
      return { link: "wrapper", host: target.host, port: target.port };
    case "udp":
      return { link: "wrapper-udp", host: target.host, port: target.port };
    case "hdlc":
      return { link: "hdlc", host: target.host, port: target.port };
    default:
      throw new ConfigError("TARGET", `${target.kind} targets are not served yet`, {
        hint: "use tcp://host:port, udp://host:port or hdlc://host:port",
      });
  }
}

function authenticationOf(auth: Target["association"]["auth"], password: Uint8Array | undefined): ClientAuthentication {
  switch (auth) {
    case "none":
      return { mechanism: "none" };
    case "lls":
      return { mechanism: "lls", password: password ?? new Uint8Array() };
    default:
      throw new ConfigError("--auth", `${auth} is not served yet`, { hint: "use none or lls" });
  }
}

/** A sink that writes trace lines to standard error, or none. */
export function traceTo({ trace }: CommonOptions, output: Pick<Output, "note">): TraceSink | undefined {
  if (trace === undefined) return undefined;
  let start: number | undefined;
  return (record) => {
    start ??= record.at;
    const line = formatTrace(record, { mode: trace, start, summarize: apduName });
    if (line !== undefined) output.note(line);
  };
}
