import { SecurityError } from "../../errors.ts";
import {
  type GeneralCipheringOptions,
  type OriginatorPublicKeys,
  protectGeneral,
  unprotectGeneral,
} from "../security/general-ciphering.ts";
import { signGeneral, verifyGeneral } from "../security/general-signing.ts";
import type { PrivateKey } from "../security/private-key.ts";
import type { SecretKey } from "../security/secret-key.ts";
import type { SecurityControl } from "../security/security-control.ts";
import type { SecuritySuite } from "../security/suite.ts";
import type { SystemTitle } from "../security/system-title.ts";
import type { GeneralHeader } from "../xdlms/ciphering.ts";
import { apduTags } from "../xdlms/tags.ts";

/** Keys besides those of the association that general-ciphering and general-signing take (Green Book 9.2.7.2.4, 9.2.7.2.5). */
export interface GeneralKeys {
  /** Under which keys of single APDUs come wrapped. */
  readonly masterKey?: SecretKey;
  /** Of key agreement, of this side. */
  readonly agreementKey?: PrivateKey;
  /** Of signatures, of this side. */
  readonly signingKey?: PrivateKey;
  /** The peer's public keys, from its certificates. */
  readonly peerKeys?: (systemTitle: SystemTitle) => OriginatorPublicKeys | undefined;
  /** How a client that sends general-ciphering names the key of its requests; the global unicast key by default. */
  readonly originatorKey?: (recipient: SystemTitle) => GeneralCipheringOptions["key"];
  /** The KDF identifiers of Green Book edition 8 (pitfall 29). */
  readonly legacyAlgorithmId?: boolean;
}

/** What opens general-ciphering in an association. */
export interface GeneralContext {
  readonly suite: SecuritySuite;
  readonly systemTitle: SystemTitle;
  readonly globalKey: SecretKey;
  readonly broadcastKey: SecretKey | undefined;
  readonly authenticationKey: SecretKey | undefined;
  readonly keys: GeneralKeys;
}

/** A general-ciphering APDU that has been opened. */
export interface OpenedGeneral {
  readonly plain: Uint8Array;
  readonly control: SecurityControl;
  readonly invocationCounter: number;
  readonly header: GeneralHeader;
  /** The key is the global broadcast key. */
  readonly broadcast: boolean;
}

const nothing = new Uint8Array();

export const isGeneralCiphering = (bytes: Uint8Array): boolean => bytes[0] === apduTags["general-ciphering"].plain;
export const isGeneralSigning = (bytes: Uint8Array): boolean => bytes[0] === apduTags["general-signing"].plain;

/** @throws DecodeError, SecurityError as `unprotectGeneral` */
export function openGeneral(context: GeneralContext, bytes: Uint8Array): OpenedGeneral {
  const { suite, systemTitle, globalKey, broadcastKey, authenticationKey, keys } = context;
  const { masterKey, agreementKey, peerKeys, legacyAlgorithmId } = keys;
  const opened = unprotectGeneral(
    {
      systemTitle,
      authenticationKey,
      suite,
      presentKey: globalKey,
      keyOf: (id) => (id === "global-unicast" ? globalKey : id === "global-broadcast" ? broadcastKey : undefined),
      acceptUnauthenticated: true,
      ...(masterKey !== undefined && { masterKey }),
      ...(agreementKey !== undefined && { agreementKey }),
      ...(peerKeys !== undefined && { originator: peerKeys }),
      ...(legacyAlgorithmId !== undefined && { legacyAlgorithmId }),
    },
    bytes,
  );
  const { plain, control, invocationCounter, header, key } = opened;
  return { plain, control, invocationCounter, header, broadcast: key === broadcastKey };
}

/** The header of an APDU to this recipient; an answer has the transaction id of its request. */
export function headerTo(originator: SystemTitle, recipient: SystemTitle, transactionId: Uint8Array): GeneralHeader {
  return {
    transactionId,
    originatorSystemTitle: originator,
    recipientSystemTitle: recipient,
    dateTime: nothing,
    otherInformation: nothing,
  };
}

/** @throws SecurityError as `protectGeneral` */
export function protectWithHeader(
  { globalKey, authenticationKey, keys }: GeneralContext,
  header: GeneralHeader,
  key: GeneralCipheringOptions["key"] | undefined,
  control: SecurityControl,
  invocationCounter: number,
  plain: Uint8Array,
): Uint8Array {
  const { legacyAlgorithmId } = keys;
  return protectGeneral(
    {
      header,
      authenticationKey,
      key: key ?? { type: "identified", keyId: "global-unicast", key: globalKey },
      ...(legacyAlgorithmId !== undefined && { legacyAlgorithmId }),
    },
    control,
    invocationCounter,
    plain,
  );
}

/** The content of a signed APDU and its header. @throws DecodeError, SecurityError as `verifyGeneral` */
export function openSigned(
  { systemTitle, keys }: GeneralContext,
  bytes: Uint8Array,
): { readonly header: GeneralHeader; readonly content: Uint8Array } {
  return verifyGeneral({ systemTitle, verificationKeyOf: (originator) => keys.peerKeys?.(originator)?.verificationKey }, bytes);
}

/** @throws SecurityError `unknown-key` where this side has no signing key */
export function signed({ keys }: GeneralContext, header: GeneralHeader, content: Uint8Array): Uint8Array {
  if (keys.signingKey === undefined) throw new SecurityError("unknown-key", "there is no signing key");
  return signGeneral(header, keys.signingKey, content);
}
