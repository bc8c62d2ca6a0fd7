import type { Notification } from "../dlms/association/events.ts";
import { ApduProtection, type AssociationSecurity } from "../dlms/association/protection.ts";
import { encodeApdu } from "../dlms/xdlms/apdu.ts";
import { LocalProtocolError } from "../errors.ts";
import { connectTcp } from "../transport/tcp.ts";
import type { Transport } from "../transport/transport.ts";
import { connectUdp } from "../transport/udp.ts";
import type { Push, PushOutlet } from "../virtual-meter/push/push-outlet.ts";
import { encodeWpdu, maxDatagramPayload } from "../wrapper/index.ts";

/** What pushes need of the meter around them. */
export interface NetworkOutletOptions {
  /** The keys of the association with a client. */
  readonly securityOf: (clientSap: number) => AssociationSecurity | undefined;
  /** Sends over HDLC to a client that is connected; answers to how many. */
  readonly notify: (clientSap: number, serverSap: number, notification: Notification) => number;
}

/** Sends over TCP, each push in a connection of its own, over UDP, and to clients that are connected. */
export class NetworkOutlet implements PushOutlet {
  readonly #options: NetworkOutletOptions;

  constructor(options: NetworkOutletOptions) {
    this.#options = options;
  }

  async send({ destination, clientSap, serverSap, notification, protection }: Push): Promise<void> {
    if (destination.service === "hdlc") {
      if (this.#options.notify(clientSap, serverSap, notification) > 0) return;
      throw new LocalProtocolError(`client ${clientSap} is not connected`);
    }
    const plain = encodeApdu(notification);
    const apdu = protection === undefined ? plain : this.#protect(clientSap, plain, protection);
    const { service } = destination;
    const wpdu = encodeWpdu(
      { sourceWPort: serverSap, destinationWPort: clientSap, apdu },
      service === "udp" ? maxDatagramPayload : undefined,
    );
    const transport = await (service === "udp" ? connectUdp(destination) : connectTcp(destination));
    await handOver(transport, wpdu);
  }

  #protect(clientSap: number, plain: Uint8Array, level: NonNullable<Push["protection"]>): Uint8Array {
    const security = this.#options.securityOf(clientSap);
    if (security === undefined) throw new LocalProtocolError(`there are no keys for client ${clientSap}`);
    return new ApduProtection(security).protect(plain, "general-global", level);
  }
}

/** Writes, and closes when everything is out. */
async function handOver(transport: Transport, bytes: Uint8Array): Promise<void> {
  let failure: Error | undefined;
  transport.onClose((error) => {
    failure = error;
  });
  transport.write(bytes);
  await transport.close();
  if (failure !== undefined) throw failure;
}
