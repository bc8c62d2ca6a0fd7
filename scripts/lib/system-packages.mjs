import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What the tests start as processes of their own. The one list: a tool that a new test needs is added here. */
export const systemPackages = [
  { command: "mosquitto", debian: "mosquitto", service: "mosquitto", reason: "MQTT 5, TLS and broker restarts against a real broker" },
  { command: "socat", debian: "socat", reason: "pairs of pseudo-terminals in place of a serial line with an optical head" },
  { command: "chromium", debian: "chromium", reason: "the page in a real browser" },
];

// Debian keeps daemons where the search path of a plain user does not look.
const daemonFolders = process.platform === "win32" ? [] : ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The caller's PATH with the folders of daemons behind it. */
export const searchPath = [...new Set([...(process.env.PATH ?? "").split(delimiter), ...daemonFolders])].join(delimiter);

export function findCommand(command) {
  const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => suffixes.map((suffix) => join(folder, command + suffix)))
    .find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs what is missing where it can, and says what is still missing where it cannot; never fails the run. */
export function ensureSystemPackages() {
  const missing = systemPackages.filter(({ command }) => findCommand(command) === undefined);
  if (missing.length === 0) return;
  const privilege = aptPrivilege();
  if (privilege !== undefined) install(privilege, missing);
  for (const line of missingReport(missing.filter(({ command }) => findCommand(command) === undefined))) process.stderr.write(`${line}\n`);
}

/** One line a missing tool: what it is, and what is not tested without it. */
export function missingReport(missing) {
  return missing.map(
    ({ command, debian, reason }) => `not installed: ${command} (Debian package ${debian}); tests skipped without it: ${reason}`,
  );
}

// The words in front of a command that may install: none for root, sudo without a question, or undefined for no way.
function aptPrivilege() {
  if (!existsSync("/etc/debian_version") || findCommand("apt-get") === undefined) return undefined;
  if (process.getuid?.() === 0) return [];
  return findCommand("sudo") !== undefined && run(["sudo", "-n", "true"]) ? ["sudo", "-n"] : undefined;
}

function install(privilege, packages) {
  const apt = [...privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"];
  process.stderr.write(`installing system packages: ${packages.map(({ debian }) => debian).join(", ")}\n`);
  if (!run([...apt, "update"])) process.stderr.write("apt-get update failed; trying with the lists at hand\n");
  if (!run([...apt, "install", "-y", "--no-install-recommends", ...packages.map(({ debian }) => debian)])) {
    process.stderr.write("apt-get install failed; going on without\n");
    return;
  }
  for (const { service } of packages) if (service !== undefined) stopService(privilege, service);
}

// Debian starts a daemon when its package arrives. The tests start their own, and a machine must not be left with an
// open port because somebody ran the tests.
function stopService(privilege, service) {
  if (existsSync("/run/systemd/system")) run([...privilege, "systemctl", "disable", "--now", service]);
  else run([...privilege, "service", service, "stop"]);
}

function run([command, ...args]) {
  // Output goes to stderr: the last line of stdout is the result of the tests.
  return spawnSync(command, args, { stdio: ["ignore", 2, 2], env: { ...process.env, PATH: searchPath } }).status === 0;
}
