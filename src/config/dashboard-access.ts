import type { z } from "zod";
import { endpoint, list, positiveNumber, secretReference, section, text, textLike } from "./fields.ts";

const headerName = () => textLike("expected the name of a header such as Remote-User", /^[A-Za-z0-9-]{1,64}$/);
const address = () => textLike("expected an address such as 10.0.0.2", /^[0-9a-fA-F.:]+$/);
const hostName = () => textLike("expected a name such as meters.example or gw01:8443", /^[A-Za-z0-9.-]+(:\d{1,5})?$/);

/** Section `http`: where the page is served, and who may use it from elsewhere. */
export const httpSection = section({
  listen: endpoint().prefault("127.0.0.1:8080"),
  /** Of operators: who also switches. */
  token: secretReference().optional(),
  /** Of those who only look. */
  viewerToken: secretReference().optional(),
  /** Names by which a browser calls the page, besides those of the loopback. */
  hosts: list(hostName()).prefault([]),
  /** What energy costs where the meters do not count money themselves: the page shows what was used in it. */
  price: section({
    currency: textLike("expected a code of ISO 4217 such as EUR", /^[A-Z]{3}$/),
    perKwh: positiveNumber(),
  }).optional(),
  /** A reverse proxy that asks for a login. */
  proxy: section({
    header: headerName().prefault("Remote-User"),
    operators: list(text("the name of a user")).prefault([]),
    from: list(address()),
  }).optional(),
});

/** The section as it is used. */
export type HttpConfig = z.output<typeof httpSection>;
