/** A server of logical devices for any number of clients. */
export { type AssociationDeclaration, AssociationTable } from "./associations.ts";
export { Dispatcher } from "./dispatcher.ts";
export { DlmsServer, type DlmsServerOptions, type LinkKind, type OwnObjects } from "./dlms-server.ts";
