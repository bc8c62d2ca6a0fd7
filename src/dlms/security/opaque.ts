import type { KeyObject } from "node:crypto";
import { keepKeyObject } from "./key-object.ts";

/** What `util.inspect` looks for, named by symbol so that no module of Node has to be imported. */
const inspectCustom: unique symbol = Symbol.for("nodejs.util.inspect.custom") as typeof inspectCustom;

/** Base of whatever holds secret material: in logs, JSON and error messages it is its own description and nothing else. */
export abstract class Opaque {
  protected constructor(material: KeyObject) {
    keepKeyObject(this, material);
  }

  /** A description without the material. */
  abstract toString(): string;

  toJSON(): string {
    return this.toString();
  }

  [inspectCustom](): string {
    return this.toString();
  }
}
