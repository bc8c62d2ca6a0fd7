export { Access, type AccessOptions, type ProxyOptions, type Visitor } from "./access.ts";
export type * from "./contract.ts";
export { Dashboard, type DashboardOptions } from "./dashboard.ts";
export { type HttpServer, listenHttp } from "./http-server.ts";
export { type BoardDescription, type BoardMeter, type BoardReading, LiveBoard } from "./live-board.ts";
export type * from "./ports.ts";
export type { PageAudit } from "./routes/action-routes.ts";
export { SnapshotValues } from "./snapshot-values.ts";
export type { PageFile, PageFiles } from "./static-page.ts";
