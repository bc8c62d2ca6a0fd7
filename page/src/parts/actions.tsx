import { useState } from "preact/hooks";
import type { LiveMeter, PageAction } from "../../../src/dashboard/contract.ts";
import { act, info } from "../server.ts";
import { AskAgain, type Question } from "./ask-again.tsx";

/** Whether who looks may do this to the meter. */
export function mayDo(meter: LiveMeter | undefined, action: PageAction): boolean {
  return info.value?.role === "operator" && meter?.actions.includes(action) === true;
}

/** Buttons for what may be done to the meter; each asks again. */
export function Actions({ meter }: { readonly meter: LiveMeter }) {
  const [question, setQuestion] = useState<Question>();
  const { id, name, relay } = meter.row;
  const questions: readonly (readonly [PageAction, Question])[] = [
    [
      "relay",
      relay === "connected"
        ? {
            title: `Disconnect ${name}?`,
            text: "The customer is without supply until it is reconnected.",
            yes: "disconnect",
            act: () => act(id, "relay", { state: "disconnect" }),
          }
        : {
            title: `Reconnect ${name}?`,
            text: "The meter closes its relay, or waits for its own key to be pressed, as it is set up.",
            yes: "reconnect",
            act: () => act(id, "relay", { state: "reconnect" }),
          },
    ],
    [
      "clock",
      { title: `Set the clock of ${name}?`, text: "It gets the time of the gateway.", yes: "set", act: () => act(id, "clock", {}) },
    ],
  ];
  const possible = questions.filter(([action]) => mayDo(meter, action));
  if (possible.length === 0) return undefined;
  return (
    <>
      <fieldset class="choice">
        <legend class="sr">Actions</legend>
        {possible.map(([action, asked]) => (
          <button type="button" key={action} disabled={!meter.row.online} onClick={() => setQuestion(asked)}>
            {action === "relay" ? `${asked.yes} …` : "set the clock …"}
          </button>
        ))}
      </fieldset>
      {question !== undefined && <AskAgain question={question} onClose={() => setQuestion(undefined)} />}
    </>
  );
}
