import asn1, { type Node } from "asn1.js";

/*
 * The ACSE APDUs (ISO/IEC 8650-1 as profiled by Green Book 9.4.2), as declarations. asn1.js cannot express the class
 * APPLICATION of the outer tags, accepts trailing octets and fixes the order of fields: codec.ts deals with that.
 * "charstring" is declared as octets because passwords need not be text.
 */

const authenticationValue = asn1.define("Authentication-value", function (this: Node) {
  this.choice({
    charstring: this.implicit(0).octstr(),
    bitstring: this.implicit(1).bitstr(),
  });
});

const resultSourceDiagnostic = asn1.define("Associate-source-diagnostic", function (this: Node) {
  this.choice({
    user: this.explicit(1).int(),
    provider: this.explicit(2).int(),
  });
});

export const aarqSchema = asn1.define("AARQ", function (this: Node) {
  this.seq().obj(
    this.key("protocolVersion").optional().implicit(0).bitstr(),
    this.key("applicationContextName").explicit(1).objid(),
    this.key("calledApTitle").optional().explicit(2).octstr(),
    this.key("calledAeQualifier").optional().explicit(3).octstr(),
    this.key("calledApInvocationId").optional().explicit(4).int(),
    this.key("calledAeInvocationId").optional().explicit(5).int(),
    this.key("callingApTitle").optional().explicit(6).octstr(),
    this.key("callingAeQualifier").optional().explicit(7).octstr(),
    this.key("callingApInvocationId").optional().explicit(8).int(),
    this.key("callingAeInvocationId").optional().explicit(9).int(),
    this.key("senderAcseRequirements").optional().implicit(10).bitstr(),
    this.key("mechanismName").optional().implicit(11).objid(),
    this.key("callingAuthenticationValue").optional().explicit(12).use(authenticationValue),
    this.key("implementationInformation").optional().implicit(29).octstr(),
    this.key("userInformation").optional().explicit(30).octstr(),
  );
});

export const aareSchema = asn1.define("AARE", function (this: Node) {
  this.seq().obj(
    this.key("protocolVersion").optional().implicit(0).bitstr(),
    this.key("applicationContextName").explicit(1).objid(),
    this.key("result").explicit(2).int(),
    this.key("resultSourceDiagnostic").explicit(3).use(resultSourceDiagnostic),
    this.key("respondingApTitle").optional().explicit(4).octstr(),
    this.key("respondingAeQualifier").optional().explicit(5).octstr(),
    this.key("respondingApInvocationId").optional().explicit(6).int(),
    this.key("respondingAeInvocationId").optional().explicit(7).int(),
    this.key("responderAcseRequirements").optional().implicit(8).bitstr(),
    this.key("mechanismName").optional().implicit(9).objid(),
    this.key("respondingAuthenticationValue").optional().explicit(10).use(authenticationValue),
    this.key("implementationInformation").optional().implicit(29).octstr(),
    this.key("userInformation").optional().explicit(30).octstr(),
  );
});

/** RLRQ and RLRE are alike: a reason and user information. */
export const releaseSchema = asn1.define("RLRQ", function (this: Node) {
  this.seq().obj(this.key("reason").optional().implicit(0).int(), this.key("userInformation").optional().explicit(30).octstr());
});

export const abrtSchema = asn1.define("ABRT", function (this: Node) {
  this.seq().obj(this.key("abortSource").implicit(0).int(), this.key("userInformation").optional().explicit(30).octstr());
});
