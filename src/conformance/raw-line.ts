import type { OpenWay } from "../client/connect.ts";
import type { LinkKind } from "../cosem-objects/object.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { Transport } from "../transport/transport.ts";
import type { Declaration } from "./declaration.ts";

/** Octets to the device, and octets from it. */
export class RawLine {
  /** What the device speaks on it. */
  readonly link: LinkKind;
  readonly #transport: Transport;
  readonly #declaration: Declaration;
  readonly #trace: TraceSink;
  readonly #received: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  constructor({ transport, link }: OpenWay, declaration: Declaration, trace: TraceSink) {
    this.link = link;
    this.#transport = transport;
    this.#declaration = declaration;
    this.#trace = trace;
    transport.onData((chunk) => {
      trace({ at: declaration.timers.now(), direction: "received", layer: "line", bytes: chunk });
      this.#received.push(chunk.slice());
      this.#wake?.();
    });
    transport.onClose(() => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** The device closed the connection. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Sends octets as they are. */
  send(bytes: Uint8Array): void {
    this.#trace({ at: this.#declaration.timers.now(), direction: "sent", layer: "line", bytes });
    this.#transport.write(bytes);
  }

  /** The octets that come next, cut as they come; undefined for silence, and where the connection is closed. */
  receive(within: number = this.#declaration.answerTime): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const settle = (chunk: Uint8Array | undefined): void => {
        this.#wake = undefined;
        cancel();
        resolve(chunk);
      };
      const look = (): void => {
        const chunk = this.#received.shift();
        if (chunk !== undefined || this.#closed) settle(chunk);
      };
      const cancel = this.#declaration.timers.schedule(within, () => settle(undefined));
      this.#wake = look;
      look();
    });
  }

  /** What has come and nobody has received. */
  drain(): readonly Uint8Array[] {
    return this.#received.splice(0);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
