import { fromHex } from "../../src/bytes/hex.ts";
import { concat } from "../hdlc/frames.ts";

export { concat };

export interface LongOptions {
  readonly control?: number;
  readonly address?: number;
  readonly controlInformation?: number;
}

/** A long frame; what stands behind CI in hex. */
export function long(data: string, { control = 0x53, address = 0xff, controlInformation = 0x10 }: LongOptions = {}): Uint8Array {
  const body = concat(Uint8Array.of(control, address, controlInformation), fromHex(data));
  const sum = body.reduce((total, octet) => (total + octet) & 0xff, 0);
  return concat(Uint8Array.of(0x68, body.length, body.length, 0x68), body, Uint8Array.of(sum, 0x16));
}

/** A segment from SAP 1 to SAP 103, unless said otherwise. */
export function segment(sequence: number, final: boolean, octets: string, { saps = "0167", address = 0xff } = {}): Uint8Array {
  return long(saps + octets, { address, controlInformation: sequence | (final ? 0x10 : 0) });
}
