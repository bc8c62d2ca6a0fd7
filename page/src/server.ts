import { signal } from "@preact/signals";
import type { FleetRow, LiveMeter, PageAction, PageActionResult, PageError, PageInfo } from "../../src/dashboard/contract.ts";

/** What the server said of itself; undefined before. */
export const info = signal<PageInfo | undefined>(undefined);
/** Every meter by its id. */
export const fleet = signal<ReadonlyMap<string, FleetRow>>(new Map());
/** The meter that is looked at. */
export const live = signal<LiveMeter | undefined>(undefined);
/** The server does not answer now. */
export const gone = signal(false);

/** What the server refused, in a sentence for people. */
export class RefusedError extends Error {}

/** Between attempts where the server did not answer as it should; ms. */
const pause = 5000;

/** @throws RefusedError, TypeError where nobody answers */
export async function get<T>(path: string): Promise<T> {
  return answer<T>(await fetch(`./api${path}`));
}

/** @throws RefusedError, TypeError where nobody answers */
export async function post<T>(path: string, body: unknown): Promise<T> {
  return answer<T>(
    await fetch(`./api${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  );
}

/** Does something to a meter, which somebody was asked again for. @throws RefusedError, TypeError where nobody answers */
export async function act(meter: string, action: PageAction, body: unknown): Promise<PageActionResult> {
  const headers = { "content-type": "application/json", "x-confirm": "yes" };
  const path = `./api/meters/${encodeURIComponent(meter)}/actions/${action}`;
  return answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const { error } = (await response.json().catch(() => ({ error: undefined }))) as Partial<PageError>;
  throw new RefusedError(
    error === undefined ? `the server answered ${response.status}` : [error.message, error.hint].filter(Boolean).join(": "),
  );
}

/** Asks who is served, until there is an answer. Returns how to stop. */
export function learnInfo(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (): void => {
    get<PageInfo>("/info").then(
      (known) => {
        info.value = known;
      },
      () => {
        timer = setTimeout(ask, pause);
      },
    );
  };
  ask();
  return () => clearTimeout(timer);
}

/** Listens to the server, for one meter in full where one is named; the browser comes back by itself. Returns how to stop. */
export function listen(meter: string | undefined): () => void {
  live.value = undefined;
  const path = meter === undefined ? "./api/feed" : `./api/feed?meter=${encodeURIComponent(meter)}`;
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    source = new EventSource(path);
    hear(source);
    source.onopen = () => {
      gone.value = false;
    };
    source.onerror = () => {
      gone.value = true;
      // Browsers come back by themselves behind a lost connection, but not behind an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, pause);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

function hear(source: EventSource): void {
  const on = <T>(event: string, take: (data: T) => void): void =>
    source.addEventListener(event, ({ data }: MessageEvent<string>) => take(JSON.parse(data) as T));
  on<readonly FleetRow[]>("fleet", (rows) => {
    const next = new Map(fleet.value);
    for (const row of rows) next.set(row.id, row);
    fleet.value = next;
  });
  on<readonly string[]>("removed", (ids) => {
    fleet.value = new Map([...fleet.value].filter(([id]) => !ids.includes(id)));
  });
  on<LiveMeter>("meter", (known) => {
    live.value = known;
  });
}
