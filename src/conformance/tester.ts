import type { OpenWay } from "../client/connect.ts";
import { associate } from "../client/connect.ts";
import type { DlmsClient } from "../client/dlms-client.ts";
import { TransportError } from "../errors.ts";
import type { TraceRecord, TraceSink } from "../transport/trace.ts";
import { ApduLink } from "./apdu-link.ts";
import type { Declaration, DeclaredAssociation } from "./declaration.ts";
import { HdlcLine } from "./hdlc-line.ts";
import { RawLine } from "./raw-line.ts";
import { TestAssociation, type TestAssociationOptions } from "./test-association.ts";
import { inapplicable, inconclusive } from "./verdict.ts";
import { WrapperLine } from "./wrapper-line.ts";

/** Closes what a subtest opened. */
type Closing = () => Promise<void>;

/**
 * What a subtest works with: ways to the device under test, from single frames to a whole client. Whatever it opens is
 * closed when the subtest ends, and when it opens the next: many devices talk to one client at a time.
 */
export class Tester {
  readonly declaration: Declaration;
  readonly #log: TraceRecord[] = [];
  #closing: Closing | undefined;

  constructor(declaration: Declaration) {
    this.declaration = declaration;
  }

  /** What has passed since the last call. */
  takeLog(): readonly TraceRecord[] {
    return this.#log.splice(0);
  }

  /** A line on which frames are sent and received one by one; inapplicable where HDLC is not spoken. */
  async hdlc(association?: DeclaredAssociation): Promise<HdlcLine> {
    const raw = await this.raw();
    if (raw.link !== "hdlc") return inapplicable("the device is reached without HDLC");
    const line = new HdlcLine(raw, this.declaration, association);
    this.#closing = () => line.close();
    return line;
  }

  /** A line on which wrapper PDUs are sent and received one by one; inapplicable where HDLC is spoken. */
  async wrapper(): Promise<WrapperLine> {
    const raw = await this.raw();
    if (raw.link === "hdlc") return inapplicable("the device is reached over HDLC");
    return new WrapperLine(raw, this.declaration);
  }

  /** A line that carries octets, whatever is spoken on it. */
  async raw(): Promise<RawLine> {
    const raw = new RawLine(await this.#open(), this.declaration, this.#trace);
    this.#closing = () => raw.close();
    return raw;
  }

  /** A connected link that carries APDUs as they are, between the SAPs of an association. */
  async link(association: DeclaredAssociation = this.association): Promise<ApduLink> {
    const { clientSap, serverSap } = association.options();
    return this.linkBetween({ clientSap, serverSap });
  }

  /** The same between any SAPs. */
  async linkBetween(channel: { readonly clientSap: number; readonly serverSap: number }): Promise<ApduLink> {
    const link = await this.tryLinkBetween(channel);
    return link ?? inconclusive(`no link to the device as client ${channel.clientSap}`);
  }

  /** The same; undefined where the device does not connect the link. */
  async tryLinkBetween(channel: { readonly clientSap: number; readonly serverSap: number }): Promise<ApduLink | undefined> {
    const way = await this.#open();
    try {
      const link = await ApduLink.open(way, channel, this.declaration, this.#trace);
      this.#closing = () => link.close();
      return link;
    } catch (error) {
      if (error instanceof TransportError) return undefined;
      throw error;
    }
  }

  /** An association that is about to be opened, on a link of its own. */
  async prepare(association: DeclaredAssociation = this.association, options: TestAssociationOptions = {}): Promise<TestAssociation> {
    return new TestAssociation(await this.link(association), association.options(), options);
  }

  /** An association that stands; inconclusive where the device refuses what it is said to take. */
  async associate(association: DeclaredAssociation = this.association, options: TestAssociationOptions = {}): Promise<TestAssociation> {
    const prepared = await this.prepare(association, options);
    await prepared.establish();
    return prepared;
  }

  /** A client as everybody uses it, blocks and lists and all; inconclusive where the device refuses it. */
  async client(association: DeclaredAssociation = this.association): Promise<DlmsClient> {
    const { transport, link } = await this.#open();
    const { timers, answerTime } = this.declaration;
    try {
      const client = await associate(transport, link, { timeout: answerTime, ...association.options(), timers, trace: this.#trace });
      this.#closing = () => client.close();
      return client;
    } catch (error) {
      if (error instanceof Error) return inconclusive(`the association as ${association.name} does not come about: ${error.message}`);
      throw error;
    }
  }

  /** The association that most cases use. */
  get association(): DeclaredAssociation {
    return this.declaration.associations[0] ?? inconclusive("no association is declared");
  }

  /** Lets time pass. */
  wait(duration: number): Promise<void> {
    return new Promise((resolve) => {
      this.declaration.timers.schedule(duration, resolve);
    });
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    const closing = this.#closing;
    this.#closing = undefined;
    await closing?.();
  }

  async #open(): Promise<OpenWay> {
    await this.close();
    try {
      return await this.declaration.open();
    } catch (error) {
      if (error instanceof TransportError) return inconclusive(`no connection to the device: ${error.message}`);
      throw error;
    }
  }

  readonly #trace: TraceSink = (record) => {
    // The sink sees views of buffers that are used again.
    this.#log.push({ ...record, bytes: record.bytes.slice() });
    this.declaration.trace?.(record);
  };
}
