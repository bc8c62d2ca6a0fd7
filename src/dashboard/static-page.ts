import type { Context } from "hono";

/** A file of the built page, made ready once: with its compressed forms, where they are shorter. */
export interface PageFile {
  readonly contentType: string;
  /** A strong validator, in quotes (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** True where the name changes with the content. */
  readonly immutable: boolean;
  readonly identity: Uint8Array<ArrayBuffer>;
  readonly gzip?: Uint8Array<ArrayBuffer>;
  readonly br?: Uint8Array<ArrayBuffer>;
}

/** The built page by path: "/" and "/assets/index.js". */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** Answers with a file of the page; undefined where there is none of that path. */
export function servePage(context: Context, files: PageFiles): Response | undefined {
  const file = files.get(context.req.path);
  if (file === undefined) return undefined;
  const encoding = encodingFor(context.req.header("accept-encoding"), file);
  const headers: Record<string, string> = {
    // Each form is another octet for octet, so it has a validator of its own.
    etag: encoding === "identity" ? file.etag : file.etag.replace(/"$/, `-${encoding}"`),
    "cache-control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
  };
  if (isKnown(context.req.header("if-none-match"), headers["etag"] as string)) return context.body(null, 304, headers);
  if (encoding !== "identity") headers["content-encoding"] = encoding;
  return context.body(file[encoding] ?? file.identity, 200, { ...headers, "content-type": file.contentType });
}

/** The shortest form that the browser takes (RFC 9110, 12.5.3); "br;q=0" is none. */
function encodingFor(accepted: string | undefined, file: PageFile): "br" | "gzip" | "identity" {
  const taken = new Set(
    (accepted ?? "")
      .toLowerCase()
      .split(",")
      .filter((entry) => !/;\s*q=0(\.0*)?\s*$/.test(entry))
      .map((entry) => entry.split(";")[0]?.trim()),
  );
  return (["br", "gzip"] as const).find((encoding) => file[encoding] !== undefined && taken.has(encoding)) ?? "identity";
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch?.split(",").some((known) => known.trim().replace(/^W\//, "") === etag || known.trim() === "*") === true;
}
