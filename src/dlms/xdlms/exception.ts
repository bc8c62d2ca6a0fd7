import type { Infer, Schema } from "../axdr/schema.ts";
import { enumerated, u32 } from "../axdr/untagged.ts";

const stateError = enumerated("state-error", { "service-not-allowed": 1, "service-unknown": 2 });
export type StateError = Infer<typeof stateError>;

const serviceError = enumerated("service-error", {
  "operation-not-possible": 1,
  "service-not-supported": 2,
  "other-reason": 3,
  "pdu-too-long": 4,
  "deciphering-error": 5,
  "invocation-counter-error": 6,
});
export type ExceptionServiceError = Infer<typeof serviceError>;

/** exception-response (D8); the counter is there with invocation-counter-error only: the lowest the server accepts. */
export interface ExceptionResponse {
  readonly stateError: StateError;
  readonly serviceError: ExceptionServiceError;
  readonly invocationCounter?: number | undefined;
}

export const exceptionResponse: Schema<ExceptionResponse> = {
  type: {
    name: "ExceptionResponse",
    fields: { stateError: stateError.type, serviceError: serviceError.type, invocationCounter: u32.type },
  },
  read: (reader) => {
    const state = stateError.read(reader);
    const service = serviceError.read(reader);
    return service === "invocation-counter-error"
      ? { stateError: state, serviceError: service, invocationCounter: reader.u32("invocation counter") }
      : { stateError: state, serviceError: service };
  },
  write: (writer, value) => {
    stateError.write(writer, value.stateError);
    serviceError.write(writer, value.serviceError);
    if (value.serviceError === "invocation-counter-error") writer.u32(value.invocationCounter ?? 0);
  },
};

/** Classes of ServiceError and the names of their values, in the order of their numbers (Green Book 9.5). */
const serviceErrors = {
  "application-reference": [
    0,
    "other",
    "time-elapsed",
    "application-unreachable",
    "application-reference-invalid",
    "application-context-unsupported",
    "provider-communication-error",
    "deciphering-error",
  ],
  "hardware-resource": [
    1,
    "other",
    "memory-unavailable",
    "processor-resource-unavailable",
    "mass-storage-unavailable",
    "other-resource-unavailable",
  ],
  "vde-state-error": [2, "other", "no-dlms-context", "loading-data-set", "status-nochange", "status-inoperable"],
  service: [3, "other", "pdu-size", "service-unsupported"],
  definition: [4, "other", "object-undefined", "object-class-inconsistent", "object-attribute-inconsistent"],
  access: [5, "other", "scope-of-access-violated", "object-access-violated", "hardware-fault", "object-unavailable"],
  initiate: [6, "other", "dlms-version-too-low", "incompatible-conformance", "pdu-size-too-short", "refused-by-the-vde-handler"],
  "load-data-set": [
    7,
    "other",
    "primitive-out-of-sequence",
    "not-loadable",
    "dataset-size-too-large",
    "not-awaited-segment",
    "interpretation-failure",
    "storage-failure",
    "data-set-not-ready",
  ],
  task: [9, "other", "no-remote-control", "ti-stopped", "ti-running", "ti-unusable"],
} as const satisfies Readonly<Record<string, readonly [number, ...string[]]>>;

type ErrorClass = keyof typeof serviceErrors;

const service = enumerated("confirmed service", { initiate: 1, read: 5, write: 6 });
const errorClass = enumerated(
  "service error class",
  Object.fromEntries(Object.entries(serviceErrors).map(([name, [number]]) => [name, number])) as Record<ErrorClass, number>,
);

/** Names of the values of a class, or none for one that is not known. */
function valueNames(group: Infer<typeof errorClass>): readonly string[] {
  return typeof group === "number" ? [] : (serviceErrors[group].slice(1) as string[]);
}

/** ConfirmedServiceError (0E): which service failed, and why. */
export interface ConfirmedServiceError {
  readonly service: Infer<typeof service>;
  readonly errorClass: Infer<typeof errorClass>;
  /** Name where the class defines one, else the number. */
  readonly value: string | number;
}

export const confirmedServiceError: Schema<ConfirmedServiceError> = {
  type: { name: "ConfirmedServiceError", fields: { service: service.type, errorClass: errorClass.type, value: { name: "ENUMERATED" } } },
  read: (reader) => {
    const which = service.read(reader);
    const group = errorClass.read(reader);
    const value = reader.u8("service error");
    return { service: which, errorClass: group, value: valueNames(group)[value] ?? value };
  },
  write: (writer, value) => {
    service.write(writer, value.service);
    errorClass.write(writer, value.errorClass);
    writer.u8(typeof value.value === "number" ? value.value : Math.max(0, valueNames(value.errorClass).indexOf(value.value)));
  },
};
