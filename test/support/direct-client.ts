import { toHex } from "../../src/bytes/hex.ts";
import { DlmsClientConnection } from "../../src/dlms/association/client-connection.ts";
import type { ClientAssociationOptions } from "../../src/dlms/association/client-options.ts";
import type { ClientEvent } from "../../src/dlms/association/events.ts";
import type { ServiceRequest, ServiceResult } from "../../src/dlms/association/services.ts";
import type { DlmsError } from "../../src/errors.ts";
import type { DlmsServer } from "../../src/server/dlms-server.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { encodeWpdu } from "../../src/wrapper/header.ts";

const serverSap = 1;

/** A client that is spoken to without promises as long as the server's handlers are, over the wrapper in memory: thousands of requests a second. */
export class DirectClient {
  readonly connection: DlmsClientConnection;
  /** APDUs of the server since the association stands, in hex. */
  readonly answers: string[] = [];
  readonly #clientSap: number;
  readonly #timers = new VirtualTimers();
  readonly #transport: Transport;
  #events: ClientEvent[] = [];

  constructor(server: DlmsServer, options: Omit<ClientAssociationOptions, "serverSap">) {
    this.connection = new DlmsClientConnection({ ...options, serverSap });
    this.#clientSap = options.clientSap;
    const { a, b } = memoryTransportPair({ schedule: (delay, callback) => this.#timers.schedule(delay, callback) });
    server.serve("wrapper", b);
    a.onData((chunk) => this.#receive(chunk));
    this.#transport = a;
  }

  /** Opens the association. Fails where the server refuses. */
  associate(): this {
    this.connection.associate(this.#timers.now());
    this.#run();
    if (this.connection.state !== "associated") throw new Error(`not associated: ${JSON.stringify(this.#events)}`);
    this.answers.length = 0;
    return this;
  }

  /** Sends an APDU as it is; the answers to it, in hex. */
  send(apdu: Uint8Array): readonly string[] {
    const before = this.answers.length;
    this.#write(apdu);
    return this.answers.slice(before);
  }

  /** Carries one service out: its results, or why there are none. */
  async request(request: ServiceRequest): Promise<ServiceResult["results"] | DlmsError> {
    this.#events = [];
    this.connection.request(request, this.#timers.now());
    for (let turn = 0; turn < maxTurns; turn++) {
      this.#run();
      for (const event of this.#events) {
        if (event.type === "response") return event.result.results;
        if (event.type === "failed" || event.type === "aborted") return event.error;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`the server does not answer ${request.service}`);
  }

  close(): void {
    this.#transport.destroy();
    this.#timers.advance(1);
  }

  #run(): void {
    for (let apdu = this.connection.apduToSend(); apdu !== undefined; apdu = this.connection.apduToSend()) this.#write(apdu.bytes);
    this.#timers.advance(1);
    this.#events.push(...this.connection.handleTimeout(this.#timers.now()));
  }

  #write(apdu: Uint8Array): void {
    this.#transport.write(encodeWpdu({ sourceWPort: this.#clientSap, destinationWPort: serverSap, apdu }));
    this.#timers.advance(1);
  }

  #receive(chunk: Uint8Array): void {
    const view = new DataView(chunk.buffer, chunk.byteOffset);
    for (let at = 0; at < chunk.length; ) {
      const length = view.getUint16(at + lengthAt);
      const apdu = chunk.slice(at + headerLength, at + headerLength + length);
      this.answers.push(toHex(apdu));
      this.#events.push(...this.connection.receiveApdu(apdu, this.#timers.now()));
      at += headerLength + length;
    }
  }
}

const headerLength = 8;
const lengthAt = 6;

/** Turns of the event loop that a handler may take. */
const maxTurns = 1000;
