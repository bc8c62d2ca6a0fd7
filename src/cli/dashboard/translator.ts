import { fromHex, toHex } from "../../bytes/hex.ts";
import type { DecodeRequest, PageDecoded, PageTranslator } from "../../dashboard/index.ts";
import { explainFully } from "../../decode/explain.ts";
import { type Annotation, allItems, type Explanation } from "../../decode/explanation.ts";
import { readHexText } from "../../decode/input-text.ts";
import type { DecipheringKeys } from "../../decode/key-ring.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { parseSystemTitle } from "../../dlms/security/system-title.ts";
import { DecodeError } from "../../errors.ts";

/** What opens what crosses the line of a meter. */
export type MeterSecrets = (meterId: string) => DecipheringKeys | undefined;

/** The translator of the page: what `dlms decode` does, with what was deciphered behind what was pasted. */
export function pageTranslator(secretsOf: MeterSecrets = () => undefined): PageTranslator {
  return { decode: (request) => decode(request, keysOf(request, secretsOf)) };
}

function decode(request: DecodeRequest, keys: DecipheringKeys): PageDecoded {
  try {
    const { bytes } = readHexText(request.hex);
    if (bytes.length === 0) throw new DecodeError("truncated", "input", 0, "there are no octets to explain");
    const { explanation, annotations, sections } = explainFully(bytes, { annotate: true, keys });
    // Offsets go on where the input ends, so that one text holds all that the fields speak of.
    let start = bytes.length;
    const parts = [bytes];
    const fields = [...annotations.map((annotation) => fieldOf(annotation, 0))];
    for (const { octets, annotations: inside, authenticated } of sections) {
      const field = authenticated ? "deciphered" : "deciphered, not authenticated";
      fields.push({ offset: start, length: octets.length, depth: 0, field, meaning: null });
      for (const annotation of inside) fields.push(fieldOf({ ...annotation, depth: annotation.depth + 1 }, start));
      parts.push(octets);
      start += octets.length;
    }
    const error = problemOf(explanation);
    return { ok: error === null, hex: toHex(Buffer.concat(parts)), fields, error };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { ok: false, hex: "", fields: [], error: error.message };
  }
}

function fieldOf({ offset, length, depth, field, meaning, secret }: Annotation, start: number): PageDecoded["fields"][number] {
  return { offset: start + offset, length, depth, field, meaning: secret === true ? null : (meaning ?? null) };
}

function keysOf({ encryptionKey, authenticationKey, systemTitle, meter }: DecodeRequest, secretsOf: MeterSecrets): DecipheringKeys {
  return {
    ...(meter === undefined ? {} : secretsOf(meter)),
    ...(encryptionKey === undefined ? {} : { encryptionKey: SecretKey.from(fromHex(encryptionKey)) }),
    ...(authenticationKey === undefined ? {} : { authenticationKey: SecretKey.from(fromHex(authenticationKey)) }),
    ...(systemTitle === undefined ? {} : { systemTitles: [parseSystemTitle(systemTitle)] }),
  };
}

/** The first thing that is wrong, layer by layer. */
function problemOf({ link, apdus, remaining, warnings }: Explanation): string | null {
  const broken = link.find(({ ok }) => !ok);
  if (broken !== undefined) return broken.kind === "none" ? String(broken.error) : `${broken.kind}: ${String(broken.error)}`;
  for (const { type, error } of allItems(apdus)) if (error !== undefined) return `${type}: ${String(error)}`;
  if (remaining > 0) return `${remaining} octets were not understood`;
  return warnings[0] ?? null;
}
