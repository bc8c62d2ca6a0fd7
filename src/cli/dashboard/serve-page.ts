import {
  Access,
  type AccessOptions,
  Dashboard,
  type DashboardOptions,
  type DashboardPorts,
  listenHttp,
  type PageFiles,
} from "../../dashboard/index.ts";
import { ConfigError } from "../../errors.ts";
import type { Logger } from "../../log/logger.ts";
import { realTimers } from "../../session/timers.ts";
import { packageFile } from "../package-files.ts";
import { readPageFiles } from "./page-files.ts";

/** Where the build puts the page, in the package. */
const builtPage = "dist/page";

/** Where a page is served, and to whom. */
export interface ServedPageOptions {
  readonly access: AccessOptions;
  readonly port: number;
  readonly logger: Logger;
  /** What is served at the same address for anybody, such as health and metrics. */
  readonly besides?: NonNullable<DashboardOptions["besides"]>;
  /** Folder of the built page; that of the package when absent. */
  readonly folder?: string;
}

/** A page that is being served. */
export interface ServedPage {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the page, with the failures and everything that is done over it in the log.
 * @throws ConfigError for an address that others reach without a login, and for a page that is not built where nothing else is
 * served; TransportError `open-failed`
 */
export async function servePage(ports: DashboardPorts, options: ServedPageOptions): Promise<ServedPage> {
  const { port: wanted, logger, besides, folder = packageFile(builtPage) } = options;
  const access = new Access(options.access);
  const dashboard = new Dashboard(ports, {
    access,
    files: besides === undefined ? readPageFiles(folder) : pageFilesOrNone(folder, logger),
    timers: realTimers,
    audit: ({ visitor, ...record }) => logger.info("done over the page", { ...record, role: visitor.role, user: visitor.name }),
    onFailure: (error) => logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    ...(besides === undefined ? {} : { besides }),
  });
  const { host } = options.access;
  const server = await listenHttp(dashboard.app, host, wanted);
  const { port } = server;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/`,
    port,
    close: async () => {
      dashboard.close();
      await server.close();
    },
  };
}

/** What serves more than the page does so without it. */
function pageFilesOrNone(folder: string, logger: Logger): PageFiles {
  try {
    return readPageFiles(folder);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    logger.warn(error.message, { hint: error.hint });
    return new Map();
  }
}
