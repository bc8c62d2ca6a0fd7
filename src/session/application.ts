/** An APDU to be sent. Unconfirmed ones go out in frames that nobody acknowledges, where the link has such. */
export interface OutgoingApdu {
  readonly bytes: Uint8Array;
  readonly confirmed: boolean;
}

/** What the session needs of an application layer; `DlmsClientConnection` and `DlmsServerConnection` fit structurally. */
export interface ApplicationConnection<Event> {
  readonly nextTimeout: number | undefined;
  /** @param confirmed false for an APDU out of a frame that is never answered */
  receiveApdu(apdu: Uint8Array, now: number, confirmed: boolean): Event[];
  handleTimeout(now: number): Event[];
  /** The next APDU to send, each once; a view that is valid until the next call. */
  apduToSend(): OutgoingApdu | undefined;
}

/** The client's end of it. */
export interface ClientApplicationConnection<Event> extends ApplicationConnection<Event> {
  /** The peer sends on without being asked: on a link with turns it needs another. */
  readonly expectsMore: boolean;
}
