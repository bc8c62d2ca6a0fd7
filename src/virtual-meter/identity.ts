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
  readonly firmware: { readonly metrology: string; readonly application: string };
  /** Pulses of the LED per kWh and per kvarh. */
  readonly pulseConstant: number;
  /** mV, mA, mA, mHz. */
  readonly rating: { readonly voltage: number; readonly basicCurrent: number; readonly maximumCurrent: number; readonly frequency: number };
}

/** The logical device name of a serial number: manufacturer and thirteen digits. */
export function logicalDeviceName(manufacturer: string, serialNumber: string): string {
  return `${manufacturer}${serialNumber.slice(-13).padStart(13, "0")}`;
}
