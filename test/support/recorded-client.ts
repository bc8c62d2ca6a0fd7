import { decodeParameters, FrameDecoder, HdlcConnection, type HdlcParameters } from "../../src/hdlc/index.ts";
import type { DataLink } from "../../src/session/data-link.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { WrapperConnection } from "../../src/wrapper/index.ts";
import { type LineWatch, watchOf } from "./line-watch.ts";
import { type Recording, written } from "./recordings.ts";

/** Whoever serves one end of a wire. */
export type Serve = (transport: Transport, timers: VirtualTimers) => void;

/** A wire in virtual time with a server at one end, whose octets are watched. */
class WatchedWire {
  readonly timers = new VirtualTimers();
  readonly watch: LineWatch;
  readonly #transport: Transport;
  /** What the server has written since it was asked last. */
  #heard: Uint8Array[] = [];

  constructor({ link }: Recording, serve: Serve) {
    this.watch = watchOf(link);
    const { a, b } = memoryTransportPair({
      schedule: (delay, callback) => this.timers.schedule(delay, callback),
      carry: (bytes, direction) => {
        if (direction === "a-to-b") this.watch.client(bytes);
        else this.watch.server(bytes);
        return [bytes];
      },
    });
    this.#transport = a;
    serve(b, this.timers);
    a.onData((chunk) => this.#heard.push(chunk));
  }

  /** Writes, lets happen what happens at once, and returns what came back. */
  say(bytes: Uint8Array): Uint8Array {
    this.#transport.write(bytes);
    this.timers.advance(0);
    return Buffer.concat(this.#heard.splice(0));
  }
}

/** The octets of a recorded client as they are. */
export class RawClient {
  readonly #wire: WatchedWire;

  constructor(recording: Recording, serve: Serve) {
    this.#wire = new WatchedWire(recording, serve);
  }

  get watch(): LineWatch {
    return this.#wire.watch;
  }

  /** What the server writes when it has heard these octets. */
  say(bytes: Uint8Array): Uint8Array {
    return this.#wire.say(bytes);
  }
}

/** The APDUs of a recorded client over links of our own, which acknowledge and ask on as the server's answers need it. */
export class RecordedClient {
  readonly #wire: WatchedWire;
  readonly #link: DataLink;
  #answers: Uint8Array[] = [];

  /** Opens the link. The server is called as it was in the transcript: by a logical device alone. */
  constructor(recording: Recording, serve: Serve) {
    const { clientSap, serverSap, link } = recording;
    this.#wire = new WatchedWire(recording, serve);
    this.#link =
      link === "wrapper"
        ? new WrapperConnection({ clientSap, serverSap })
        : new HdlcConnection({ ...proposal(recording), clientSap, serverAddress: { logical: serverSap, length: 1 } });
    this.#link.connect(this.#now);
    this.#run();
  }

  get connected(): boolean {
    return this.#link.state === "connected";
  }

  /** The answers to one APDU: as a rule one. */
  ask(apdu: Uint8Array): readonly Uint8Array[] {
    this.#link.send(apdu, this.#now);
    this.#run();
    return this.#answers.splice(0);
  }

  /** Closes the link; the line has to be quiet then. */
  disconnect(): void {
    this.#link.disconnect(this.#now);
    this.#run();
    this.#wire.watch.end();
  }

  get #now(): number {
    return this.#wire.timers.now();
  }

  #run(): void {
    for (let bytes = this.#link.dataToSend(); bytes !== undefined; bytes = this.#link.dataToSend()) {
      const answer = this.#wire.say(bytes);
      for (const event of this.#link.receiveBytes(answer, this.#now)) if (event.type === "apdu") this.#answers.push(event.bytes.slice());
    }
  }
}

/** What the recorded SNRM proposes; nothing where there is none. */
export function proposal(recording: Recording): HdlcParameters | undefined {
  const decoder = new FrameDecoder();
  decoder.append(written(recording, "client"));
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
    if (event.type === "frame" && event.frame.control.kind === "snrm") return decodeParameters(event.frame.information);
  }
  return undefined;
}
