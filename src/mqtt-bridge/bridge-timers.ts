/** The timers the bridge runs on; `Timers` of the session layer fits. */
export interface BridgeTimers {
  /** Calls back once after `delay` ms; the result cancels. */
  schedule(delay: number, callback: () => void): () => void;
}
