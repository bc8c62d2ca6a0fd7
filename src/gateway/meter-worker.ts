import type { DlmsClient } from "../client/dlms-client.ts";
import { type DeviceView, readDeviceView } from "../client/object-reader.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { ActionError, DataAccessError } from "../errors.ts";
import type { Timers } from "../session/timers.ts";
import { availabilityReason } from "./availability-reason.ts";
import { ClockKeeper } from "./clock-keeper.ts";
import type { GatewayStore } from "./gateway-store.ts";
import type { Line, LineUser, Priority, Turn } from "./line.ts";
import { identityKey, readMeterIdentity } from "./meter-identity.ts";
import type { FollowedMeter, MeterOutput } from "./meter-options.ts";
import { MeterSession } from "./meter-session.ts";
import type { Permits } from "./permits.ts";
import { Plausibility } from "./plausibility.ts";
import { ProfilePlaces } from "./profile-places.ts";
import { ProfilePublisher } from "./profile-publisher.ts";

/** What a worker reports about its meter, for logs and metrics. */
export interface MeterListener {
  polled(meterId: string, milliseconds: number): void;
  failed(meterId: string, error: unknown): void;
  rows(meterId: string, profile: LogicalName, count: number): void;
}

export interface MeterWorkerOptions {
  readonly meter: FollowedMeter;
  /** Milliseconds from a time of the wall clock to the next poll. */
  readonly nextPoll: (wallClock: number) => number;
  readonly connect: () => Promise<DlmsClient>;
  readonly cell: string | undefined;
  readonly line: Line;
  readonly permits: Permits;
  readonly store: GatewayStore;
  readonly output: MeterOutput;
  readonly timers: Timers;
  /** Uniform in [0, 1): spreads retries. */
  readonly random: () => number;
  readonly listener: MeterListener;
}

const firstRetryDelay = 1000;
const longestRetryDelay = 60_000;
/** A row is in the profile this long behind its time; ms. */
const captureDelay = 5000;
/** How often profiles are looked at: those without a period, and the rarest of the others; ms. */
const unperiodicStep = 60_000;
const longestStep = 900_000;

/** Sees to one meter: polls it, follows its profiles, does what is requested, over one association at a time. */
export class MeterWorker implements LineUser {
  readonly #options: MeterWorkerOptions;
  readonly #places: ProfilePlaces;
  readonly #publisher: ProfilePublisher;
  readonly #plausibility = new Plausibility();
  readonly #clock: ClockKeeper;
  #session: MeterSession | undefined;
  #known: { readonly identity: string | undefined; readonly view: DeviceView } | undefined;
  #failures = 0;
  #cancelPoll: (() => void) | undefined;
  #following = false;
  /** The step of its meter's clock in which a profile was last found to have nothing new. */
  readonly #followed = new Map<LogicalName, number>();
  #stopped = false;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: MeterWorkerOptions) {
    this.#options = options;
    const { meter, output, store, timers } = options;
    this.#places = new ProfilePlaces({ meterId: meter.meterId, store, timers, failed: (error) => this.#report(error) });
    this.#clock = new ClockKeeper(meter, output);
    this.#publisher = new ProfilePublisher(meter, output, this.#places);
  }

  start(): void {
    this.#schedule(0);
  }

  /** Ends what is under way and releases the association. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelPoll?.();
    await this.#session?.client.close();
    await Promise.allSettled([...this.#running]);
    await this.release();
    await this.#places.settle();
  }

  /**
   * Does something with the meter that somebody waits for.
   * @throws whatever the meter's answer is; TransportError where there is none
   */
  request<T>(work: (session: MeterSession) => Promise<T>): Promise<T> {
    return this.#track(this.#use("request", work));
  }

  /** The broker is there again, or for the first time: profiles are told from where they were left. */
  brokerBack(): void {
    this.#followed.clear();
    this.#follow();
  }

  /** The broker is gone, with what it had acknowledged just before. */
  brokerLost(): void {
    this.#publisher.brokerLost();
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.client.close().catch(() => {});
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    this.#cancelPoll = this.#options.timers.schedule(delay, () => void this.#track(this.#poll()));
  }

  async #poll(): Promise<void> {
    const { meter, output, timers, nextPoll, listener } = this.#options;
    const due = this.#options.output.wallClock();
    try {
      await this.#use("schedule", async (session) => {
        const started = timers.now();
        await session.poll();
        listener.polled(meter.meterId, timers.now() - started);
      });
      this.#failures = 0;
      const late = Math.max(0, output.wallClock() - due);
      this.#schedule(Math.max(0, nextPoll(due) - late));
      this.#follow();
    } catch (error) {
      if (this.#stopped) return;
      this.#report(error);
      output.setAvailability(meter.meterId, "offline", availabilityReason(error));
      this.#failures += 1;
      this.#schedule(this.#retryDelay());
    }
  }

  /** Doubles with every failure, up to a minute, and never longer than the interval would be; half of it by chance. */
  #retryDelay(): number {
    const { meter, random } = this.#options;
    const delay = Math.min(firstRetryDelay * 2 ** Math.min(this.#failures - 1, 10), longestRetryDelay);
    return Math.min(delay, Math.max(meter.interval, firstRetryDelay)) * (0.5 + random() / 2);
  }

  /** Follows what is due, until somebody more important wants the line; then what is left waits for the next turn. */
  #follow(): void {
    const { meter, output } = this.#options;
    if (this.#following || this.#stopped || meter.profiles.length === 0 || this.#failures > 0) return;
    if (!output.connected || this.#session === undefined || !this.#session.profiles.some((profile) => this.#isDue(profile))) return;
    this.#following = true;
    const work = this.#use("back-fill", (session, turn) => this.#followDue(session, turn)).then(
      (done) => {
        this.#following = false;
        if (!done) this.#follow();
      },
      (error: unknown) => {
        this.#following = false;
        if (!this.#stopped) this.#report(error);
      },
    );
    void this.#track(work);
  }

  /** False when there is more. */
  async #followDue(session: MeterSession, turn: Turn): Promise<boolean> {
    for (const profile of session.profiles) {
      if (!this.#isDue(profile)) continue;
      const step = this.#stepOf(profile);
      try {
        for (let final = false; !final; ) {
          if (turn.wanted || this.#stopped) return this.#stopped;
          const rows = await session.nextRows(profile);
          // Without the broker nothing is lost: its return starts this anew.
          if (!(await this.#publisher.publish(rows))) return true;
          if (rows.rows.length > 0) this.#options.listener.rows(this.#options.meter.meterId, profile.logicalName, rows.rows.length);
          final = rows.final;
        }
      } catch (error) {
        if (!(error instanceof DataAccessError)) throw error;
        this.#report(error);
      }
      this.#followed.set(profile.logicalName, step);
    }
    return true;
  }

  #isDue(profile: MeterSession["profiles"][number]): boolean {
    return this.#followed.get(profile.logicalName) !== this.#stepOf(profile);
  }

  #stepOf({ capturePeriod }: MeterSession["profiles"][number]): number {
    const step = capturePeriod === 0 ? unperiodicStep : Math.min(capturePeriod * 1000, longestStep);
    return Math.floor(((this.#session?.meterClock ?? 0) - captureDelay) / step);
  }

  #use<T>(priority: Priority, work: (session: MeterSession, turn: Turn) => Promise<T>): Promise<T> {
    const { line, permits, cell } = this.#options;
    return line.run(this, priority, (turn) =>
      permits.run(cell, async () => {
        this.#session ??= await this.#open();
        try {
          return await work(this.#session, turn);
        } catch (error) {
          // What the meter refuses leaves the association as it is.
          if (!(error instanceof DataAccessError || error instanceof ActionError)) await this.release();
          throw error;
        }
      }),
    );
  }

  async #open(): Promise<MeterSession> {
    const { meter, output, store, permits, connect } = this.#options;
    await permits.connection();
    const client = await connect();
    try {
      const identity = await readMeterIdentity(client);
      const key = identityKey(identity);
      if (this.#known === undefined || this.#known.identity !== key || key === undefined) {
        this.#known = { identity: key, view: await readDeviceView(client) };
      }
      const { view } = this.#known;
      return await MeterSession.open({
        client,
        view,
        identity,
        meter,
        output,
        store,
        places: this.#places,
        plausibility: this.#plausibility,
        clock: this.#clock,
      });
    } catch (error) {
      this.#known = undefined;
      await client.close().catch(() => {});
      throw error;
    }
  }

  #report(error: unknown): void {
    this.#options.listener.failed(this.#options.meter.meterId, error);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const done = (): void => void this.#running.delete(work);
    work.then(done, done);
    return work;
  }
}
