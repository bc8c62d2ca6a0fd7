import { type KeypadMeter, MeterEnd, type MeterEndOptions } from "../../keypad/index.ts";
import { Alarm } from "../../session/alarm.ts";
import { realTimers, type Timers } from "../../session/timers.ts";
import { listenTcp } from "../../transport/tcp.ts";
import type { Listener, Transport } from "../../transport/transport.ts";

/** Where a meter listens for its keypad unit. */
export interface KeypadListenOptions extends MeterEndOptions {
  readonly host: string;
  readonly port: number;
}

/** A unit, and the pages and terminals that show the same. */
const mostUnits = 8;

/**
 * Serves keypad units over TCP until it is closed.
 * @throws TransportError `open-failed`
 */
export function listenKeypad(options: KeypadListenOptions, meter: KeypadMeter, timers: Timers = realTimers): Promise<Listener> {
  const { host, port } = options;
  return listenTcp({ host, port, maxConnections: mostUnits }, (transport) => serveKeypad(transport, options, meter, timers));
}

/** Serves one keypad unit at the other end of a transport; a unit that does not keep up is not read from, and waits alone. */
export function serveKeypad(transport: Transport, options: MeterEndOptions, meter: KeypadMeter, timers: Timers): void {
  const end = new MeterEnd(meter, options, timers.now());
  let reading = true;
  let over = false;
  const step = (act: (now: number) => void): void => {
    if (over) return;
    act(timers.now());
    const taken = end.take().map((bytes) => transport.write(bytes));
    if (taken.includes(false)) end.stall(timers.now());
    if (end.closed) {
      over = true;
      alarm.stop();
      void transport.close();
      return;
    }
    alarm.set(end.nextTimeout);
    if (end.reading === reading) return;
    reading = end.reading;
    if (reading) transport.resume();
    else transport.pause();
  };
  const alarm = new Alarm(timers, () => step((now) => end.advance(now)));
  transport.onDrain(() => step((now) => end.resume(now)));
  transport.onClose(() => {
    over = true;
    alarm.stop();
  });
  alarm.set(end.nextTimeout);
  transport.onData((chunk) => step((now) => end.receive(chunk, now)));
}
