/**
 * Runs a service until SIGINT, SIGTERM or its own failure, then stops it.
 * @param start starts it and gives what stops it; `fail` ends it with an error
 * @throws what `start` throws, and what was given to `fail`
 */
export async function untilStopped(start: (fail: (error: unknown) => void) => Promise<() => Promise<void>>): Promise<void> {
  let finish: (outcome: { readonly error?: unknown }) => void = () => {};
  const finished = new Promise<{ readonly error?: unknown }>((resolve) => {
    finish = resolve;
  });
  const onSignal = (): void => finish({});
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    const stop = await start((error) => finish({ error }));
    const outcome = await finished;
    await stop();
    if ("error" in outcome) throw outcome.error;
  } finally {
    process.removeListener("SIGINT", onSignal);
    process.removeListener("SIGTERM", onSignal);
  }
}
