/** A server of logical devices for any number of clients. */

export type { LinkKind } from "../cosem-objects/object.ts";
export { type AssociationDeclaration, AssociationTable } from "./associations.ts";
export { Dispatcher } from "./dispatcher.ts";
export { DlmsServer, type DlmsServerOptions, type OwnObjects } from "./dlms-server.ts";
