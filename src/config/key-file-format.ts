import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { z } from "zod";
import { ConfigError, SecurityError } from "../errors.ts";

/** The secrets of a key file by their names; each as it would stand in a file of its own. */
export type NamedSecrets = ReadonlyMap<string, string>;

const cipher = "aes-256-gcm";
const keyLength = 32;
const saltLength = 16;
const nonceLength = 12;
const tagLength = 16;

/** Of the equally strong settings that OWASP names the one with the least memory (32 MiB), since gateways are small. */
const scryptCost = { n: 2 ** 15, r: 8, p: 3 } as const;
/** What a file may ask of this machine: nobody has proved yet that they know its passphrase. */
const mostMemory = 256 * 1024 * 1024;

const octets = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length * 2}}$`));
const powerOfTwo = (exponents: { readonly least: number; readonly most: number }) =>
  z.number().refine((value) => Number.isInteger(Math.log2(value)) && value >= 2 ** exponents.least && value <= 2 ** exponents.most);

const headerSchema = z.strictObject({
  format: z.literal("dlms-key-file"),
  version: z.literal(1),
  cipher: z.literal(cipher),
  scrypt: z.strictObject({
    n: powerOfTwo({ least: 14, most: 17 }),
    r: z.literal(8),
    p: z.int().min(1).max(8),
    salt: octets(saltLength),
  }),
  nonce: octets(nonceLength),
});
const fileSchema = headerSchema.extend({ sealed: z.base64() });
const secretsSchema = z.record(z.string(), z.string());

type Header = z.output<typeof headerSchema>;

/** The text of a key file that only this passphrase opens; salt and nonce are new each time. */
export function sealSecrets(secrets: NamedSecrets, passphrase: string): string {
  const header: Header = {
    format: "dlms-key-file",
    version: 1,
    cipher,
    scrypt: { ...scryptCost, salt: randomBytes(saltLength).toString("hex") },
    nonce: randomBytes(nonceLength).toString("hex"),
  };
  const encryption = createCipheriv(cipher, keyOf(passphrase, header), Buffer.from(header.nonce, "hex"), { authTagLength: tagLength });
  encryption.setAAD(associatedData(header));
  const sealed = [encryption.update(JSON.stringify(Object.fromEntries(secrets)), "utf8"), encryption.final(), encryption.getAuthTag()];
  return `${JSON.stringify({ ...header, sealed: Buffer.concat(sealed).toString("base64") }, null, 2)}\n`;
}

/**
 * The secrets in the text of a key file; `place` is its name in errors.
 * @throws ConfigError for what is no key file, or one of a later version; SecurityError `deciphering-failed` for another
 *   passphrase, or a file that was changed.
 */
export function openSecrets(text: string, passphrase: string, place: string): NamedSecrets {
  const { sealed, ...header } = parseJson(text, fileSchema, place);
  const octets = Buffer.from(sealed, "base64");
  if (octets.length < tagLength) throw new ConfigError("", `${place} is cut short`);
  const decryption = createDecipheriv(cipher, keyOf(passphrase, header), Buffer.from(header.nonce, "hex"), { authTagLength: tagLength });
  decryption.setAAD(associatedData(header));
  decryption.setAuthTag(octets.subarray(octets.length - tagLength));
  const secrets = decrypt(
    () => Buffer.concat([decryption.update(octets.subarray(0, octets.length - tagLength)), decryption.final()]),
    place,
  );
  return new Map(Object.entries(parseJson(secrets.toString("utf8"), secretsSchema, place)));
}

function decrypt(open: () => Buffer, place: string): Buffer {
  try {
    return open();
  } catch (cause) {
    throw new SecurityError("deciphering-failed", `the passphrase does not open ${place}`, {
      cause,
      hint: "type it again; if it is right the file was changed, and only a copy of it helps",
    });
  }
}

function parseJson<S extends z.ZodType>(text: string, schema: S, place: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // What a parser says of the text may repeat it.
    throw new ConfigError("", `${place} is no key file that this version understands`, { hint: "make one with dlms keys file create" });
  }
}

/** Composed and decomposed letters are the same to whoever types them (RFC 8265 4.1 takes another way to the same end). */
function keyOf(passphrase: string, { scrypt: { n, r, p, salt } }: Header): Buffer {
  return scryptSync(passphrase.normalize("NFKC"), Buffer.from(salt, "hex"), keyLength, { N: n, r, p, maxmem: mostMemory });
}

/** Everything but the cipher text, so that the tag covers the parameters too. */
function associatedData({ format, version, cipher: name, scrypt: { n, r, p, salt }, nonce }: Header): Buffer {
  return Buffer.from([format, version, name, n, r, p, salt, nonce].join("\n"));
}
