/** What the run of every commit takes, or what `npm run test:long` does. */
export function scaled<T>(commit: T, long: T): T {
  return process.env["TEST_SCALE"] === "long" ? long : commit;
}
