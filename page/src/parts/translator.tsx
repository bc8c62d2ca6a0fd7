import { useState } from "preact/hooks";
import { info } from "../server.ts";
import { Decoded, type DecodeRequest } from "./decoded.tsx";

/** Any hex of the field, explained; with keys where the page is used on the machine that serves it. */
export function TranslatorPanel() {
  const [request, setRequest] = useState<DecodeRequest>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(form.get(name) ?? "").trim();
    const optional = (["encryptionKey", "authenticationKey", "systemTitle"] as const).flatMap((name) =>
      text(name) === "" ? [] : [[name, text(name)] as const],
    );
    setRequest({ hex: text("hex"), ...Object.fromEntries(optional) });
  };
  return (
    <>
      <form class="translator" onSubmit={submit}>
        <label>
          Octets
          <textarea name="hex" rows={5} class="code" spellcheck={false} required />
        </label>
        {info.value?.local === true && (
          <div class="three">
            <label>
              Encryption key <input name="encryptionKey" type="password" autocomplete="off" />
            </label>
            <label>
              Authentication key <input name="authenticationKey" type="password" autocomplete="off" />
            </label>
            <label>
              System title <input name="systemTitle" autocomplete="off" />
            </label>
          </div>
        )}
        <button type="submit">explain</button>
      </form>
      {request !== undefined && <Decoded request={request} />}
    </>
  );
}
