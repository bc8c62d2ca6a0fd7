/** Tag of each APDU, and of its service-specific ciphered forms (Green Book 9.5, XDLMS-APDU). */
export const apduTags = {
  "initiate-request": { plain: 0x01, global: 0x21, dedicated: 0x41 },
  "read-request": { plain: 0x05, global: 0x25, dedicated: 0x45 },
  "write-request": { plain: 0x06, global: 0x26, dedicated: 0x46 },
  "initiate-response": { plain: 0x08, global: 0x28, dedicated: 0x48 },
  "read-response": { plain: 0x0c, global: 0x2c, dedicated: 0x4c },
  "write-response": { plain: 0x0d, global: 0x2d, dedicated: 0x4d },
  "confirmed-service-error": { plain: 0x0e, global: 0x2e, dedicated: 0x4e },
  "data-notification": { plain: 0x0f },
  "data-notification-confirm": { plain: 0x10 },
  "unconfirmed-write-request": { plain: 0x16, global: 0x36, dedicated: 0x56 },
  "information-report-request": { plain: 0x18, global: 0x38, dedicated: 0x58 },
  aarq: { plain: 0x60 },
  aare: { plain: 0x61 },
  rlrq: { plain: 0x62 },
  rlre: { plain: 0x63 },
  abrt: { plain: 0x64 },
  "get-request": { plain: 0xc0, global: 0xc8, dedicated: 0xd0 },
  "set-request": { plain: 0xc1, global: 0xc9, dedicated: 0xd1 },
  "event-notification-request": { plain: 0xc2, global: 0xca, dedicated: 0xd2 },
  "action-request": { plain: 0xc3, global: 0xcb, dedicated: 0xd3 },
  "get-response": { plain: 0xc4, global: 0xcc, dedicated: 0xd4 },
  "set-response": { plain: 0xc5, global: 0xcd, dedicated: 0xd5 },
  "action-response": { plain: 0xc7, global: 0xcf, dedicated: 0xd7 },
  "exception-response": { plain: 0xd8 },
  "access-request": { plain: 0xd9 },
  "access-response": { plain: 0xda },
  "general-glo-ciphering": { plain: 0xdb },
  "general-ded-ciphering": { plain: 0xdc },
  "general-ciphering": { plain: 0xdd },
  "general-signing": { plain: 0xdf },
  "general-block-transfer": { plain: 0xe0 },
  "gateway-request": { plain: 0xe6 },
  "gateway-response": { plain: 0xe7 },
} as const satisfies Readonly<Record<string, { readonly plain: number; readonly global?: number; readonly dedicated?: number }>>;

export type ApduKind = keyof typeof apduTags;

/** Which APDU a tag announces, and under what protection. */
export interface TagMeaning {
  readonly kind: ApduKind;
  readonly protection: "plain" | "global" | "dedicated";
}

const meanings = new Map<number, TagMeaning>();
for (const [kind, tags] of Object.entries(apduTags)) {
  for (const [protection, tag] of Object.entries(tags)) meanings.set(tag, { kind, protection } as TagMeaning);
}

/** The meaning of a tag, or undefined for one that is not in use. */
export function tagMeaning(tag: number): TagMeaning | undefined {
  return meanings.get(tag);
}
