import { spawn } from "node:child_process";
import type { Timers } from "../../session/timers.ts";

/**
 * Tells systemd that the service is ready, and then that it lives, by the command made for it: Node has no sockets of the
 * kind that sd_notify(3) wants. Without systemd it does nothing.
 * @returns what ends the signs of life
 */
export function notifySystemd(environment: NodeJS.ProcessEnv, timers: Timers): () => void {
  if (environment["NOTIFY_SOCKET"] === undefined) return () => {};
  const notify = (...words: string[]): void => {
    spawn("systemd-notify", words, { stdio: "ignore" }).on("error", () => {});
  };
  notify("--ready", "--status=polling");
  const watchdog = Number(environment["WATCHDOG_USEC"] ?? 0) / 1000;
  let cancel = (): void => {};
  // Twice as often as needed; an event loop that hangs is restarted.
  const live = (): void => {
    notify("WATCHDOG=1");
    cancel = timers.schedule(watchdog / 2, live);
  };
  if (watchdog > 0) live();
  return () => {
    cancel();
    notify("--stopping");
  };
}
