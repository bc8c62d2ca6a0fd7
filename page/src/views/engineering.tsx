import { signal } from "@preact/signals";
import { EventsPanel } from "../parts/events.tsx";
import { ObjectsPanel } from "../parts/objects.tsx";
import { TracePanel } from "../parts/trace.tsx";
import { TranslatorPanel } from "../parts/translator.tsx";
import { info } from "../server.ts";

const panels = [
  { name: "Objects", Panel: ObjectsPanel, role: "viewer" },
  { name: "Events", Panel: EventsPanel, role: "viewer" },
  { name: "Trace", Panel: TracePanel, role: "operator" },
  { name: "Translator", Panel: TranslatorPanel, role: "viewer" },
] as const;

const chosen = signal<string>("Objects");

export function EngineeringView({ meter }: { readonly meter: string }) {
  const allowed = panels.filter(({ role }) => role === "viewer" || info.value?.role === role);
  const { name: present, Panel } = allowed.find(({ name }) => name === chosen.value) ?? panels[0];
  return (
    <>
      <fieldset class="choice">
        <legend class="sr">Tools</legend>
        {allowed.map(({ name }) => (
          <button
            type="button"
            key={name}
            aria-pressed={name === present}
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
