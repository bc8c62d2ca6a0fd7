import type { KeyObject } from "node:crypto";

/*
 * Where key material hides: no property of a key object leads here, so nothing that walks objects (inspect, JSON,
 * structuredClone, a logger) finds it. Only files of this folder import this one.
 */

const keyObjects = new WeakMap<object, KeyObject>();

/** Remembers the material that `owner` stands for. */
export function keepKeyObject(owner: object, key: KeyObject): void {
  keyObjects.set(owner, key);
}

/** The material that `owner` stands for; every key class keeps one at its construction. */
export function keyObjectOf(owner: object): KeyObject {
  return keyObjects.get(owner) as KeyObject;
}
