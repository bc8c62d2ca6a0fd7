import { TransportError } from "../errors.ts";

/** Who goes first: a head-end that reaches through us, what somebody waits for, what is due, what was missed. */
export const priorities = ["head-end", "request", "schedule", "back-fill"] as const;

export type Priority = (typeof priorities)[number];

/** Somebody who may keep something open on a line between turns. */
export interface LineUser {
  /** Closes it: another one has the line next. Never rejects. */
  release(): Promise<void>;
}

/** What whoever has the line sees of those who wait. */
export interface Turn {
  /** Somebody waits who goes first, or the line is about to end: a good moment to stop at is a good moment. */
  readonly wanted: boolean;
}

interface Waiting {
  readonly user: LineUser;
  readonly priority: Priority;
  start(): void;
  give(error: TransportError): void;
}

/**
 * One physical line: whatever is done on it is done by one user at a time, the most important first, and in order within a
 * priority. What a user leaves open is closed before another one begins, so no meter ever has two associations of ours.
 */
export class Line {
  readonly #waiting: Waiting[] = [];
  #running: Waiting | undefined;
  #last: LineUser | undefined;
  #ended = false;

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Does `work` once the line is free.
   * @throws TransportError `closed` when the line ends first
   */
  run<T>(user: LineUser, priority: Priority, work: (turn: Turn) => Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(ended());
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = {
        user,
        priority,
        give: reject,
        start: () => {
          const line = this;
          const turn: Turn = {
            get wanted() {
              return line.#isWanted(priority);
            },
          };
          void this.#prepare(user)
            .then(() => work(turn))
            .then(resolve, reject)
            .finally(() => this.#next());
        },
      };
      this.#enqueue(waiting);
      if (this.#running === undefined) this.#next();
    });
  }

  /** Gives up everybody who waits; what is under way ends by itself, and learns that it is wanted to. */
  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting.give(ended());
  }

  #isWanted(priority: Priority): boolean {
    return this.#ended || this.#waiting.some((waiting) => rank(waiting.priority) < rank(priority));
  }

  #enqueue(waiting: Waiting): void {
    const after = this.#waiting.findIndex(({ priority }) => rank(priority) > rank(waiting.priority));
    this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, waiting);
  }

  #next(): void {
    this.#running = this.#waiting.shift();
    this.#running?.start();
  }

  async #prepare(user: LineUser): Promise<void> {
    const last = this.#last;
    this.#last = user;
    if (last !== undefined && last !== user) await last.release();
  }
}

function rank(priority: Priority): number {
  return priorities.indexOf(priority);
}

function ended(): TransportError {
  return new TransportError("closed", "the gateway is stopping", { layer: "transport" });
}
