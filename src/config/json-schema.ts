import { z } from "zod";
import { conformanceSchema } from "./conformance.ts";
import { gatewaySchema } from "./gateway.ts";
import { jobSchema } from "./job.ts";
import { addressBookSchema } from "./meters.ts";
import { parameterSetSchema } from "./parameter-set.ts";
import { tariffSchema } from "./tariff-file.ts";
import { virtualMeterSchema } from "./virtual-meter.ts";

const schemas: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  conformance: { title: "Conformance test information of dlms conformance", schema: conformanceSchema },
  gateway: { title: "Configuration of dlms gateway", schema: gatewaySchema },
  job: { title: "Job of dlms job", schema: jobSchema },
  meters: { title: "Address book of dlms", schema: addressBookSchema },
  "parameter-set": { title: "Parameter set of dlms apply", schema: parameterSetSchema },
  tariff: { title: "Tariff of dlms tariff", schema: tariffSchema },
  "virtual-meter": { title: "Configuration of dlms meter", schema: virtualMeterSchema },
};

/** The JSON Schema of every configuration file as it is written, for editors: file name to text. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(schemas).map(([name, { title, schema }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-2020-12", reused: "inline" });
      return [`${name}.schema.json`, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`];
    }),
  );
}
