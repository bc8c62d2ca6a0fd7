import { useEffect, useState } from "preact/hooks";
import type { PageDecoded } from "../../../src/dashboard/contract.ts";
import { post } from "../server.ts";

/** What is to be explained; keys stay on this machine, as the server is on it. */
export interface DecodeRequest {
  readonly hex: string;
  readonly encryptionKey?: string;
  readonly authenticationKey?: string;
  readonly systemTitle?: string;
  /** Whose keys the gateway is to try. */
  readonly meter?: string;
}

/** Octets explained field by field. */
export function Decoded({ request }: { readonly request: DecodeRequest }) {
  const [decoded, setDecoded] = useState<PageDecoded>();
  const [error, setError] = useState("");
  const wanted = JSON.stringify(request);
  useEffect(() => {
    let current = true;
    post<PageDecoded>("/decode", JSON.parse(wanted)).then(
      (answer) => {
        if (!current) return;
        setDecoded(answer);
        setError(answer.error ?? "");
      },
      (failure: unknown) => current && setError(failure instanceof Error ? failure.message : String(failure)),
    );
    return () => {
      current = false;
    };
  }, [wanted]);
  return (
    <>
      {error !== "" && (
        <p class="notice" role="alert">
          {error}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section class="scroll" tabIndex={0} aria-label="Fields">
        <table class="decoded">
          <tbody>
            {decoded?.fields.map(({ offset, length, depth, field, meaning }, index) => (
              <tr key={index}>
                <td class="code">{offset.toString(16).padStart(4, "0")}</td>
                <td class="code">
                  {meaning === null ? `(${length} octets)` : decoded.hex.slice(offset * 2, Math.min(offset + length, offset + 12) * 2)}
                </td>
                <td style={{ paddingLeft: `${depth * 1.2}em` }}>{field}</td>
                <td>{meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
