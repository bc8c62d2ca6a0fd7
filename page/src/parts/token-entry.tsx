import { useState } from "preact/hooks";
import { act } from "../server.ts";
import { grouped, tokenLength } from "../token.ts";
import { AskAgain, type Question } from "./ask-again.tsx";

/** A token to be sent to the meter by the gateway, instead of by its keypad. */
export function TokenEntry({ meter, name }: { readonly meter: string; readonly name: string }) {
  const [digits, setDigits] = useState("");
  const [question, setQuestion] = useState<Question>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const token = digits;
    setQuestion({
      title: `Send this token to ${name}?`,
      text: `${grouped(token)}: a token can be used once.`,
      yes: "send",
      act: async () => {
        const result = await act(meter, "token", { token });
        if (result.ok) setDigits("");
        return result;
      },
    });
  };
  return (
    <form class="filters" onSubmit={submit}>
      <label>
        Token{" "}
        <input
          class="code token"
          inputMode="numeric"
          autocomplete="off"
          placeholder="0000 0000 0000 0000 0000"
          value={grouped(digits)}
          onInput={({ currentTarget }) => {
            setDigits(currentTarget.value.replaceAll(/\D/g, "").slice(0, tokenLength));
            // What is no digit is not kept, so the field is written anew even where the state stays.
            currentTarget.value = grouped(currentTarget.value);
          }}
        />
      </label>
      <button type="submit" disabled={digits.length !== tokenLength}>
        send …
      </button>
      {question !== undefined && <AskAgain question={question} onClose={() => setQuestion(undefined)} />}
    </form>
  );
}
