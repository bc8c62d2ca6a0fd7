import type { HdlcFrame } from "../hdlc/frame.ts";
import { FrameDecoder } from "../hdlc/frame-decoder.ts";
import { LineWorker } from "../optical/line-worker.ts";
import type { SerialLine } from "../optical/serial-port.ts";
import { TariffDevice, type TariffDeviceOptions } from "../optical/tariff-device.ts";
import type { Timers } from "../session/timers.ts";
import type { Transport } from "../transport/transport.ts";

/** ms without an octet that end HDLC, and from the end of a link until the next sign-on. */
const inactivity = 120_000;
const farewell = 200;

/** Serves a meter at its optical port: sign-on, then HDLC until the link is disconnected or nothing comes, then sign-on again. */
export function serveOptical(
  line: SerialLine,
  options: TariffDeviceOptions,
  serveHdlc: (transport: Transport) => void,
  timers: Timers,
): void {
  const device = new TariffDevice(options);
  let phase: HdlcPhase | undefined;
  let closed = false;
  line.onClose((error) => {
    closed = true;
    worker?.stop();
    phase?.finish(error);
  });
  const start = (): LineWorker =>
    new LineWorker(line, device, timers, () => {
      if (!device.inHdlc || closed) return;
      worker?.stop();
      phase = new HdlcPhase(line, timers, () => {
        device.release();
        phase = undefined;
        if (closed) return;
        worker = start();
        worker.proceed();
      });
      serveHdlc(phase);
      // The reader began before this meter had changed over, as a busy process does late.
      phase.replay(device.takeEarly());
    });
  let worker: LineWorker | undefined = start();
  worker.proceed();
}

/** The line while it belongs to HDLC: a transport that ends when the link does, and leaves the line open. */
class HdlcPhase implements Transport {
  readonly name: string;
  readonly #line: SerialLine;
  readonly #timers: Timers;
  readonly #over: () => void;
  readonly #frames = new FrameDecoder();
  #onData: ((chunk: Uint8Array) => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #cancel: (() => void) | undefined;
  #leaving = false;
  #finished = false;

  constructor(line: SerialLine, timers: Timers, over: () => void) {
    this.name = line.name;
    this.#line = line;
    this.#timers = timers;
    this.#over = over;
    line.onData((chunk) => this.#receive(chunk));
    this.#expect(inactivity);
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#onData = listener;
  }

  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
  }

  onDrain(listener: () => void): void {
    this.#line.onDrain(listener);
  }

  onSilence(listener: () => void): void {
    this.#line.onSilence(listener);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#finished) return true;
    if (this.#leaving) this.#expect(farewell);
    return this.#line.write(bytes);
  }

  pause(): void {
    this.#line.pause();
  }

  resume(): void {
    this.#line.resume();
  }

  close(): Promise<void> {
    this.finish(undefined);
    return Promise.resolve();
  }

  destroy(): void {
    this.finish(undefined);
  }

  /** Octets that came before the line belonged to HDLC. */
  replay(octets: Uint8Array): void {
    if (octets.length > 0) this.#receive(octets);
  }

  finish(error: Error | undefined): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#cancel?.();
    this.#line.resume();
    this.#onClose?.(error);
    this.#over();
  }

  #receive(chunk: Uint8Array): void {
    this.#frames.append(chunk);
    for (let event = this.#frames.next(); event !== undefined; event = this.#frames.next()) {
      if (event.type === "frame") this.#leaving = isDisconnect(event.frame.control);
    }
    // Behind a DISC nothing but another frame keeps the line: a sign-on that comes too early would hold it for minutes.
    if (!this.#leaving) this.#expect(inactivity);
    this.#onData?.(chunk);
  }

  #expect(milliseconds: number): void {
    this.#cancel?.();
    this.#cancel = this.#timers.schedule(milliseconds, () => this.finish(undefined));
  }
}

function isDisconnect(control: HdlcFrame["control"]): boolean {
  return control.kind === "disc";
}
