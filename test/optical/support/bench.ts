import { DlmsError } from "../../../src/errors.ts";
import { LineWorker } from "../../../src/optical/line-worker.ts";
import { signOn } from "../../../src/optical/open-optical.ts";
import type { SignOnOptions, SignOnResult } from "../../../src/optical/sign-on.ts";
import { TariffDevice, type TariffDeviceOptions } from "../../../src/optical/tariff-device.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { LineModel, type LineModelOptions, settled } from "./line-model.ts";

const readout = ["1.8.0(000012.345*kWh)", "2.8.0(000000.000*kWh)"];
/** What the meter of a bench gives in its readout. */
export const wholeReadout: string = `${readout.map((line) => `${line}\r\n`).join("")}!\r\n`;

/** A reader that signs on, and a meter, at the two ends of a line model. */
export interface Bench {
  readonly timers: VirtualTimers;
  readonly line: LineModel;
  readonly device: TariffDevice;
  readonly result: Promise<SignOnResult>;
}

/** Starts a sign-on for HDLC, unless the options say otherwise. */
export function bench(
  options: Partial<SignOnOptions> = {},
  device: Partial<TariffDeviceOptions> = {},
  model: Omit<LineModelOptions, "timers"> = {},
): Bench {
  const timers = new VirtualTimers();
  const line = new LineModel({ timers, ...model });
  line.reader.baudRate = options.baudRate ?? 300;
  line.meter.baudRate = device.baudRate ?? 300;
  const meter = new TariffDevice({ identification: "/DGW5\\2METER", address: "0012345678", readout: () => readout, ...device });
  new LineWorker(line.meter, meter, timers, () => {}).proceed();
  return { timers, line, device: meter, result: signOn(line.reader, { want: "hdlc", ...options }, timers) };
}

/** What a sign-on came to, or why it did not; other errors than those of the package are thrown. */
export async function outcome({ timers, result }: Bench): Promise<SignOnResult | DlmsError> {
  return settled(timers, result).catch((error: unknown) => {
    if (error instanceof DlmsError) return error;
    throw error;
  });
}
