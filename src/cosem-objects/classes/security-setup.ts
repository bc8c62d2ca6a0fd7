import { arrayOf, enumeration, enumValue, octetString, structure } from "../../dlms/axdr/data-schemas.ts";
import { dataTag } from "../../dlms/axdr/data-type.ts";
import { readCount } from "../../dlms/axdr/length.ts";
import type { Infer, Schema } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** Keys that a security setup manages, by key_id (Blue Book 4.4.7). */
export const keyIds = { "global-unicast": 0, "global-broadcast": 1, authentication: 2, master: 3 } as const;
export type SetupKey = keyof typeof keyIds;

/** security_policy of version 0, as bits: 3 is both. */
export const securityPolicyV0 = enumeration({ nothing: 0, authenticated: 1, encrypted: 2, "authenticated-and-encrypted": 3 });

const securitySuite = enumValue;

/** key_transfer_data: keys wrapped under the master key. */
export const keyTransferData = arrayOf(structure({ keyId: enumeration(keyIds), keyWrapped: octetString }));

/** key_agreement_data: an ephemeral public key and its signature for each key. */
export const keyAgreementData = arrayOf(structure({ keyId: enumeration(keyIds), keyData: octetString }));
export type KeyAgreementData = Infer<typeof keyAgreementData>;

/** Whom a certificate is for. */
export const certificateEntities = { server: 0, client: 1, authority: 2, other: 3 } as const;
export type CertificateEntity = keyof typeof certificateEntities;

/** What a certificate's key is for. */
export const certificateTypes = { "digital-signature": 0, "key-agreement": 1, tls: 2, other: 3 } as const;
export type CertificateType = keyof typeof certificateTypes;

const certificateEntity = enumeration(certificateEntities);
const certificateType = enumeration(certificateTypes);

/** certificate_info: names in DER, the serial number as the content of its INTEGER. */
export const certificateInfo = structure({
  certificateEntity,
  certificateType,
  serialNumber: octetString,
  issuer: octetString,
  subject: octetString,
  subjectAltName: octetString,
});
export type CertificateInfo = Infer<typeof certificateInfo>;

const byEntity = structure({ certificateEntity, certificateType, systemTitle: octetString });
const bySerialNumber = structure({ serialNumber: octetString, issuer: octetString });

/** Which certificate is meant. */
export type CertificateIdentification =
  | { readonly by: "entity"; readonly options: Infer<typeof byEntity> }
  | { readonly by: "serial-number"; readonly options: Infer<typeof bySerialNumber> };

const identificationTypes = { entity: 0, "serial-number": 1 } as const;

/** certificate_identification: the first element says what the second one is. */
export const certificateIdentification: Schema<CertificateIdentification> = {
  type: {
    name: "structure",
    fields: {
      by: { name: "enum", values: identificationTypes },
      options: { name: "choice", alternatives: [byEntity.type, bySerialNumber.type] },
    },
  },
  read: (reader) => {
    const start = reader.offset;
    if (reader.u8("structure") !== dataTag.structure) throw reader.error("bad-tag", "certificate_identification", undefined, start);
    if (readCount(reader, "structure") !== 2) throw reader.error("bad-length", "certificate_identification", undefined, start);
    const by = enumValue.read(reader);
    if (by === identificationTypes.entity) return { by: "entity", options: byEntity.read(reader) };
    if (by === identificationTypes["serial-number"]) return { by: "serial-number", options: bySerialNumber.read(reader) };
    throw reader.error("out-of-range", "certificate_identification", `unknown type ${by}`, start);
  },
  write: (writer, value) => {
    writer.u8(dataTag.structure);
    writer.u8(2);
    enumValue.write(writer, identificationTypes[value.by]);
    if (value.by === "entity") byEntity.write(writer, value.options);
    else bySerialNumber.write(writer, value.options);
  },
};

/** Security setup, class 64 version 0 (Blue Book 4.4.7). */
export const SecuritySetupV0 = defineClass({
  classId: 64,
  version: 0,
  name: "Security setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    securityPolicy: attribute(2, securityPolicyV0, "r", "protection that every message must have"),
    securitySuite: attribute(3, securitySuite, "r", "number of the security suite"),
    clientSystemTitle: attribute(4, octetString, "r", "system title of the client", { dynamic: true }),
    serverSystemTitle: attribute(5, octetString, "r", "system title of the server"),
  },
  methods: {
    securityActivate: method(1, securityPolicyV0, "strengthens the security policy"),
    globalKeyTransfer: method(2, keyTransferData, "replaces keys by keys wrapped under the master key"),
  },
  firstMethodOffset: 0x28,
});

/** Security setup, class 64 version 1: policies for each direction, key agreement, certificates (Blue Book 4.4.7). */
export const SecuritySetupV1 = defineClass({
  classId: 64,
  version: 1,
  name: "Security setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    securityPolicy: attribute(2, enumValue, "r", "protection that requests (bits 2 to 4) and answers (5 to 7) must have"),
    securitySuite: attribute(3, securitySuite, "r", "number of the security suite"),
    clientSystemTitle: attribute(4, octetString, "r", "system title of the client", { dynamic: true }),
    serverSystemTitle: attribute(5, octetString, "r", "system title of the server"),
    certificates: attribute(6, arrayOf(certificateInfo), "r", "certificates that the server has"),
  },
  methods: {
    securityActivate: method(1, enumValue, "strengthens the security policy"),
    keyTransfer: method(2, keyTransferData, "replaces keys by keys wrapped under the master key"),
    keyAgreement: method(3, keyAgreementData, "agrees on keys; returns the server's ephemeral public keys", keyAgreementData),
    generateKeyPair: method(4, certificateType, "makes a key pair for this purpose"),
    generateCertificateRequest: method(5, certificateType, "returns a PKCS #10 request for the key pair of this purpose", octetString),
    importCertificate: method(6, octetString, "adds an X.509 certificate in DER"),
    exportCertificate: method(7, certificateIdentification, "returns an X.509 certificate in DER", octetString),
    removeCertificate: method(8, certificateIdentification, "removes a certificate, and the private key of one of the server"),
  },
  firstMethodOffset: 0x30,
});
