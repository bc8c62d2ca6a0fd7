import type { Infer, Schema } from "../axdr/schema.ts";
import { i8, octets, sequence, u16 } from "../axdr/untagged.ts";

const instanceId = octets(6, "Cosem-Object-Instance-Id");

/** Cosem-Attribute-Descriptor: class, instance (logical name) and attribute. */
export const attributeDescriptor = sequence("Cosem-Attribute-Descriptor", { classId: u16, logicalName: instanceId, attributeId: i8 });
export type CosemAttributeDescriptor = Infer<typeof attributeDescriptor>;

/** Cosem-Method-Descriptor: class, instance (logical name) and method. */
export const methodDescriptor = sequence("Cosem-Method-Descriptor", { classId: u16, logicalName: instanceId, methodId: i8 });
export type CosemMethodDescriptor = Infer<typeof methodDescriptor>;

/** Octets of either descriptor. */
export const descriptorLength = 9;

/** Invoke-Id-And-Priority: bits 0..3 id, 4..5 reserved, 6 service class, 7 priority. */
export interface InvokeIdAndPriority {
  readonly invokeId: number;
  readonly confirmed: boolean;
  readonly highPriority: boolean;
  /** The two reserved bits, 0 when we send. */
  readonly reserved: number;
}

export const invokeIdAndPriority: Schema<InvokeIdAndPriority> = {
  type: { name: "Invoke-Id-And-Priority" },
  read: (reader) => {
    const octet = reader.u8("Invoke-Id-And-Priority");
    return { invokeId: octet & 0x0f, confirmed: (octet & 0x40) !== 0, highPriority: (octet & 0x80) !== 0, reserved: (octet >> 4) & 3 };
  },
  write: (writer, value) =>
    writer.u8((value.highPriority ? 0x80 : 0) | (value.confirmed ? 0x40 : 0) | ((value.reserved & 3) << 4) | (value.invokeId & 0x0f)),
};

/** Long-Invoke-Id-And-Priority: bits 0..23 id, 28 self-descriptive, 29 break on error, 30 service class, 31 priority. */
export interface LongInvokeIdAndPriority {
  readonly longInvokeId: number;
  readonly selfDescriptive: boolean;
  readonly breakOnError: boolean;
  readonly confirmed: boolean;
  readonly highPriority: boolean;
  /** Bits 24..27, 0 when we send. */
  readonly reserved: number;
}

export const longInvokeIdAndPriority: Schema<LongInvokeIdAndPriority> = {
  type: { name: "Long-Invoke-Id-And-Priority" },
  read: (reader) => {
    const word = reader.u32("Long-Invoke-Id-And-Priority");
    const flags = word >>> 24;
    return {
      longInvokeId: word & 0xffffff,
      selfDescriptive: (flags & 0x10) !== 0,
      breakOnError: (flags & 0x20) !== 0,
      confirmed: (flags & 0x40) !== 0,
      highPriority: (flags & 0x80) !== 0,
      reserved: flags & 0x0f,
    };
  },
  write: (writer, value) => {
    const flags =
      (value.highPriority ? 0x80 : 0) |
      (value.confirmed ? 0x40 : 0) |
      (value.breakOnError ? 0x20 : 0) |
      (value.selfDescriptive ? 0x10 : 0) |
      (value.reserved & 0x0f);
    writer.u32(flags * 0x1000000 + (value.longInvokeId & 0xffffff));
  },
};
