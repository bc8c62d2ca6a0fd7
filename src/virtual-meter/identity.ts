import { type SystemTitle, systemTitleLength } from "../dlms/security/system-title.ts";
import type { FirmwarePart } from "../meter-model/index.ts";

/** Who a virtual meter is and what it is built for. */
export interface MeterIdentity {
  /** Up to 16 characters: three letters of the FLAG registry, then what the manufacturer makes unique. */
  readonly logicalDeviceName: string;
  /** SAP of the management logical device, 1 by the standard. */
  readonly managementSap: number;
  readonly serialNumber: string;
  /** STS meter number, 11 or 13 digits. */
  readonly decoderReferenceNumber: string;
  readonly model: string;
  readonly manufacturerName: string;
  readonly productCode: string;
  /** As in 2026-01-31; it was calibrated then. */
  readonly productionDate: string;
  readonly firmware: Readonly<Record<FirmwarePart, string>>;
  /** Of the set of parameters it left the factory with, and of the tariff program. */
  readonly parameterRecord: string;
  readonly tariffProgram: string;
  /** Pulses of the LED per kWh and per kvarh. */
  readonly pulseConstant: number;
  /** mV, mA, mA, mHz. */
  readonly rating: { readonly voltage: number; readonly basicCurrent: number; readonly maximumCurrent: number; readonly frequency: number };
}

/** The logical device name of a serial number: manufacturer and thirteen digits. */
export function logicalDeviceName(manufacturer: string, serialNumber: string): string {
  return `${manufacturer}${serialNumber.slice(-13).padStart(13, "0")}`;
}

/** The system title of a serial number: manufacturer and five octets, ten digits as they are written where it is digits. */
export function meterSystemTitle(manufacturer: string, serialNumber: string): SystemTitle {
  const octets = systemTitleLength - manufacturer.length;
  const number = /^\d+$/.test(serialNumber) ? BigInt(`0x${serialNumber.slice(-2 * octets)}`) : base36(serialNumber, octets);
  const digits = number.toString(16).padStart(2 * octets, "0");
  return Uint8Array.from([
    ...Array.from(manufacturer, (letter) => letter.charCodeAt(0)),
    ...Array.from({ length: octets }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16)),
  ]);
}

/** Letters and digits as a number, the last ones where there are too many. */
function base36(text: string, octets: number): bigint {
  const value = Array.from(text).reduce((sum, character) => sum * 36n + BigInt(Number.parseInt(character, 36)), 0n);
  return BigInt.asUintN(8 * octets, value);
}
