import { join, resolve } from "node:path";
import type { GatewayConfig } from "../../config/gateway.ts";
import type { Frozen } from "../../config/load.ts";
import { intervalOf, nextPoll } from "../../config/poll-plan.ts";
import { type LogicalName, tryParseLogicalName } from "../../cosem-objects/logical-name.ts";
import { logicalNameByName } from "../../cosem-objects/names.ts";
import { ConfigError, InvariantError } from "../../errors.ts";
import type { TraceSink } from "../../transport/trace.ts";
import { parseObject } from "../object-argument.ts";
import type { CommonOptions } from "../options.ts";
import { checkTarget, connectTarget, openRawChannel } from "../session.ts";
import { resolveTarget, type Target } from "../target.ts";
import type { HostedMeter } from "./hosted-meter.ts";

/** A meter of the configuration. */
export type MeterEntry = Frozen<GatewayConfig>["meters"][number];

/** What the meters of a configuration became. */
export interface HostedMeters {
  readonly meters: readonly HostedMeter[];
  /** Meters that cannot be served, each with the reason; the others are. */
  readonly faults: readonly { readonly id: string; readonly error: ConfigError }[];
}

/** The meters of a configuration as the gateway hosts them. `directory` is that of the configuration. */
export function hostedMeters(
  config: Frozen<GatewayConfig>,
  options: CommonOptions,
  directory: string,
  traceOf: (meterId: string) => TraceSink | undefined = () => undefined,
): HostedMeters {
  const meters: HostedMeter[] = [];
  const faults: { id: string; error: ConfigError }[] = [];
  for (const meter of config.meters) {
    try {
      meters.push(hostedMeter(meter, options, directory, countersOf(config, directory), traceOf(meter.id)));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      faults.push({ id: meter.id, error: new ConfigError(`meter ${meter.id}`, error.message, { cause: error, ...hint }) });
    }
  }
  return { meters, faults };
}

/** The folder of the state, and in it the one with the invocation counters. */
export function stateOf(config: Frozen<GatewayConfig>, directory: string): string {
  return resolve(directory, config.state);
}

function countersOf(config: Frozen<GatewayConfig>, directory: string): string {
  return join(stateOf(config, directory), "counters");
}

// A secret that is missing, or a link that is not served, is found now and not at the first poll.
function hostedMeter(
  meter: MeterEntry,
  options: CommonOptions,
  directory: string,
  counters: string,
  trace: TraceSink | undefined,
): HostedMeter {
  const book = { directory, load: () => ({ meters: [meter] }) };
  const target = resolveTarget(`meter:${meter.id}`, {}, book);
  const { material } = checkTarget(target);
  return {
    id: meter.id,
    interval: intervalOf(meter.poll, Date.now()),
    nextPoll: (wallClock) => nextPoll(meter.poll, wallClock),
    extra: meter.read.map(objectOf),
    profiles: meter.profiles.map(profileOf),
    events: meter.events,
    ratio: meter.ratio,
    multiply: new Map(Object.entries(meter.multiply).map(([name, factor]) => [objectOf(name), factor])),
    clock: meter.clock,
    cell: meter.cell,
    allow: meter.allow,
    transport: meter.address.kind,
    line: lineOf(meter.id, target),
    fingerprint: JSON.stringify(meter),
    connect: () => connectTarget(target, options, { note: () => {} }, counters, trace),
    push: {
      host: "host" in target ? target.host : undefined,
      systemTitle: undefined,
      keys: {
        ...(material.key === undefined ? {} : { encryptionKey: material.key }),
        ...(material.authenticationKey === undefined ? {} : { authenticationKey: material.authenticationKey }),
      },
    },
    northbound: {
      port: meter.northboundPort,
      physicalAddress: target.association.physical,
      open: (channel, listener) => openRawChannel(target, options, channel, listener),
    },
  };
}

function objectOf(text: string): LogicalName {
  return parseObject(text, { find: () => undefined }).logicalName;
}

function profileOf(name: string): LogicalName {
  const logicalName = tryParseLogicalName(name) ?? logicalNameByName(name);
  if (logicalName === undefined) throw new InvariantError(`the configuration let the profile ${name} pass`);
  return logicalName;
}

/** Meters on one serial line, or behind one serial server, share it; on a network everybody has a line. */
function lineOf(id: string, target: Target): string {
  switch (target.kind) {
    case "serial":
    case "optical":
      return target.path;
    case "hdlc":
      return `${target.host}:${target.port}`;
    default:
      return `meter ${id}`;
  }
}
