/** Clients and servers of DLMS/COSEM meters. The layers below have entry points of their own. */
export * from "./client/index.ts";
export * from "./errors.ts";
export * from "./server/index.ts";
export { tapLine } from "./transport/tap-line.ts";
export { connectTcp, listenTcp, type TcpOptions } from "./transport/tcp.ts";
export type { TraceRecord, TraceSink } from "./transport/trace.ts";
export type { Listener, Transport } from "./transport/transport.ts";
export { connectUdp, listenUdp } from "./transport/udp.ts";
