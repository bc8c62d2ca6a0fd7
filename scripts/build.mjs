// npm run build; --clean starts from an empty dist, so that nothing of a removed source is packed.
import { ensureBuild } from "./lib/build.mjs";
import { ensureDependencies } from "./lib/install.mjs";

if (!ensureDependencies() || !ensureBuild({ clean: process.argv.includes("--clean") })) process.exitCode = 1;
