import { useEffect, useRef, useState } from "preact/hooks";
import type { PageActionResult } from "../../../src/dashboard/contract.ts";

/** What is done to a meter, if somebody still wants it when asked again. */
export interface Question {
  readonly title: string;
  /** What will come of it. */
  readonly text: string;
  /** What the button says that does it. */
  readonly yes: string;
  readonly act: () => Promise<PageActionResult>;
}

/** Asks before something is done to a meter, and says what came of it. */
export function AskAgain({ question, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, setState] = useState<"asked" | "doing" | PageActionResult>("asked");
  useEffect(() => dialog.current?.showModal(), []);
  const act = (): void => {
    setState("doing");
    question
      .act()
      .then(setState, (failure: unknown) => setState({ ok: false, message: failure instanceof Error ? failure.message : String(failure) }));
  };
  const done = typeof state === "object" ? state : undefined;
  return (
    <dialog ref={dialog} aria-labelledby="question" onClose={onClose}>
      <h2 id="question">{question.title}</h2>
      <p>{question.text}</p>
      <p role="status" class={done?.ok === false ? "notice" : ""}>
        {state === "doing" ? "waiting for the meter …" : done?.message}
      </p>
      <p class="choice">
        {done === undefined && (
          <button type="button" class="strong" disabled={state === "doing"} onClick={act}>
            {question.yes}
          </button>
        )}
        <button type="button" autofocus onClick={() => dialog.current?.close()}>
          {done === undefined ? "cancel" : "close"}
        </button>
      </p>
    </dialog>
  );
}
