import { ByteWriter } from "../bytes/byte-writer.ts";
import { tagLength } from "../dlms/security/apdu-cipher.ts";
import { type RecipientKeys, unprotectGeneral } from "../dlms/security/general-ciphering.ts";
import type { SecretKey } from "../dlms/security/secret-key.ts";
import { decodeSecurityControl, encodeSecurityControl } from "../dlms/security/security-control.ts";
import { type GeneralHeader, generalCiphering } from "../dlms/xdlms/ciphering.ts";
import { apduTags } from "../dlms/xdlms/tags.ts";
import type { DecipheringKeys, KeyRing } from "./key-ring.ts";
import type { CipheredApdu } from "./protected-apdu.ts";
import type { Way } from "./way.ts";

/** Ways to open general-ciphering, by what its key-info says; where that says nothing, by whatever key is at hand. */
export function generalWays(apdu: CipheredApdu, header: GeneralHeader, keys: DecipheringKeys, ring: KeyRing): readonly Way[] {
  const { keyInfo } = apdu;
  const common: RecipientKeys = {
    // Whoever listens stands in for the recipient.
    systemTitle: header.recipientSystemTitle,
    authenticationKey: keys.authenticationKey,
    acceptUnauthenticated: true,
    keyOf: (id) => (id === "global-unicast" ? keys.encryptionKey : id === "global-broadcast" ? keys.broadcastKey : undefined),
    ...(keys.masterKey !== undefined && { masterKey: keys.masterKey }),
    ...(keys.agreementKey !== undefined && { agreementKey: keys.agreementKey }),
    originator: () => ({
      ...(keys.verificationKey !== undefined && { verificationKey: keys.verificationKey }),
      ...(keys.peerAgreementKey !== undefined && { agreementKey: keys.peerAgreementKey }),
    }),
  };
  const sender = header.originatorSystemTitle;
  const way = (keyName: Way["keyName"], key?: SecretKey, more: Partial<RecipientKeys> = {}, remark?: string): Way => {
    const recipient = { ...common, ...more };
    return {
      keyName,
      key,
      sender,
      ...(remark !== undefined && { remark }),
      open: () => {
        const opened = unprotectGeneral(recipient, apdu.octets);
        if (keyInfo?.type === "wrapped-key" || keyInfo?.type === "agreed-key") ring.remember(sender, opened.key);
        return opened;
      },
      peek: () => unprotectGeneral(recipient, withoutTag(apdu, header)),
    };
  };
  switch (keyInfo?.type) {
    case undefined:
      return ring.presentOf(sender).map(({ name, key }) => way(name, key, { presentKey: key }));
    case "identified-key":
      return [keyInfo.keyId === "global-broadcast" ? way("broadcast key", keys.broadcastKey) : way("encryption key", keys.encryptionKey)];
    case "wrapped-key":
      return [way("master key")];
    case "agreed-key":
      return [way("agreement key"), way("agreement key", undefined, { legacyAlgorithmId: true }, legacyRemark)];
  }
}

const legacyRemark = "the key was agreed with the AlgorithmID that edition 8 of the Green Book misprints";

/**
 * The same APDU as if it had been enciphered alone: GCM enciphers as a stream, so the cipher text is the same. What comes of
 * it proves nothing.
 */
function withoutTag({ keyInfo, content }: CipheredApdu, header: GeneralHeader): Uint8Array {
  const [octet = 0] = content;
  const control = decodeSecurityControl(octet);
  const untagged = content.slice(0, control.authenticated ? Math.max(0, content.length - tagLength) : content.length);
  untagged[0] = encodeSecurityControl({ ...control, authenticated: false });
  const writer = new ByteWriter(content.length);
  writer.u8(apduTags["general-ciphering"].plain);
  generalCiphering.write(writer, { header, keyInfo, content: untagged });
  return writer.finish();
}
