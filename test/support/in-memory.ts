import { type AssociationOptions, associate } from "../../src/client/connect.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import type { DlmsServer, LinkKind } from "../../src/server/index.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { type MemoryLink, memoryTransportPair } from "../../src/transport/memory.ts";

/** Everything in memory and in virtual time: a server, a wire that carries as the test wants, a client. */
export interface InMemory {
  readonly timers: VirtualTimers;
  /** Lets time pass until the promise settles; fails after `limit` ms of virtual time. */
  settle<T>(promise: Promise<T>, limit?: number): Promise<T>;
  /** Serves one end of a new wire and associates over the other. */
  connect(server: DlmsServer, link: LinkKind, options?: AssociationOptions, carry?: MemoryLink["carry"]): Promise<DlmsClient>;
}

const step = 1;

export function inMemory(timers = new VirtualTimers()): InMemory {
  const settle = async <T>(promise: Promise<T>, limit = 60_000): Promise<T> => {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    for (let passed = 0; !settled; passed += step) {
      if (passed > limit) throw new Error(`nothing happened within ${limit} ms of virtual time`);
      // Promises settle between two steps of time, as they would between two events.
      await new Promise((resolve) => setImmediate(resolve));
      if (!settled) timers.advance(step);
    }
    return promise;
  };
  return {
    timers,
    settle,
    connect(server, link, options = {}, carry) {
      const wire: MemoryLink = {
        schedule: (delay, callback) => timers.schedule(delay, callback),
        ...(carry === undefined ? {} : { carry }),
      };
      const { a, b } = memoryTransportPair(wire);
      server.serve(link, b);
      return settle(associate(a, link, { ...options, timers }));
    },
  };
}
