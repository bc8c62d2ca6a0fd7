import type { Entity, StateField } from "./entity.ts";
import type { DeviceDescription } from "./reading.ts";
import { plainText } from "./text.ts";
import { objectId, type TopicTree } from "./topics.ts";

/** Name in the `origin` of every configuration of ours, by which later runs know them again. */
export const originName = "dlms-gateway";

/** Where and how configurations are written. */
export interface DiscoveryContext {
  readonly prefix: string;
  readonly form: "device" | "entity";
  readonly version: string;
  readonly topics: TopicTree;
}

/** The platform of a component, which is all that is left of one that is being removed. */
export type ComponentPlatform = readonly [component: string, platform: string];

/** Seconds after which a momentary value is unknown: three polls, at least a minute. */
export function expiryOf(pollPeriod: number | undefined): number | undefined {
  return pollPeriod === undefined ? undefined : Math.max(60, Math.ceil(3 * pollPeriod));
}

/** The device's id at Home Assistant, also the object id of its topic. */
export function deviceId(topics: TopicTree, meterId: string): string {
  return `dlms_${objectId(topics.segment(meterId))}`;
}

/** Topic of a device's configuration, or of the configuration of one of its components in the entity form. */
export function configTopic(context: DiscoveryContext, device: string, [component, platform]: ComponentPlatform = ["", ""]): string {
  const { prefix, form } = context;
  return form === "device" ? `${prefix}/device/${device}/config` : `${prefix}/${platform}/${device}/${component}/config`;
}

/**
 * The retained configurations of a meter, topic -> JSON: one in the device form, one for each field in the entity form.
 * `removed` components are reduced to their platform, which has Home Assistant drop them (device form only).
 */
export function configurations(
  context: DiscoveryContext,
  device: DeviceDescription,
  fields: readonly StateField[],
  removed: readonly ComponentPlatform[] = [],
): ReadonlyMap<string, string> {
  const id = deviceId(context.topics, device.meterId);
  const shared = sharedPart(context, device, id);
  const components = fields.map((field) => [field.entity, componentOf(field, device, id)] as const);
  if (context.form === "entity") {
    return new Map(
      components.map(([{ component, platform }, config]) => [
        configTopic(context, id, [component, platform]),
        JSON.stringify({ ...withoutPlatform(config), ...shared }),
      ]),
    );
  }
  const cmps = {
    ...Object.fromEntries(removed.map(([component, p]) => [component, { p }])),
    ...Object.fromEntries(components.map(([{ component }, config]) => [component, config])),
  };
  return new Map([[configTopic(context, id), JSON.stringify({ ...shared, cmps })]]);
}

function sharedPart({ topics, version }: DiscoveryContext, device: DeviceDescription, id: string): Record<string, unknown> {
  const { meterId, name, manufacturer, model, firmware, serialNumber, configurationUrl } = device;
  const known = { name, mf: manufacturer, mdl: model, sw: firmware, sn: serialNumber, cu: configurationUrl };
  const texts = Object.entries(known).flatMap(([key, text]) => (text ? [[key, plainText(text)] as const] : []));
  const valueTemplate = "{{ value_json.state }}";
  return {
    dev: { ids: [id], ...Object.fromEntries(texts) },
    o: { name: originName, sw: version },
    state_topic: topics.meter(meterId, "state"),
    qos: 1,
    availability: [
      { topic: topics.bridge("state"), value_template: valueTemplate },
      { topic: topics.meter(meterId, "availability"), value_template: valueTemplate },
    ],
    availability_mode: "all",
  };
}

/** One component; members that are undefined are not written. */
function componentOf({ key, entity, momentary }: StateField, device: DeviceDescription, id: string): Record<string, unknown> {
  const expiry = momentary ? expiryOf(device.pollPeriod) : undefined;
  return {
    p: entity.platform,
    unique_id: `${id}_${entity.uniqueSuffix}`,
    name: entity.name,
    device_class: entity.deviceClass,
    state_class: entity.stateClass,
    unit_of_measurement: entity.unit,
    suggested_display_precision: entity.precision,
    options: entity.options,
    entity_category: entity.category,
    enabled_by_default: entity.enabledByDefault,
    payload_on: entity.payloadOn,
    payload_off: entity.payloadOff,
    expire_after: expiry,
    value_template: template(key, entity, expiry !== undefined),
  };
}

/**
 * Keys can be missing: not read yet, or a momentary value that expired while its neighbours stay. Home Assistant reads "None"
 * as unknown. For numbers that stay once they are there the plain form will do: it ignores their absence.
 */
function template(key: string, { expression, stateClass }: Entity, expires: boolean): string {
  const absent = expires || stateClass === undefined ? " | default(None)" : "";
  return `{{ ${expression ?? `value_json.${key}${absent}`} }}`;
}

/** In the entity form the topic says what the platform is. */
function withoutPlatform({ p: _platform, ...config }: Record<string, unknown>): Record<string, unknown> {
  return config;
}
