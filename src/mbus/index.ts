/** Sans-IO wired M-Bus (EN 13757-2) as far as meters push DLMS on it (EN 13757-3). */
export { MbusApduDecoder, type MbusEvent } from "./apdu-decoder.ts";
export { decodeMbusFrames, type MbusDecoding, type MbusFrameItem } from "./decode-frames.ts";
export type { MbusFrame } from "./frame.ts";
export { type MbusFault, MbusFrameDecoder, type MbusFrameEvent } from "./frame-decoder.ts";
export { type MbusSegment, segmentOf } from "./segment.ts";
export { type JoinOutcome, type SegmentFault, SegmentJoiner, type SegmentJoinerOptions } from "./segment-joiner.ts";
