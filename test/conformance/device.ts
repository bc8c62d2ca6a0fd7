import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { CosemObject } from "../../src/cosem-objects/object.ts";
import { decodeData, encodeData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { defaultMeterConfig, type Instant, type LoadModel, type Meter, type MeterConfig } from "../../src/meter-model/index.ts";
import { meterObjects } from "../../src/virtual-meter/virtual-meter.ts";
import { constantLoad, identity, sampleMeter, sampleStart } from "../support/sample-meter.ts";
import { BareObjects } from "../virtual-meter/mapping/bare-objects.ts";

/** A meter of a kilowatt since Monday 2026-01-05T00:00Z, and its objects as a tester sees them. */
export class Device {
  readonly meter: Meter;
  readonly all: readonly CosemObject[];
  readonly objects: BareObjects;

  constructor(duration = 0, load: LoadModel = constantLoad(), config: Partial<MeterConfig> = {}) {
    this.meter = sampleMeter(duration, load, { ...defaultMeterConfig, ...config });
    this.all = meterObjects(this.meter, identity);
    this.objects = new BareObjects(this.all);
  }

  /** Lives until so many ms after the start. */
  until(duration: number): this {
    this.meter.advance((sampleStart + duration) as Instant);
    return this;
  }

  /** "1.0.1.8.0.255:2" */
  read(attribute: string): string {
    return this.objects.read(attribute);
  }

  value(attribute: string): DlmsData {
    return decodeData(fromHex(this.read(attribute)));
  }

  number(attribute: string): number {
    return Number(this.value(attribute).value);
  }

  elements(attribute: string): readonly DlmsData[] {
    const data = this.value(attribute);
    return data.type === "array" || data.type === "structure" ? data.value : [];
  }

  write(attribute: string, value: DlmsData | string): unknown {
    return this.objects.write(attribute, typeof value === "string" ? value.replaceAll(" ", "") : toHex(encodeData(value)));
  }

  invoke(method: string, parameter: DlmsData | string = "0F00"): unknown {
    return this.objects.invoke(method, typeof parameter === "string" ? parameter.replaceAll(" ", "") : toHex(encodeData(parameter)));
  }
}

export const unsigned32 = (value: number): DlmsData => ({ type: "double-long-unsigned", value });
export const unsigned16 = (value: number): DlmsData => ({ type: "long-unsigned", value });
export const unsigned8 = (value: number): DlmsData => ({ type: "unsigned", value });
export const enumerated = (value: number): DlmsData => ({ type: "enum", value });
export const octets = (hex: string): DlmsData => ({ type: "octet-string", value: fromHex(hex.replaceAll(" ", "")) });
export const structure = (...value: readonly DlmsData[]): DlmsData => ({ type: "structure", value });
export const array = (...value: readonly DlmsData[]): DlmsData => ({ type: "array", value });

/** The octets of a logical name. */
export const name = (dotted: string): DlmsData => ({ type: "octet-string", value: Uint8Array.from(dotted.split(".").map(Number)) });

/** The octets of a date-time in UTC. */
export function time(instant: Instant): DlmsData {
  const date = new Date(instant);
  const year = date.getUTCFullYear();
  return {
    type: "octet-string",
    value: Uint8Array.of(
      year >> 8,
      year & 0xff,
      date.getUTCMonth() + 1,
      date.getUTCDate(),
      0xff,
      date.getUTCHours(),
      date.getUTCMinutes(),
      date.getUTCSeconds(),
      0,
      0,
      0,
      0,
    ),
  };
}

/** hh:mm:ss of the octets of a date-time. */
export function clockOf(data: DlmsData | undefined): string {
  if (data?.type !== "octet-string") return "";
  return [...data.value.subarray(5, 8)].map((part) => String(part).padStart(2, "0")).join(":");
}
