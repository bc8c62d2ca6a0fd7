import type { Schema, TypeDescription } from "../../dlms/axdr/schema.ts";
import { accessRequest, accessResponse } from "../../dlms/xdlms/access.ts";
import { actionRequest, actionResponse } from "../../dlms/xdlms/action.ts";
import type { Apdu } from "../../dlms/xdlms/apdu.ts";
import { confirmedServiceError, exceptionResponse } from "../../dlms/xdlms/exception.ts";
import { gatewayPrefix } from "../../dlms/xdlms/gateway.ts";
import { generalBlockTransfer } from "../../dlms/xdlms/general-block-transfer.ts";
import { getRequest, getResponse } from "../../dlms/xdlms/get.ts";
import { initiateRequest, initiateResponse } from "../../dlms/xdlms/initiate.ts";
import { dataNotification, dataNotificationConfirm, eventNotification } from "../../dlms/xdlms/notification.ts";
import { setRequest, setResponse } from "../../dlms/xdlms/set.ts";
import { informationReport, readRequest, readResponse, writeRequest, writeResponse } from "../../dlms/xdlms/short-name.ts";

/** Where the fields of each APDU are declared. */
const schemas: Readonly<Partial<Record<Apdu["type"], Pick<Schema<unknown>, "type">>>> = {
  "initiate-request": initiateRequest,
  "initiate-response": initiateResponse,
  "confirmed-service-error": confirmedServiceError,
  "exception-response": exceptionResponse,
  "get-request-normal": getRequest.normal,
  "get-request-next": getRequest.next,
  "get-request-with-list": getRequest.withList,
  "get-response-normal": getResponse.normal,
  "get-response-with-datablock": getResponse.withDatablock,
  "get-response-with-list": getResponse.withList,
  "set-request-normal": setRequest.normal,
  "set-request-with-first-datablock": setRequest.withFirstDatablock,
  "set-request-with-datablock": setRequest.withDatablock,
  "set-request-with-list": setRequest.withList,
  "set-request-with-list-and-first-datablock": setRequest.withListAndFirstDatablock,
  "set-response-normal": setResponse.normal,
  "set-response-datablock": setResponse.datablock,
  "set-response-last-datablock": setResponse.lastDatablock,
  "set-response-last-datablock-with-list": setResponse.lastDatablockWithList,
  "set-response-with-list": setResponse.withList,
  "action-request-normal": actionRequest.normal,
  "action-request-next-pblock": actionRequest.nextPblock,
  "action-request-with-list": actionRequest.withList,
  "action-request-with-first-pblock": actionRequest.withFirstPblock,
  "action-request-with-list-and-first-pblock": actionRequest.withListAndFirstPblock,
  "action-request-with-pblock": actionRequest.withPblock,
  "action-response-normal": actionResponse.normal,
  "action-response-with-pblock": actionResponse.withPblock,
  "action-response-with-list": actionResponse.withList,
  "action-response-next-pblock": actionResponse.nextPblock,
  "event-notification-request": eventNotification,
  "data-notification": dataNotification,
  "data-notification-confirm": dataNotificationConfirm,
  "read-request": readRequest,
  "read-response": readResponse,
  "write-request": writeRequest,
  "write-response": writeResponse,
  "unconfirmed-write-request": writeRequest,
  "information-report-request": informationReport,
  "access-request": accessRequest,
  "access-response": accessResponse,
  "general-block-transfer": generalBlockTransfer,
  "gateway-request": gatewayPrefix,
  "gateway-response": gatewayPrefix,
};

/** The fields of an APDU as its schema declares them; undefined for one that is not described here. */
export function descriptionOf(type: Apdu["type"]): TypeDescription | undefined {
  return schemas[type]?.type;
}
