import type { Notification } from "../dlms/association/events.ts";
import { unconfirmedBlocks } from "../dlms/association/gbt-unconfirmed.ts";
import { ApduProtection, type AssociationSecurity } from "../dlms/association/protection.ts";
import { encodeApdu } from "../dlms/xdlms/apdu.ts";
import { LocalProtocolError, TransportError } from "../errors.ts";
import { realTimers } from "../session/timers.ts";
import { connectTcp } from "../transport/tcp.ts";
import type { TraceRecord, TraceSink } from "../transport/trace.ts";
import type { Transport } from "../transport/transport.ts";
import { connectUdp } from "../transport/udp.ts";
import type { Push, PushOutlet } from "../virtual-meter/push/push-outlet.ts";
import { encodeWpdu, maxDatagramPayload, maxWpduPayload } from "../wrapper/index.ts";

/** What pushes need of the meter around them. */
export interface NetworkOutletOptions {
  /** The keys of the association with a client. */
  readonly securityOf: (clientSap: number) => AssociationSecurity | undefined;
  /** Sends over HDLC to a client that is connected; answers to how many. */
  readonly notify: (clientSap: number, serverSap: number, notification: Notification) => number;
  /** What goes out by itself, and each attempt that failed. What goes over HDLC is traced by its line. */
  readonly trace?: TraceSink;
}

type NetworkDestination = Exclude<Push["destination"], { readonly service: "hdlc" }>;

/** Sends over TCP, each push in a connection of its own, over UDP, and to clients that are connected. */
export class NetworkOutlet implements PushOutlet {
  readonly #options: NetworkOutletOptions;

  constructor(options: NetworkOutletOptions) {
    this.#options = options;
  }

  async send(push: Push): Promise<void> {
    try {
      await (push.destination.service === "hdlc" ? this.#tell(push) : this.#transmit(push, push.destination));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#record({ layer: "link", bytes: new Uint8Array(), note: `push: ${reason}` });
      throw error;
    }
  }

  async #tell({ clientSap, serverSap, notification, protection }: Push): Promise<void> {
    if (protection !== undefined) throw new LocalProtocolError("over HDLC a push is protected as its association is, and not by itself");
    if (this.#options.notify(clientSap, serverSap, notification) > 0) return;
    throw new LocalProtocolError(`client ${clientSap} is not connected`);
  }

  async #transmit({ clientSap, serverSap, notification, protection }: Push, destination: NetworkDestination): Promise<void> {
    const { service } = destination;
    const plain = encodeApdu(notification);
    const apdu = protection === undefined ? plain : this.#protect(clientSap, plain, protection);
    const most = service === "udp" ? maxDatagramPayload : maxWpduPayload;
    const pieces = apdu.length <= most ? [apdu] : [...unconfirmedBlocks(apdu, most)];
    const wpdus = pieces.map((piece) => encodeWpdu({ sourceWPort: serverSap, destinationWPort: clientSap, apdu: piece }, most));
    const transport = await (service === "udp" ? connectUdp(destination) : connectTcp(destination));
    for (const bytes of pieces) this.#record({ layer: "apdu", bytes });
    for (const bytes of wpdus) this.#record({ layer: "line", bytes });
    await handOver(transport, wpdus);
  }

  #record(record: Pick<TraceRecord, "layer" | "bytes" | "note">): void {
    this.#options.trace?.({ at: realTimers.now(), direction: "sent", ...record });
  }

  #protect(clientSap: number, plain: Uint8Array, level: NonNullable<Push["protection"]>): Uint8Array {
    const security = this.#options.securityOf(clientSap);
    if (security === undefined) throw new LocalProtocolError(`there are no keys for client ${clientSap}`);
    return new ApduProtection(security).protect(plain, "general-global", level);
  }
}

/** ms that a peer may take to read what it is sent. */
const longestStall = 10_000;

/** Writes, and closes when everything is out. @throws what ended the connection before */
async function handOver(transport: Transport, wpdus: readonly Uint8Array[]): Promise<void> {
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let closed = false;
  transport.onDrain(() => wake?.());
  transport.onClose((error) => {
    failure = error;
    closed = true;
    wake?.();
  });
  for (const wpdu of wpdus) {
    if (transport.write(wpdu) || closed) continue;
    const drained = await new Promise<boolean>((resolve) => {
      const cancel = realTimers.schedule(longestStall, () => resolve(false));
      wake = () => {
        cancel();
        resolve(!closed);
      };
    });
    if (!drained) {
      transport.destroy();
      throw failure ?? new TransportError(closed ? "closed" : "timeout", `${transport.name} did not take the push`);
    }
  }
  await transport.close();
  if (failure !== undefined) throw failure;
}
