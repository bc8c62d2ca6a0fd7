/** Why a security setup does not do what it is asked for. Nothing has changed then. */
export type SetupRefusal =
  /** The policy asks for less than the present one in some point. */
  | "policy-weakened"
  /** The policy asks for what the setup could not do, so that nobody could talk to the meter any more. */
  | "policy-impossible"
  /** The suite has no public keys. */
  | "suite-without-public-keys"
  | "no-such-key"
  /** The list names no key, or one twice. */
  | "key-list"
  | "no-master-key"
  /** A key of a length that the suite does not have. */
  | "key-length"
  /** The wrapped key was wrapped under another key, or changed. */
  | "wrong-wrap"
  /** Octets that are no key, certificate or signature at all. */
  | "malformed"
  | "wrong-signature"
  /** The setup has no key pair, or no certificate, for what it is asked to do. */
  | "no-key-pair"
  | "no-certificate"
  /** The certificate does not lead to a trust anchor. */
  | "untrusted"
  /** The certificate is for another device, another key or another use. */
  | "unsuitable-certificate"
  /** Trust anchors come and go by other means. */
  | "trust-anchor"
  | "too-many-certificates";

/** What an operation gave, or why it was refused. */
export type Outcome<T> = { readonly value: T } | { readonly refused: SetupRefusal };

/** `refused("wrong-wrap")` as an outcome. */
export function refused(refusal: SetupRefusal): { readonly refused: SetupRefusal } {
  return { refused: refusal };
}
