import { useEffect, useRef, useState } from "preact/hooks";
import type { PageTrace } from "../../../src/dashboard/contract.ts";
import { timeText } from "../format.ts";
import { hear } from "../stream.ts";
import { Decoded } from "./decoded.tsx";

const locale = navigator.language;
/** Frames that are kept. */
const most = 300;

/** What goes over the line to the meter, as it goes. */
export function TracePanel({ meter }: { readonly meter: string }) {
  const [frames, setFrames] = useState<readonly (PageTrace & { readonly number: number })[]>([]);
  const [running, setRunning] = useState(true);
  const [filter, setFilter] = useState("");
  const [shown, setShown] = useState<PageTrace>();
  const next = useRef(0);
  useEffect(() => {
    if (!running) return;
    return hear(`/meters/${encodeURIComponent(meter)}/trace`, {
      trace: (frame: PageTrace) => {
        const numbered = { ...frame, number: next.current++ };
        setFrames((known) => [numbered, ...known].slice(0, most));
      },
    });
  }, [meter, running]);
  const found = frames.filter(({ hex, summary }) => `${summary} ${hex}`.toLowerCase().includes(filter.toLowerCase()));
  return (
    <>
      <p class="filters">
        <button type="button" aria-pressed={!running} onClick={() => setRunning(!running)}>
          {running ? "pause" : "go on"}
        </button>
        <label>
          <span class="sr">Filter frames</span>
          <input type="search" placeholder="filter" value={filter} onInput={({ currentTarget }) => setFilter(currentTarget.value)} />
        </label>
      </p>
      {shown !== undefined && <Decoded request={{ hex: shown.hex, meter }} />}
      <ul class="frames">
        {found.map((frame) => (
          <li key={frame.number}>
            <button type="button" class="quiet" onClick={() => setShown(frame)}>
              {timeText(frame.time, locale)} {frame.direction === "sent" ? "→" : "←"} <span class="sr">{frame.direction}</span>
              {frame.summary} <span class="code">{frame.hex.length > 80 ? `${frame.hex.slice(0, 80)}…` : frame.hex}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
