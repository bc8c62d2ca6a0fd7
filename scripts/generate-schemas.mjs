// npm run docs:schema: writes the JSON Schema files that editors check the configuration with.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemaFiles } from "../src/config/json-schema.ts";
import { root } from "./lib/project.mjs";

const folder = join(root, "config", "schema");
mkdirSync(folder, { recursive: true });
for (const [name, text] of jsonSchemaFiles()) writeFileSync(join(folder, name), text);
