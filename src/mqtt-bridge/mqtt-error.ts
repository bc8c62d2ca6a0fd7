import { TransportError, type TransportErrorCode } from "../errors.ts";

interface Explanation {
  readonly code: TransportErrorCode;
  readonly reason: string;
  readonly hint: string;
}

function explain(code: TransportErrorCode, reason: string, hint: string): Explanation {
  return { code, reason, hint };
}

const credentials = explain("refused", "the broker does not accept the user name or password", "check mqtt.username and mqtt.password");
const notAuthorized = explain(
  "refused",
  "the broker does not let this client in",
  "check mqtt.username, mqtt.password and the broker's access list",
);
const protocolVersion = explain("refused", "the broker does not speak this version of MQTT", "set mqtt.version to 4 (MQTT 3.1.1)");
const clientId = explain("refused", "the broker does not accept the client id", "set mqtt.clientId to one that is free");
const busy = explain("refused", "the broker is not available", "it answers, but is overloaded or shutting down");

/** CONNACK return codes of MQTT 3.1.1 (3.2.2.3) and reason codes of MQTT 5 (3.2.2.2). */
const byReasonCode: Readonly<Record<number, Explanation>> = {
  ...{ 1: protocolVersion, 2: clientId, 3: busy, 4: credentials, 5: notAuthorized },
  ...{ 132: protocolVersion, 133: clientId, 134: credentials, 135: notAuthorized, 136: busy, 137: busy, 138: notAuthorized },
};

const untrusted = explain(
  "open-failed",
  "the broker's certificate is not trusted",
  "set mqtt.tls.ca to the certificate of the broker's authority",
);
const unknownHost = explain("open-failed", "the broker's host name is not known", "check the host in mqtt.url");
const notTls = explain("open-failed", "the broker does not speak TLS on this port", "use mqtt:// here, or the broker's TLS port (8883)");
const ownCertificate = explain(
  "refused",
  "the broker does not accept our certificate",
  "set mqtt.tls.cert and mqtt.tls.key to a pair the broker's authority signed",
);
const unreachable = explain("open-failed", "the broker's network cannot be reached", "check the address in mqtt.url and the network");

/** Codes of Node's sockets and of OpenSSL. */
const byErrorCode: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: explain("refused", "nothing listens there", "start the broker, or check host and port in mqtt.url"),
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: explain("timeout", "the broker does not answer", "check host and port in mqtt.url, and firewalls in between"),
  ECONNRESET: explain("closed", "the broker closed the connection", "if this is its TLS port, use mqtts://"),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: explain("open-failed", "the broker's certificate has expired", "renew it, or check the clock of this machine"),
  CERT_NOT_YET_VALID: explain("open-failed", "the broker's certificate is not valid yet", "check the clock of this machine"),
  ERR_TLS_CERT_ALTNAME_INVALID: explain(
    "open-failed",
    "the broker's certificate is made out to another name",
    "use the name in the certificate in mqtt.url, or set mqtt.tls.serverName",
  ),
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: ownCertificate,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: ownCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: ownCertificate,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: ownCertificate,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: explain(
    "refused",
    "our certificate has expired",
    "renew the pair of mqtt.tls.cert and mqtt.tls.key, or check the clock of this machine",
  ),
};

const noAnswer = explain("timeout", "the broker accepts the connection but does not answer", "check that an MQTT broker listens there");
const justClosed = explain(
  "closed",
  "the broker closed the connection",
  "another client may use the same client id, or this is its TLS port",
);

/** What a failed or lost connection means; `address` is host and port, without credentials. */
export function connectionError(error: unknown, address: string): TransportError {
  const { code, message } = shapeOf(error);
  const explanation = explanationOf(code, message);
  return new TransportError(explanation.code, `MQTT broker ${address}: ${explanation.reason}`, {
    layer: "mqtt",
    hint: explanation.hint,
    details: { address, reason: code === undefined ? undefined : String(code) },
    cause: error,
  });
}

function explanationOf(code: string | number | undefined, message: string): Explanation {
  if (typeof code === "number") {
    return (
      byReasonCode[code] ?? explain("refused", `the broker refuses the connection (reason code ${code})`, "look into the broker's log")
    );
  }
  if (code !== undefined) {
    const known = byErrorCode[code];
    if (known !== undefined) return known;
    if (code.startsWith("ERR_SSL") || code === "EPROTO")
      return explain("open-failed", `TLS fails (${code})`, "check mqtt.tls and the broker's TLS settings");
    return explain("open-failed", `the connection fails (${code})`, "check mqtt.url and the network");
  }
  return /timeout/i.test(message) ? noAnswer : justClosed;
}

function shapeOf(error: unknown): { readonly code: string | number | undefined; readonly message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: "" };
  const code: unknown = "code" in error ? error.code : undefined;
  return { code: typeof code === "string" || typeof code === "number" ? code : undefined, message: error.message };
}
