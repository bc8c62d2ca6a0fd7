import { toHex } from "../bytes/hex.ts";

/** What a device does when something is sent to it. */
export type Reaction =
  | { readonly type: "apdu"; readonly apdu: Uint8Array }
  | { readonly type: "silence" }
  /** The connection, or the link, was ended by the device. */
  | { readonly type: "closed" };

/** In words, for a verdict. */
export function describeReaction(reaction: Reaction): string {
  return reaction.type === "apdu" ? toHex(reaction.apdu) : reaction.type;
}
