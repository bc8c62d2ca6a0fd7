import { useEffect, useRef, useState } from "preact/hooks";
import type { KeypadKey, KeypadView, PageKeypad } from "../../../src/dashboard/contract.ts";
import { info, post } from "../server.ts";
import { hear } from "../stream.ts";
import { cellsOf } from "./segments.ts";

const mainCells = 8;
const rows: readonly (readonly KeypadKey[])[] = [
  ["1", "2", "3"],
  ["4", "5", "6"],
  ["7", "8", "9"],
  ["backspace", "0", "enter"],
];
const faces: Readonly<Partial<Record<KeypadKey, string>>> = { backspace: "⌫", enter: "↵" };
const names: Readonly<Partial<Record<KeypadKey, string>>> = { backspace: "Backspace, held: clear", enter: "Enter" };
/** A key that is held longer is another one; ms. */
const heldAfter = 800;

/** The keypad unit of a meter: what its unit shows, and keys for mouse, finger and keyboard. */
export function KeypadUnit({ meter }: { readonly meter: string }) {
  const [state, setState] = useState<PageKeypad>();
  const [muted, setMuted] = useState(true);
  const [error, setError] = useState("");
  const path = `/meters/${encodeURIComponent(meter)}/keypad`;
  useEffect(() => hear(path, { view: setState }), [path]);
  useBuzzer(state?.view.sound?.number, state?.view.sound?.pattern, muted);
  // One after the other: the order of keys is the entry.
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const locked = info.value?.role !== "operator";
  const press = (key: KeypadKey): void => {
    if (locked) return;
    queue.current = queue.current
      .then(() => post(path, { key }))
      .then(
        () => setError(""),
        (failure: unknown) => setError(failure instanceof Error ? failure.message : String(failure)),
      );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const key = keyOf(event);
    if (key === undefined || event.repeat) return;
    event.preventDefault();
    press(key);
  };
  const onPaste = (event: ClipboardEvent): void => {
    for (const digit of (event.clipboardData?.getData("text") ?? "").replaceAll(/\D/g, "").slice(0, 20)) press(digit as KeypadKey);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the unit takes keys of the keyboard as a whole.
    <section class="unit" aria-label="Keypad unit" tabIndex={0} onKeyDown={onKeyDown} onPaste={onPaste}>
      {state === undefined ? <p class="muted">switching on …</p> : <Display view={state.view} linked={state.linked} />}
      <div class="keys">
        {rows.flat().map((key) => (
          <Key key={key} name={key} press={press} locked={locked} />
        ))}
      </div>
      <p class="unit-foot">
        <label>
          <input type="checkbox" checked={!muted} onChange={() => setMuted(!muted)} /> sound
        </label>
        <span role="alert">{error}</span>
      </p>
    </section>
  );
}

function Display({ view, linked }: { readonly view: KeypadView; readonly linked: boolean }) {
  return (
    <>
      <div class="lcd" role="img" aria-label={`Display: ${view.main} ${view.text}`}>
        <svg viewBox={`0 0 ${mainCells * 22} 34`} aria-hidden="true">
          {cellsOf(view.main, mainCells).map(({ segments, point }, index) => (
            <g key={index} transform={`translate(${index * 22 + 2} 2) skewX(-4)`}>
              {segmentShapes.map(([name, d]) => (
                <path key={name} d={d} class={segments.includes(name) ? "lit" : "dark"} />
              ))}
              <circle cx="18.5" cy="28" r="1.6" class={point ? "lit" : "dark"} />
            </g>
          ))}
        </svg>
        <p class="lcd-text">{view.text || " "}</p>
        <p class="marks">{view.marks.join("  ") || " "}</p>
      </div>
      <ul class="leds">
        {Object.entries(view.leds).map(([name, { color, blink }]) => (
          <li key={name}>
            <i
              class={`led ${color ?? ""}${blink === undefined ? "" : " blinking"}`}
              style={blink === undefined ? {} : { "--period": `${blink.period}ms` }}
            />
            {name}
            <span class="sr">{color === undefined ? "dark" : `${color}${blink === undefined ? "" : ", blinking"}`}</span>
          </li>
        ))}
      </ul>
      <p class="sr" role="status">
        {linked ? "" : "no link to the meter"}
      </p>
    </>
  );
}

interface KeyProps {
  readonly name: KeypadKey;
  readonly press: (key: KeypadKey) => void;
  readonly locked: boolean;
}

function Key({ name, press, locked }: KeyProps) {
  const since = useRef(0);
  return (
    <button
      type="button"
      class={`key ${name}`}
      aria-label={names[name]}
      disabled={locked}
      onPointerDown={() => {
        since.current = performance.now();
      }}
      onClick={() => {
        const held = since.current > 0 && performance.now() - since.current > heldAfter;
        since.current = 0;
        press(name === "backspace" && held ? "clear" : name);
      }}
    >
      {faces[name] ?? name}
    </button>
  );
}

function keyOf(event: KeyboardEvent): KeypadKey | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (/^\d$/.test(event.key)) return event.key as KeypadKey;
  // Enter on a key of the unit is that key.
  if (event.key === "Enter") return event.target instanceof HTMLButtonElement ? undefined : "enter";
  return event.key === "Backspace" ? "backspace" : event.key === "Delete" ? "clear" : undefined;
}

/** One long beep, or three short ones. */
function useBuzzer(number: number | undefined, pattern: string | undefined, muted: boolean): void {
  useEffect(() => {
    if (number === undefined || muted) return;
    const audio = new AudioContext();
    const beeps =
      pattern === "one-long"
        ? [[0, 0.6]]
        : [
            [0, 0.12],
            [0.2, 0.12],
            [0.4, 0.12],
          ];
    for (const [at = 0, length = 0] of beeps) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = 2400;
      volume.gain.value = 0.05;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + length);
    }
    const end = setTimeout(() => void audio.close(), 1000);
    return () => clearTimeout(end);
  }, [number, pattern, muted]);
}

const segmentShapes: readonly (readonly [string, string])[] = [
  ["a", "M3 1h11l-2 2.6H5z"],
  ["b", "M15 2v12l-2.6-1.6V4.4z"],
  ["c", "M15 16v12l-2.6-2.4v-8z"],
  ["d", "M3 29h11l-2-2.6H5z"],
  ["e", "M2 16v12l2.6-2.4v-8z"],
  ["f", "M2 2v12l2.6-1.6V4.4z"],
  ["g", "M3 15l2-1.4h7l2 1.4-2 1.4H5z"],
];
