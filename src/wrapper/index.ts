/** Sans-IO wrapper of IEC 62056-47: both ends of a stream or of datagrams, and the PDUs on them. */
export { WrapperConnection, type WrapperConnectionOptions, type WrapperEvent } from "./connection.ts";
export { DatagramDecoder } from "./datagram-decoder.ts";
export type { WrapperDiscardedEvent, WrapperFailedEvent } from "./events.ts";
export {
  allStationWPort,
  decodeWpdu,
  encodeWpdu,
  headerAt,
  maxDatagramPayload,
  maxWpduPayload,
  type Wpdu,
  type WrapperHeader,
  wrapperHeaderLength,
  wrapperVersion,
} from "./header.ts";
export { type WrapperChannel, WrapperStation, type WrapperStationEvent, type WrapperStationOptions } from "./station.ts";
export { WpduDecoder } from "./wpdu-decoder.ts";
