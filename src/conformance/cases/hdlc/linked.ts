import { currentAssociationName } from "../../../dlms/association/hls-service.ts";
import { encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { FrameLink, type FrameLinkOptions } from "../../frame-link.ts";
import type { FrameParts, ReceivedFrame } from "../../hdlc-line.ts";
import { type Answer, TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inconclusive } from "../../verdict.ts";
import { invoke, readDeviceName } from "../application/refusals.ts";

/** An association over a link that is worked frame by frame. */
export type FramedAssociation = TestAssociation<FrameLink>;

/** A link, and on it an association that is about to be opened. By default all that is declared is proposed. */
export async function connect(tester: Tester, options?: FrameLinkOptions, declared?: DeclaredAssociation): Promise<FramedAssociation> {
  const line = await tester.hdlc(declared);
  const link = await FrameLink.connect(line, (duration) => tester.wait(duration), options ?? { proposal: tester.declaration.hdlcProposal });
  return new TestAssociation(link, line.association.options());
}

/** The same with an association that stands. */
export async function associated(tester: Tester, options?: FrameLinkOptions, declared?: DeclaredAssociation): Promise<FramedAssociation> {
  const association = await connect(tester, options, declared);
  await association.establish();
  return association;
}

/** Asks for what is long on every device, the list of objects of the association. */
export function longRequest(association: FramedAssociation): Uint8Array {
  return encodeApdu(
    association.shortNames
      ? { type: "read-request", specifications: [{ type: "variable-name", variableName: objectListName }] }
      : {
          type: "get-request-normal",
          invoke,
          attribute: { classId: associationLnClass, logicalName: currentAssociationName, attributeId: 2 },
          selection: undefined,
        },
  );
}

/** Asks for it, and reads it to its end. */
export function readLong(association: FramedAssociation): Promise<Answer> {
  return association.exchangeApdu(longRequest(association));
}

const associationLnClass = 15;
/** Base name of Association SN, and its attribute 2. */
const objectListName = 0xfa08;

/** Asks for what every client may read, the name of the device or of the association. */
export function shortRequest(association: Pick<FramedAssociation, "shortNames">): Uint8Array {
  return association.shortNames
    ? encodeApdu({ type: "read-request", specifications: [{ type: "variable-name", variableName: associationName }] })
    : readDeviceName;
}

const associationName = 0xfa00;

/** The I frame of a request, protected as the association is; inconclusive where it takes more than one. */
export function requestFrame(association: FramedAssociation, plain: Uint8Array): FrameParts {
  const [frame, ...more] = association.link.frames(association.protect(plain));
  return frame !== undefined && more.length === 0 ? frame : inconclusive("a request does not fit an I frame of the device");
}

/** Sends a request, and polls until its answer begins: the frames of that turn. */
export async function firstTurn({ link }: FramedAssociation, request: FrameParts, tester: Tester): Promise<readonly ReceivedFrame[]> {
  const until = tester.declaration.timers.now() + tester.declaration.answerTime;
  let turn = await link.turn(request);
  while (!turn.some(({ control }) => control.kind === "i")) {
    if (turn.length === 0 || tester.declaration.timers.now() >= until) return fail("a request is not answered");
    await tester.wait(betweenPolls);
    turn = await link.turn(link.poll);
  }
  return turn;
}

/** Milliseconds until a device that had no answer is asked again. */
const betweenPolls = 100;
