import { ByteReader } from "../../bytes/byte-reader.ts";
import { DecodeError, type DlmsError, RemoteProtocolError } from "../../errors.ts";
import { type Apdu, type ApduOf, encodeApdu, readApdu } from "../xdlms/apdu.ts";
import { ApduCarrier, type OutgoingApdu } from "./apdu-carrier.ts";
import type { Notification } from "./events.ts";
import { unlimitedPduSize } from "./negotiation.ts";

export type NotificationEvent =
  | { readonly type: "notification"; readonly notification: Notification }
  /** Something came that is no notification, or cannot be understood; octets are the receiver's to keep. */
  | { readonly type: "not-understood"; readonly error: DlmsError; readonly bytes: Uint8Array };

/** The answer to a notification that wants one. */
export function confirmationOf({ invoke }: ApduOf<"data-notification">): Uint8Array {
  return encodeApdu({ type: "data-notification-confirm", invoke, dateTime: undefined });
}

/**
 * The client's end of a pre-established association in which a server sends notifications, sans-IO: joins general block
 * transfer, confirms what wants to be confirmed (Green Book 9.3.10, 9.4.6.13).
 */
export class NotificationReceiver {
  readonly #carrier: ApduCarrier;
  readonly #outgoing: OutgoingApdu[] = [];

  /** Nothing is awaited: what a server does not finish makes room for its next transfer. */
  readonly nextTimeout = undefined;

  /** @param maxLength octets that a notification may have over all its blocks */
  constructor(maxLength: number) {
    this.#carrier = new ApduCarrier({ answers: true, window: 1, maxLength }, (apdu) => this.#outgoing.push(apdu));
    this.#carrier.start({ maxPduSize: unlimitedPduSize, generalBlockTransfer: true });
  }

  /** What came, in order: meters that pack several notifications into one frame exist. */
  receiveApdu(apdu: Uint8Array): NotificationEvent[] {
    const events: NotificationEvent[] = [];
    let rest = apdu.slice();
    do {
      try {
        const reader = new ByteReader(rest);
        const apdu = readApdu(reader);
        events.push(...this.#receive(apdu, rest.subarray(0, reader.offset)));
        rest = rest.subarray(reader.offset);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        return [...events, { type: "not-understood", error, bytes: rest }];
      }
    } while (rest.length > 0);
    return events;
  }

  handleTimeout(): NotificationEvent[] {
    return [];
  }

  apduToSend(): OutgoingApdu | undefined {
    return this.#outgoing.shift();
  }

  #receive(apdu: Apdu, bytes: Uint8Array): NotificationEvent[] {
    switch (apdu.type) {
      case "general-block-transfer": {
        const step = this.#carrier.receive(apdu);
        if (step.type === "apdu") return this.receiveApdu(step.bytes);
        if (step.type !== "lost") return [];
        return [{ type: "not-understood", error: new RemoteProtocolError("blocks of a notification are missing"), bytes }];
      }
      case "data-notification": {
        if (apdu.invoke.confirmed) this.#outgoing.push({ bytes: confirmationOf(apdu), confirmed: false });
        return [{ type: "notification", notification: apdu }];
      }
      case "event-notification-request":
      case "information-report-request":
        return [{ type: "notification", notification: apdu }];
      default:
        return [{ type: "not-understood", error: new RemoteProtocolError(`${apdu.type} is no notification`), bytes }];
    }
  }
}
