import { openSync, writeSync } from "node:fs";
import mocha from "mocha";

const events = mocha.Runner.constants;
const graceForOpenHandles = 10_000;

/** The spec reporter, which also writes the report file that `npm test` counts from. Option: `output`. */
export default class TestReporter extends mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = openSync(options.reporterOptions.output, "w");
    const record = (outcome, title) => writeSync(file, `${JSON.stringify({ outcome, title })}\n`);
    runner.on(events.EVENT_TEST_PASS, (test) => record("passed", test.fullTitle()));
    runner.on(events.EVENT_TEST_FAIL, (test) => record("failed", test.fullTitle()));
    runner.on(events.EVENT_TEST_PENDING, (test) => record("skipped", test.fullTitle()));
    runner.once(events.EVENT_RUN_END, () => {
      record("ended");
      // Unreferenced: it fires only when a test left something open that would keep the process alive for ever. The
      // report says so, since mocha sets the exit code by the tests alone.
      setTimeout(() => {
        record("failed", `the test process did not end; still open: ${process.getActiveResourcesInfo().join(", ")}`);
        process.exit();
      }, graceForOpenHandles).unref();
    });
  }
}
