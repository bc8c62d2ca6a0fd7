/** A count for the run of every commit, or the one for `npm run test:long`. */
export function scaled(commit: number, long: number): number {
  return process.env["TEST_SCALE"] === "long" ? long : commit;
}
