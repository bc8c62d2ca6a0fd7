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

const errorClasses = {
  "application-reference": 0,
  "hardware-resource": 1,
  "vde-state-error": 2,
  service: 3,
  definition: 4,
  access: 5,
  initiate: 6,
  "load-data-set": 7,
  task: 9,
} as const;

const service = enumerated("confirmed service", { initiate: 1, read: 5, write: 6 });
const errorClass = enumerated("service error class", errorClasses);

/** Names of the values of the classes that matter for an association (Green Book 9.5, ServiceError). */
const valueNames: Readonly<Record<string, readonly string[]>> = {
  "application-reference": [
    "other",
    "time-elapsed",
    "application-unreachable",
    "application-reference-invalid",
    "application-context-unsupported",
    "provider-communication-error",
    "deciphering-error",
  ],
  service: ["other", "pdu-size", "service-unsupported"],
  access: ["other", "scope-of-access-violated", "object-access-violated", "hardware-fault", "object-unavailable"],
  initiate: ["other", "dlms-version-too-low", "incompatible-conformance", "pdu-size-too-short", "refused-by-the-vde-handler"],
};

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
    return { service: which, errorClass: group, value: valueNames[group]?.[value] ?? value };
  },
  write: (writer, value) => {
    service.write(writer, value.service);
    errorClass.write(writer, value.errorClass);
    writer.u8(typeof value.value === "number" ? value.value : Math.max(0, valueNames[value.errorClass]?.indexOf(value.value) ?? 0));
  },
};
