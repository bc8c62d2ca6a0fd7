/** A message on its way to the broker; all of them go out with QoS 1. */
export interface OutgoingMessage {
  readonly topic: string;
  /** UTF-8 text, JSON unless empty; an empty payload with `retain` removes what the broker holds. */
  readonly payload: string;
  readonly retain: boolean;
  /** Number for consumers to recognise duplicates by (MQTT 5 user property `dlms-seq`). */
  readonly sequence?: number;
  /** Seconds after which a late delivery is pointless (MQTT 5 message-expiry-interval). */
  readonly expiry?: number;
  /** What an answer belongs to (MQTT 5 correlation data). */
  readonly correlation?: Uint8Array;
}
