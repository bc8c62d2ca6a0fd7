/**
 * Coverage is counted in the process of the tests alone: what child processes report of the same sources, compiled once
 * more, does not merge with it line by line.
 */
delete process.env["NODE_V8_COVERAGE"];
