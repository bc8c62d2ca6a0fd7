import { type ServerType, serve } from "@hono/node-server";
import { TransportError } from "../errors.ts";

/** Milliseconds after which a connection on which nothing moves is dropped; streams have their heartbeats. */
const idleTimeout = 60_000;

/** An HTTP server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Drops every connection. */
  close(): Promise<void>;
}

/**
 * Serves an application at an address; port 0 is any that is free.
 * @throws TransportError `open-failed` for a port that cannot be had
 */
export function listenHttp(
  app: { fetch(request: Request, bindings: object): Response | Promise<Response> },
  host: string,
  port: number,
): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: (request, bindings) => app.fetch(request, bindings), hostname: host, port }, ({ port: bound }) =>
      resolve({ port: bound, close: () => closed(server) }),
    );
    if ("timeout" in server) server.timeout = idleTimeout;
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const message = cause.code === "EADDRINUSE" ? `port ${port} is in use` : cause.message;
      reject(new TransportError("open-failed", `http ${host}:${port}: ${message}`, { hint: "choose another port for http.listen", cause }));
    });
  });
}

function closed(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
