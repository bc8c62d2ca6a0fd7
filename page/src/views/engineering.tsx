import { signal } from "@preact/signals";
import { EventsPanel } from "../parts/events.tsx";
import { ObjectsPanel } from "../parts/objects.tsx";
import { TracePanel } from "../parts/trace.tsx";
import { TranslatorPanel } from "../parts/translator.tsx";

const panels = [
  { name: "Objects", Panel: ObjectsPanel },
  { name: "Events", Panel: EventsPanel },
  { name: "Trace", Panel: TracePanel },
  { name: "Translator", Panel: TranslatorPanel },
] as const;

const chosen = signal<string>("Objects");

export function EngineeringView({ meter }: { readonly meter: string }) {
  const { Panel } = panels.find(({ name }) => name === chosen.value) ?? panels[0];
  return (
    <>
      <fieldset class="choice">
        <legend class="sr">Tools</legend>
        {panels.map(({ name }) => (
          <button
            type="button"
            key={name}
            aria-pressed={name === chosen.value}
            onClick={() => {
              chosen.value = name;
            }}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <Panel meter={meter} />
    </>
  );
}
