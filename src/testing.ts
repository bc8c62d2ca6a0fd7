/** What tests of meters and clients need: a wire in memory, and time that moves when told to. */
export { realTimers, type Timers, VirtualTimers } from "./session/timers.ts";
export { type DatagramFaults, datagramFaults, type MemoryLink, memoryTransportPair } from "./transport/memory.ts";
