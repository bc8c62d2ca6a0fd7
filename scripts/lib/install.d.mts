/** Installs the locked packages unless node_modules already holds them; false when npm fails. */
export function ensureDependencies(): boolean;

/** The environment npm ci runs in: the caller's, but never without the development packages. */
export function installEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv;

/** True when npm's record of an installation (node_modules/.package-lock.json) agrees with package-lock.json. */
export function installedFromLock(lockText: string | undefined, recordText: string | undefined): boolean;
