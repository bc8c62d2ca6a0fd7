import { maxWpduPayload } from "../wrapper/header.ts";
import { DatagramDecoder, encodeWpdu, type Wpdu, WpduDecoder } from "../wrapper/index.ts";
import type { Declaration } from "./declaration.ts";
import type { RawLine } from "./raw-line.ts";
import type { Reaction } from "./reaction.ts";
import { fail, must } from "./verdict.ts";

/** The ports of an exchange, numerically the SAPs. */
export interface Ports {
  readonly clientSap: number;
  readonly serverSap: number;
}

/** Puts a wrapper PDU on the line: at once by default, or in pieces. */
export type Delivery = (line: WrapperLine, wpdu: Uint8Array) => Promise<void>;

/** A line on which a tester sends wrapper PDUs, or any octets, and sees the PDUs that come back. */
export class WrapperLine {
  readonly #raw: RawLine;
  readonly #declaration: Declaration;
  readonly #decoder: WpduDecoder | DatagramDecoder;
  #wpdus: Wpdu[] = [];

  constructor(raw: RawLine, declaration: Declaration) {
    this.#raw = raw;
    this.#declaration = declaration;
    this.#decoder = raw.link === "wrapper-udp" ? new DatagramDecoder(maxWpduPayload) : new WpduDecoder(maxWpduPayload);
  }

  /** The device closed the connection. */
  get closed(): boolean {
    return this.#raw.closed;
  }

  /** Each sending is a datagram, rather than a piece of a stream. */
  get datagrams(): boolean {
    return this.#raw.link === "wrapper-udp";
  }

  /** Sends octets as they are. */
  send(bytes: Uint8Array): void {
    this.#raw.send(bytes);
  }

  /**
   * The next PDU of the device; undefined for silence, and where the connection is closed.
   * @throws VerdictError failed, for octets that are no wrapper PDU
   */
  async receive(within: number = this.#declaration.answerTime): Promise<Wpdu | undefined> {
    const { timers } = this.#declaration;
    const until = timers.now() + within;
    while (this.#wpdus.length === 0) {
      const left = until - timers.now();
      const chunk = left < 0 ? undefined : await this.#raw.receive(left);
      if (chunk === undefined) return undefined;
      const found = this.#decoder.receive(chunk).map((wpdu) => ({ ...wpdu, apdu: wpdu.apdu.slice() }));
      if (this.#decoder.fault !== undefined) return fail(`the device sends no wrapper PDU: ${this.#decoder.fault.message}`);
      if (this.datagrams && found.length === 0) return fail("the device sends a datagram that is no wrapper PDU");
      this.#wpdus.push(...found);
    }
    return this.#wpdus.shift();
  }

  /** What comes next, which must be between the ports given. */
  async receiveOn({ clientSap, serverSap }: Ports): Promise<Reaction> {
    const wpdu = await this.receive();
    if (wpdu === undefined) return { type: this.closed ? "closed" : "silence" };
    const { sourceWPort, destinationWPort, apdu } = wpdu;
    must(
      sourceWPort === serverSap && destinationWPort === clientSap,
      `the answer goes from port ${sourceWPort} to ${destinationWPort} instead of from ${serverSap} to ${clientSap}`,
    );
    return { type: "apdu", apdu };
  }

  close(): Promise<void> {
    return this.#raw.close();
  }
}

const atOnce: Delivery = async (line, wpdu) => line.send(wpdu);

/** Two ports on a line: carries the APDUs of one association, each delivered as the test wants it. */
export class WrapperPorts {
  readonly line: WrapperLine;
  readonly ports: Ports;
  deliver: Delivery;

  constructor(line: WrapperLine, { clientSap, serverSap }: Ports, deliver: Delivery = atOnce) {
    this.line = line;
    this.ports = { clientSap, serverSap };
    this.deliver = deliver;
  }

  /** The wrapper PDU of an APDU to the device. */
  encode(apdu: Uint8Array): Uint8Array {
    return encodeWpdu({ sourceWPort: this.ports.clientSap, destinationWPort: this.ports.serverSap, apdu });
  }

  /** What comes next, which must be between these ports. */
  receive(): Promise<Reaction> {
    return this.line.receiveOn(this.ports);
  }

  /** Sends an APDU and gives what comes of it. */
  async exchange(apdu: Uint8Array): Promise<Reaction> {
    await this.deliver(this.line, this.encode(apdu));
    return this.receive();
  }
}
