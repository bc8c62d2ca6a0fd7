/** What the session needs of an application layer; `DlmsClientConnection` and `DlmsServerConnection` fit structurally. */
export interface ApplicationConnection<Event> {
  readonly nextTimeout: number | undefined;
  receiveApdu(apdu: Uint8Array, now: number): Event[];
  handleTimeout(now: number): Event[];
  /** The next APDU to send, each once; a view that is valid until the next call. */
  apduToSend(): Uint8Array | undefined;
}
