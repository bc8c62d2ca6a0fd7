/** Sans-IO HDLC data link of IEC 62056-46: both ends of a link, and the frames on it. */
export {
  type HdlcAddress,
  type HdlcAddressLength,
  type HdlcAddressOptions,
  hdlcAddress,
  isBroadcast,
  isNoStation,
  sameStation,
} from "./address.ts";
export { HdlcConnection } from "./connection.ts";
export type { HdlcConnectionOptions } from "./connection-options.ts";
export { type ControlField, decodeControl, encodeControl, type UnnumberedKind } from "./control-field.ts";
export type { HdlcDiscardedEvent, HdlcDiscardReason, HdlcEvent } from "./events.ts";
export { fcs16 } from "./fcs.ts";
export { decodeFrame, encodeFrame, type FrameFault, type HdlcFrame } from "./frame.ts";
export { type DecoderDiscardReason, FrameDecoder, type FrameEvent } from "./frame-decoder.ts";
export { llcCommand, llcResponse, removeLlc } from "./llc.ts";
export {
  decodeParameters,
  defaultHdlcParameters,
  encodeParameters,
  type HdlcParameters,
  largestHdlcParameters,
  negotiate,
} from "./parameters.ts";
export { type HdlcChannel, HdlcStation, type HdlcStationEvent, type HdlcStationOptions } from "./station.ts";
export {
  clientTransitions,
  type HdlcClientInput,
  type HdlcDisconnectReason,
  type HdlcServerInput,
  type HdlcServerState,
  type HdlcState,
  type HdlcTransition,
  type HdlcTransitionTable,
  serverTransitions,
} from "./transitions.ts";
export { UnconfirmedReceiver } from "./unconfirmed.ts";
