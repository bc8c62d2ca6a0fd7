import { signal } from "@preact/signals";
import type { FleetRow, LiveMeter, PageAction, PageActionResult, PageError, PageInfo } from "../../src/dashboard/contract.ts";
import { hear, type StreamEvents } from "./stream.ts";

/** What the server said of itself; undefined before. */
export const info = signal<PageInfo | undefined>(undefined);
/** Every meter by its id. */
export const fleet = signal<ReadonlyMap<string, FleetRow>>(new Map());
/** Whether the server has said which meters there are. */
export const heard = signal(false);
/** The meter that is looked at. */
export const live = signal<LiveMeter | undefined>(undefined);
/** Why nothing is heard of the server now; undefined while it is heard. */
export const gone = signal<string | undefined>(undefined);

/** What the server refused, in a sentence for people. */
export class RefusedError extends Error {}

/** Between attempts where the server did not answer as it should; ms. */
const pause = 5000;
const unanswered = "the gateway does not answer";

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

/** Listens to the server, for one meter in full where one is named. Returns how to stop. */
export function listen(meter: string | undefined): () => void {
  live.value = undefined;
  return hear(meter === undefined ? "/feed" : `/feed?meter=${encodeURIComponent(meter)}`, feedEvents, {
    opened: () => {
      gone.value = undefined;
      isAnew = true;
    },
    lost: () => {
      gone.value ??= unanswered;
    },
    // The stream itself does not tell why it was refused.
    refused: () =>
      void get<unknown>(meter === undefined ? "/meters" : `/meters/${encodeURIComponent(meter)}`).catch((error: unknown) => {
        gone.value = error instanceof RefusedError ? error.message : unanswered;
      }),
  });
}

/** A stream begins with all there is: who is not in it went while nobody listened. */
let isAnew = false;

const feedEvents: StreamEvents = {
  fleet: (rows: readonly FleetRow[]) => {
    heard.value = true;
    const next = new Map(isAnew ? [] : fleet.value);
    isAnew = false;
    for (const row of rows) next.set(row.id, row);
    fleet.value = next;
  },
  removed: (ids: readonly string[]) => {
    const next = new Map(fleet.value);
    for (const id of ids) next.delete(id);
    fleet.value = next;
  },
  meter: (known: LiveMeter) => {
    live.value = known;
  },
};
