import { signal } from "@preact/signals";
import type { FleetRow, LiveMeter, PageActionResult, PageError, PageInfo } from "../../src/dashboard/contract.ts";

/** What the server said of itself; undefined before. */
export const info = signal<PageInfo | undefined>(undefined);
/** Every meter by its id. */
export const fleet = signal<ReadonlyMap<string, FleetRow>>(new Map());
/** The meter that is looked at. */
export const live = signal<LiveMeter | undefined>(undefined);
/** The server does not answer now. */
export const gone = signal(false);

/** @throws Error with a sentence for people */
export async function get<T>(path: string): Promise<T> {
  return answer<T>(await fetch(`./api${path}`));
}

/** @throws Error with a sentence for people */
export async function post<T>(path: string, body: unknown, confirmed = false): Promise<T> {
  const headers = { "content-type": "application/json", ...(confirmed ? { "x-confirm": "yes" } : {}) };
  return answer<T>(await fetch(`./api${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

export const act = (meter: string, action: string, body: unknown) =>
  post<PageActionResult>(`/meters/${encodeURIComponent(meter)}/actions/${action}`, body, true);

async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const { error } = (await response.json().catch(() => ({ error: undefined }))) as Partial<PageError>;
  throw new Error(error === undefined ? `the server answered ${response.status}` : [error.message, error.hint].filter(Boolean).join(": "));
}

/** Listens to the server, for one meter in full where one is named; the browser comes back by itself. Returns how to stop. */
export function listen(meter: string | undefined): () => void {
  live.value = undefined;
  const source = new EventSource(meter === undefined ? "./api/feed" : `./api/feed?meter=${encodeURIComponent(meter)}`);
  const on = <T>(event: string, take: (data: T) => void): void =>
    source.addEventListener(event, ({ data }: MessageEvent<string>) => take(JSON.parse(data) as T));
  source.onopen = () => {
    gone.value = false;
  };
  source.onerror = () => {
    gone.value = true;
  };
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
  return () => source.close();
}
