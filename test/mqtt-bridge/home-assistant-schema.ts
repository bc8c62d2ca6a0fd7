import { z } from "zod";

// Written from Home Assistant's pages "MQTT", "MQTT sensor", "MQTT binary sensor" and "Sensor entity": the keys and values that a
// discovery message may have. Whatever is not named there is refused, as Home Assistant refuses it.

const text = z.string().min(1);
const topic = text.regex(/^[^+#]+$/);
/** Jinja templates that open and close. */
const template = text.refine(
  (value) => (value.match(/\{\{/g) ?? []).length === (value.match(/\}\}/g) ?? []).length && value.includes("{{"),
);
const deviceId = text.regex(/^[a-zA-Z0-9_-]+$/);

const availability = z.strictObject({
  topic,
  value_template: template.optional(),
  payload_available: text.optional(),
  payload_not_available: text.optional(),
});

const device = z.strictObject({
  ids: z.array(deviceId).min(1),
  name: text,
  mf: text.optional(),
  mdl: text.optional(),
  mdl_id: text.optional(),
  sw: text.optional(),
  hw: text.optional(),
  sn: text.optional(),
  sa: text.optional(),
  cu: z.url().optional(),
  cns: z.array(z.tuple([text, text])).optional(),
  via_device: text.optional(),
});

const origin = z.strictObject({ name: text, sw: text.optional(), url: z.url().optional() });

const entity = {
  unique_id: text,
  name: text.nullable().optional(),
  value_template: template.optional(),
  device_class: text.optional(),
  entity_category: z.enum(["diagnostic", "config"]).optional(),
  enabled_by_default: z.boolean().optional(),
  expire_after: z.number().int().positive().optional(),
  icon: text.regex(/^mdi:/).optional(),
  json_attributes_topic: topic.optional(),
  json_attributes_template: template.optional(),
};

const sensor = z.strictObject({
  p: z.literal("sensor"),
  ...entity,
  state_class: z.enum(["measurement", "measurement_angle", "total", "total_increasing"]).optional(),
  unit_of_measurement: text.optional(),
  suggested_display_precision: z.number().int().min(0).optional(),
  options: z.array(text).min(1).optional(),
  last_reset_value_template: template.optional(),
});

const binarySensor = z.strictObject({
  p: z.literal("binary_sensor"),
  ...entity,
  device_class: z.enum(["power", "problem", "tamper", "connectivity", "battery", "plug", "safety"]).optional(),
  payload_on: text.optional(),
  payload_off: text.optional(),
});

/** A component that is to be removed is its platform alone. */
const removed = z.strictObject({ p: z.enum(["sensor", "binary_sensor"]) });

/** A message at `<prefix>/device/<object id>/config`. */
export const deviceDiscovery = z
  .strictObject({
    dev: device,
    o: origin,
    cmps: z.record(deviceId, z.union([sensor, binarySensor, removed])),
    state_topic: topic.optional(),
    availability: z.array(availability).optional(),
    availability_mode: z.enum(["all", "any", "latest"]).optional(),
    qos: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
    encoding: text.optional(),
  })
  .refine(({ cmps }) => {
    const ids = Object.values(cmps).flatMap((component) => ("unique_id" in component ? [component.unique_id] : []));
    return new Set(ids).size === ids.length;
  }, "unique ids are unique")
  .refine(
    ({ cmps }) => Object.values(cmps).every((component) => !("options" in component) || component.device_class === "enum"),
    "options belong to enum sensors",
  );
