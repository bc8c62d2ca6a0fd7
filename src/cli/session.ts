import type { ClientCounters } from "../client/client-counters.ts";
import { type AssociationOptions, connect, type MeterAddress, openWay } from "../client/connect.ts";
import { openWithCounters } from "../client/counter-recovery.ts";
import type { DlmsClient } from "../client/dlms-client.ts";
import { RawChannel, type RawChannelListener } from "../client/raw-channel.ts";
import { parseTarget } from "../config/target.ts";
import { formatTrace } from "../log/trace-format.ts";
import type { Channel } from "../session/data-link.ts";
import type { TraceSink } from "../transport/trace.ts";
import { apduName } from "./apdu-name.ts";
import { type ClientMaterial, clientMaterial, clientPasses, usesCounters } from "./keys/client-material.ts";
import { Installation, userInstallationFolder } from "./keys/installation.ts";
import { associationFlags, type CommonOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { type AddressBookSource, resolveAssociationSecrets, resolveTarget, type Target } from "./target.ts";

export interface TargetOptions extends CommonOptions {
  readonly book: string;
}

/** Resolves TARGET and the flags. @throws ConfigError */
export async function targetOf(text: string, options: TargetOptions): Promise<Target> {
  // Reading YAML takes longer to load than all the rest, and only a name is looked up.
  const named = parseTarget(text, "TARGET").address?.kind === "meter";
  const book = named ? (await import("./address-book.ts")).addressBook(options.book) : noBook;
  return resolveTarget(text, associationFlags(options as unknown as Record<string, unknown>), book);
}

const noBook: AddressBookSource = { directory: ".", load: () => ({ meters: [] }) };

/** Associates with a target, runs, and releases whatever happens, Ctrl-C included. */
export async function withClient<T>(
  text: string,
  options: TargetOptions,
  output: Output,
  run: (client: DlmsClient, target: Target) => Promise<T>,
): Promise<T> {
  const target = await targetOf(text, options);
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

/**
 * Associates with a target. Under keys the invocation counters go on where they were left, and where the meter is ahead.
 * @param folder where this installation keeps its counters
 * @param trace hears of what goes over the line, in place of what --trace asks for
 * @throws ConfigError for what this version does not speak
 */
export async function connectTarget(
  target: Target,
  options: CommonOptions,
  output: Pick<Output, "note">,
  folder: string = userInstallationFolder(process.env),
  trace: TraceSink | undefined = traceTo(options, output),
): Promise<DlmsClient> {
  const { address, warnings, common, next, counters } = await prepareAssociation(target, options, folder, trace);
  for (const warning of warnings) output.note(`warning: ${warning}`);
  const open = (): Promise<DlmsClient> => connect(address, next());
  if (counters === undefined) return open();
  return openWithCounters(counters, target.association.client, open, () => connect(address, { ...common, clientSap: publicClient }));
}

/** How to associate with a target. */
export interface PreparedAssociation {
  readonly address: MeterAddress;
  /** What the user should know of, before anything is connected. */
  readonly warnings: readonly string[];
  /** The options that any client of the device has. */
  readonly common: AssociationOptions;
  /** Options that are good for one association: a dedicated key is. */
  readonly next: () => AssociationOptions & { readonly clientSap: number; readonly serverSap: number };
  /** Of the keys; undefined without any. */
  readonly counters: ClientCounters | undefined;
}

/**
 * Fetches what an association with a target takes, and connects nothing.
 * @param folder where this installation keeps its counters
 * @throws ConfigError for what this version does not speak
 */
export async function prepareAssociation(
  target: Target,
  { timeout }: Pick<CommonOptions, "timeout">,
  folder: string = userInstallationFolder(process.env),
  trace?: TraceSink,
): Promise<PreparedAssociation> {
  const { address, material, warnings } = checkTarget(target);
  const { association } = target;
  const common = {
    serverSap: association.server,
    physicalAddress: association.physical,
    referencing: association.referencing === "sn" ? "short-name" : "logical-name",
    maxReceivePduSize: association.maxPdu,
    maxInformationFieldLength: association.maxInfo,
    windowSize: association.window,
    timeout,
    trace,
  } as const satisfies AssociationOptions;
  const clientSap = association.client;
  if (!usesCounters(material)) {
    return { address, warnings, common, next: () => ({ ...common, clientSap, ...clientPasses(material, undefined) }), counters: undefined };
  }
  const installation = await Installation.open(folder);
  const systemTitle = material.systemTitle ?? installation.systemTitle;
  const counters = material.key && installation.counters(systemTitle, material.key);
  const identity = { systemTitle, counters, claimDedicatedKey: installation.claimDedicatedKey };
  return { address, warnings, common, next: () => ({ ...common, clientSap, ...clientPasses(material, identity) }), counters };
}

/** A link to a target that carries the APDUs of somebody else's association as they are. */
export async function openRawChannel(
  target: Target,
  { timeout }: Pick<CommonOptions, "timeout">,
  channel: Channel,
  listener: RawChannelListener,
): Promise<RawChannel> {
  const { association } = target;
  const way = await openWay(addressOf(target), { timeout });
  return RawChannel.open(way, channel, listener, {
    physicalAddress: association.physical,
    maxInformationFieldLength: association.maxInfo,
    windowSize: association.window,
    timeout,
  });
}

const publicClient = 16;

/** Everything about a target that can be wrong before anything is connected. @throws ConfigError */
export function checkTarget(target: Target): {
  readonly address: MeterAddress;
  readonly material: ClientMaterial;
  readonly warnings: readonly string[];
} {
  const { association } = target;
  const { secrets, warnings } = resolveAssociationSecrets(association, { environment: process.env, directory: process.cwd() });
  return { address: addressOf(target), material: clientMaterial(association, secrets), warnings };
}

function addressOf(target: Target): MeterAddress {
  switch (target.kind) {
    case "tcp":
      return { link: "wrapper", host: target.host, port: target.port };
    case "udp":
      return { link: "wrapper-udp", host: target.host, port: target.port };
    case "hdlc":
      return { link: "hdlc", host: target.host, port: target.port };
    case "serial":
      return { link: "serial", path: target.path, baudRate: target.baud };
    case "optical":
      return { link: "optical", path: target.path, baudRate: target.baud, maxBaudRate: target.maxBaud };
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
