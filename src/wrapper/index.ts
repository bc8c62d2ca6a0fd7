/** Sans-IO wrapper of IEC 62056-47: both ends of a stream, and the PDUs on it. */
export { WrapperConnection, type WrapperConnectionOptions, type WrapperEvent } from "./connection.ts";
export type { WrapperDiscardedEvent, WrapperFailedEvent } from "./events.ts";
export {
  decodeWpdu,
  encodeWpdu,
  headerAt,
  maxWpduPayload,
  type Wpdu,
  type WrapperHeader,
  wrapperHeaderLength,
  wrapperVersion,
} from "./header.ts";
export { type WrapperChannel, WrapperStation, type WrapperStationEvent, type WrapperStationOptions } from "./station.ts";
export { WpduDecoder } from "./wpdu-decoder.ts";
