import type { HdlcAddressOptions } from "./address.ts";
import type { HdlcParameters } from "./parameters.ts";

/** How to reach one server; the link parameters proposed to it default to 128 octets and a window of 1. Times in ms. */
export interface HdlcConnectionOptions extends Partial<HdlcParameters> {
  /** Our address, 1 to 126. */
  readonly clientSap: number;
  readonly serverAddress: HdlcAddressOptions;
  /** Other addresses the server is known to answer from. */
  readonly serverAliases?: readonly HdlcAddressOptions[];
  /** Take UI frames of any addresses: meters push with odd ones. */
  readonly anyUnconfirmed?: boolean;
  /** Longest wait for the server's turn to begin, or to go on. Default 5000. */
  readonly responseTimeout?: number;
  /** How often a request is repeated before the link counts as lost. Default 3. */
  readonly retries?: number;
  /** Pause before asking again a server that has no answer yet. Default 100. */
  readonly pollInterval?: number;
  /** Longest gap inside a frame. Default 1000, as tunnels need; a serial line reports silence itself and earlier. */
  readonly interOctetTimeout?: number;
  /** Longest time without a frame from the server while connected; 0, the default, is for ever. */
  readonly inactivityTimeout?: number;
  /** Longest APDU taken, in octets. Default 65535. */
  readonly maxApduLength?: number;
}

/** What holds for options left out. */
export const connectionDefaults = {
  serverAliases: [] as readonly HdlcAddressOptions[],
  anyUnconfirmed: false,
  responseTimeout: 5000,
  retries: 3,
  pollInterval: 100,
  interOctetTimeout: 1000,
  inactivityTimeout: 0,
  maxApduLength: 0xffff,
};
