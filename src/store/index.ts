export { LmdbCounterStore } from "./lmdb-counter-store.ts";
export { LmdbGatewayStore } from "./lmdb-gateway-store.ts";
export { LmdbKeyStore } from "./lmdb-key-store.ts";
export { LmdbMeterStore } from "./lmdb-meter-store.ts";
export { MemoryMeterStore } from "./memory-meter-store.ts";
