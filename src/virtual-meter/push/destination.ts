import type { SendDestinationAndMethod } from "../../cosem-objects/classes/push-setup.ts";
import { ascii } from "../mapping/data-object.ts";

/** Where a push goes: a host over TCP or UDP with the wrapper, or a client that is connected over HDLC. */
export type PushDestination =
  | { readonly service: "tcp" | "udp"; readonly host: string; readonly port: number }
  | { readonly service: "hdlc" };

/** Octets of a name of the DNS (RFC 1035), brackets, colon and port. */
const longest = 253 + 2 + 6;

/** Nowhere: what is pushed is not sent. */
export const noDestination: SendDestinationAndMethod = { transportService: "tcp", destination: new Uint8Array(), message: "a-xdr" };

/** The attribute for a destination. */
export function destinationAttribute(destination: PushDestination): SendDestinationAndMethod {
  const { service } = destination;
  const octets = service === "hdlc" ? new Uint8Array() : ascii(`${hostText(destination.host)}:${destination.port}`);
  return { transportService: service, destination: octets, message: "a-xdr" };
}

/**
 * What the attribute means: a destination, "none" where it names nothing, or undefined for what this meter cannot do (other
 * services than TCP, UDP and HDLC; XML).
 */
export function parseDestination({
  transportService,
  destination,
  message,
}: SendDestinationAndMethod): PushDestination | "none" | undefined {
  if (message !== "a-xdr") return undefined;
  if (transportService === "hdlc") return { service: "hdlc" };
  if (transportService !== "tcp" && transportService !== "udp") return undefined;
  if (destination.length === 0) return "none";
  if (destination.length > longest) return undefined;
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(String.fromCharCode(...destination)) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 0xffff ? undefined : { service: transportService, host, port };
}

function hostText(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
