import { join } from "node:path";
import { ConfigError } from "../errors.ts";
import { signOnBaudRate } from "../optical/baud-rate.ts";
import { tapLine } from "../transport/tap-line.ts";
import { listenTcp } from "../transport/tcp.ts";
import type { Listener, Transport } from "../transport/transport.ts";
import { type ListeningLink, MeterHost, type MeterHostOptions, type MeterPorts } from "./meter-host.ts";
import { type SerialSettings, ServedLine } from "./served-line.ts";

export interface MeterFleetOptions extends Omit<MeterHostOptions, "physicalAddress"> {
  readonly count: number;
}

/** Lower HDLC address of the first meter of a line; the others follow. */
export const firstPhysicalAddress = 17;

/** So many two-octet addresses are left from 17 on (IEC 62056-46: 7E is CALLING, 7F all stations). */
export const maxMetersOnLine = 0x7d - firstPhysicalAddress + 1;

/**
 * Several virtual meters in this process. They share one HDLC line, told apart by their lower address; wrapper ports are
 * counted up, as the wrapper cannot tell them apart. Serial numbers are counted up, and each keeps its state apart.
 */
export class MeterFleet {
  readonly #hosts: readonly MeterHost[];
  #line: Listener | undefined;
  #lines: ServedLine[] = [];

  /** @throws ConfigError for what cannot be used, StoreError for a state that cannot */
  constructor({ count, config, ...options }: MeterFleetOptions) {
    this.#hosts = Array.from({ length: count }, (_, index) => {
      if (count === 1) return new MeterHost({ config, ...options });
      const serialNumber = countedUp(config.serialNumber, index);
      const state = config.state === undefined ? {} : { state: join(config.state, serialNumber) };
      return new MeterHost({ ...options, config: { ...config, ...state, serialNumber }, physicalAddress: firstPhysicalAddress + index });
    });
  }

  /** Starts the meters' time and listens. @throws TransportError `open-failed` */
  async start(host: string, ports: MeterPorts): Promise<readonly ListeningLink[]> {
    const { tcp, udp, hdlc, ciu } = ports;
    const [only] = this.#hosts;
    if (only !== undefined && this.#hosts.length === 1) return only.start(host, ports);
    const listening: ListeningLink[] = [];
    for (const [index, meter] of this.#hosts.entries()) {
      listening.push(...(await meter.start(host, { tcp: nth(tcp, index), udp: nth(udp, index), ciu: nth(ciu, index) })));
    }
    if (hdlc !== undefined) listening.push(await this.#listenOnLine(host, hdlc));
    return listening;
  }

  /** Serves HDLC on a serial line as well. @throws TransportError `open-failed` */
  async serveSerial(settings: SerialSettings): Promise<ListeningLink> {
    this.#lines.push(await ServedLine.open(settings, (line) => this.#serveLine(line)));
    return { link: "serial", address: settings.path };
  }

  /** Answers at an optical port, which one meter has. @throws TransportError `open-failed`, ConfigError for several */
  async serveOptical(path: string): Promise<ListeningLink> {
    const [only] = this.#hosts;
    if (only === undefined || this.#hosts.length > 1) throw new ConfigError("--optical", "expected with one meter, not with --count");
    this.#lines.push(await ServedLine.open({ path, baudRate: signOnBaudRate }, (line) => only.serveOptical(line)));
    return { link: "optical", address: path };
  }

  /** Closes the listeners, saves and lets go of the states. */
  async stop(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.close()));
    await this.#line?.close();
    await Promise.all(this.#hosts.map((meter) => meter.stop()));
  }

  async #listenOnLine(host: string, port: number): Promise<ListeningLink> {
    const line = await listenTcp({ host, port, maxConnections: 16 }, (transport) => this.#serveLine(transport));
    this.#line = line;
    return { link: "hdlc", address: line.address, port: line.port };
  }

  #serveLine(transport: Transport): void {
    const taps = this.#hosts.length === 1 ? [transport] : tapLine(transport, this.#hosts.length);
    for (const [index, tap] of taps.entries()) this.#hosts[index]?.serveHdlc(tap);
  }
}

/** Port 0 is any free one, each time. */
function nth(port: number | undefined, index: number): number | undefined {
  return port === undefined || port === 0 ? port : port + index;
}

/** The number at the end counted up, with its leading zeros; a name without one gets one. */
function countedUp(serialNumber: string, index: number): string {
  const [, stem = serialNumber, digits = ""] = /^(.*?)(\d{0,15})$/.exec(serialNumber) ?? [];
  if (digits === "") return index === 0 ? serialNumber : `${stem}${index + 1}`;
  return `${stem}${String(Number(digits) + index).padStart(digits.length, "0")}`;
}
