import { TransportError } from "../errors.ts";

const unanswered = "check the address and that nothing in between drops the packets";

/** Why a connection could not be opened, or broke: `target` is what people call the other end ("tcp 10.0.0.5:4059"). */
export function openError(target: string, cause: Error): TransportError {
  switch ((cause as NodeJS.ErrnoException).code) {
    case "ECONNREFUSED":
      return new TransportError("refused", `${target} refused the connection`, {
        cause,
        hint: "check that the meter is running and listens on this port",
      });
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new TransportError("open-failed", `${target}: unknown host`, { cause, hint: "check the host name" });
    case "ETIMEDOUT":
      return new TransportError("timeout", `${target} did not answer`, { cause, hint: unanswered });
    default:
      return new TransportError("open-failed", `${target}: ${cause.message}`, { cause });
  }
}

/** Nobody answered within `timeout` ms. */
export function connectTimeoutError(target: string, timeout: number): TransportError {
  return new TransportError("timeout", `${target} did not answer within ${timeout} ms`, { hint: unanswered });
}

/** Why a port cannot be listened on. */
export function listenError(host: string, port: number, cause: Error): TransportError {
  switch ((cause as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new TransportError("open-failed", `port ${port} on ${host} is already in use`, {
        cause,
        hint: "stop the other program or choose another port",
      });
    case "EACCES":
      return new TransportError("open-failed", `no permission to listen on port ${port}`, { cause, hint: "choose a port above 1023" });
    case "EADDRNOTAVAIL":
      return new TransportError("open-failed", `${host} is not an address of this machine`, {
        cause,
        hint: "use 127.0.0.1 or an address of this machine",
      });
    default:
      return new TransportError("open-failed", `cannot listen on ${host}:${port}: ${cause.message}`, { cause });
  }
}
