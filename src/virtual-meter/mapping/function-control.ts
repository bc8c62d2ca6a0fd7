import { toHex } from "../../bytes/hex.ts";
import { FunctionControl, type FunctionSpecification } from "../../cosem-objects/classes/function-control.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import type { Meter } from "../../meter-model/index.ts";
import { ascii } from "./data-object.ts";
import { parametersOf } from "./setups/parameters-of.ts";

const controlName: LogicalName = "0.0.44.1.0.255";

/** Functions, and objects of each, that one meter may have. */
const mostFunctions = 16;
const mostObjects = 64;

const objectsOf = (classId: number, ...names: readonly LogicalName[]) => names.map((logicalName) => ({ classId, logicalName }));

/** What a client can switch off, as it leaves the factory. */
const factoryFunctions: readonly FunctionSpecification[] = [
  {
    name: ascii("tariffs"),
    objects: [...objectsOf(20, "0.0.13.0.0.255"), ...objectsOf(11, "0.0.11.0.0.255"), ...objectsOf(9, "0.0.10.0.100.255")],
  },
  { name: ascii("limiters"), objects: objectsOf(71, "0.0.17.0.0.255", "0.0.17.0.1.255") },
  { name: ascii("disconnection"), objects: [...objectsOf(70, "0.0.96.3.10.255"), ...objectsOf(9, "0.0.10.0.106.255")] },
  {
    name: ascii("push"),
    objects: objectsOf(40, "0.0.25.9.0.255", "0.1.25.9.0.255", "0.2.25.9.0.255", "0.4.25.9.0.255", "0.5.25.9.0.255", "0.6.25.9.0.255"),
  },
  { name: ascii("image"), objects: objectsOf(18, "0.0.44.0.0.255") },
];

type Named = { readonly name: Uint8Array };

const isCalled = (name: Uint8Array) => (one: Named) => toHex(one.name) === toHex(name);

/** The functions of the meter: while one is off its objects can be read, and neither be changed nor act. */
export class FunctionSwitches {
  readonly #statuses;
  readonly #functions;

  constructor(meter: Meter) {
    const at = parametersOf(meter, FunctionControl, controlName);
    this.#functions = at("functionList", factoryFunctions);
    this.#statuses = at(
      "activationStatus",
      factoryFunctions.map(({ name }) => ({ name, active: true })),
    );
  }

  /** Function control, class 122. */
  get object(): CosemObject {
    const functions = this.#functions;
    const statuses = this.#statuses;
    return bind(FunctionControl, {
      logicalName: controlName,
      attributes: { activationStatus: () => statuses.get(), functionList: () => functions.get() },
      methods: {
        setFunctionStatus: (wanted) => {
          const known = statuses.get();
          if (!wanted.every(({ name }) => known.some(isCalled(name)))) return refuse("other-reason");
          return statuses.set(known.map((status) => wanted.findLast(isCalled(status.name)) ?? status));
        },
        addFunction: (added) => {
          const known = functions.get();
          if (known.some(isCalled(added.name)) || known.length >= mostFunctions || added.objects.length > mostObjects)
            return refuse("other-reason");
          // Who could switch off the switch could not switch it on again.
          if (added.objects.some(({ logicalName }) => logicalName === controlName)) return refuse("other-reason");
          return functions.set([...known, added]) ?? statuses.set([...statuses.get(), { name: added.name, active: false }]);
        },
        removeFunction: ({ name }) => {
          if (!functions.get().some(isCalled(name))) return refuse("other-reason");
          const others = (one: Named) => !isCalled(name)(one);
          return functions.set(functions.get().filter(others)) ?? statuses.set(statuses.get().filter(others));
        },
      },
    });
  }

  /** Whether every function that an object is part of is on. */
  allows({ cosemClass: { classId }, logicalName }: CosemObject): boolean {
    const off = this.#statuses.get().filter(({ active }) => !active);
    if (off.length === 0) return true;
    return !this.#functions
      .get()
      .some(
        ({ name, objects }) =>
          off.some(isCalled(name)) && objects.some((object) => object.classId === classId && object.logicalName === logicalName),
      );
  }

  /** The object as these switches let it be used. */
  control(object: CosemObject): CosemObject {
    return {
      cosemClass: object.cosemClass,
      logicalName: object.logicalName,
      offers: object.offers,
      read: (...parameters) => object.read(...parameters),
      write: (...parameters) => (this.allows(object) ? object.write(...parameters) : "object-unavailable"),
      invoke: (...parameters) => (this.allows(object) ? object.invoke(...parameters) : "object-unavailable"),
    };
  }
}
