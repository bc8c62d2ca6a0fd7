import { toHex } from "../../../bytes/hex.ts";
import { ExtendedRegister } from "../../../cosem-objects/classes/extended-register.ts";
import { Register } from "../../../cosem-objects/classes/register.ts";
import { type ObjectReference, RegisterActivation, type RegisterMask } from "../../../cosem-objects/classes/register-activation.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { demandQuantities, type Meter, type Rate, rateCount, ratedEnergies } from "../../../meter-model/index.ts";
import { ascii } from "../data-object.ts";
import { demandNames } from "../demand.ts";
import { ratedNames } from "../energy.ts";
import { settle } from "../outcome.ts";
import { parametersOf } from "../setups/parameters-of.ts";

const rates = Array.from({ length: rateCount }, (_, index) => index + 1);

/** Registers by rate, by quantity and then by rate. */
const energies = ratedEnergies.flatMap((name) => rates.map((rate) => of(Register, ratedNames[name].logicalName(rate))));
const maxima = demandQuantities.flatMap((name) => {
  const { maximum, rates: shown } = demandNames[name];
  return rates.slice(0, shown).map((rate) => of(ExtendedRegister, maximum(rate)));
});

/** Which registers count by which mask, for energies and for maximum demands: there is one rate for both. */
export function registerActivationObjects(meter: Meter): readonly CosemObject[] {
  return [activation(meter, "0.0.14.0.0.255", energies), activation(meter, "0.0.14.0.1.255", maxima)];
}

/** Registers and masks that one object holds. */
const mostRegisters = 100;
const mostMasks = 16;

function activation(meter: Meter, logicalName: LogicalName, registers: readonly ObjectReference[]): CosemObject {
  const kept = parametersOf(meter, RegisterActivation, logicalName);
  const assignment = kept("registerAssignment", registers, (wanted) => wanted.length <= mostRegisters);
  const masks = kept(
    "maskList",
    rates.map((rate) => maskOf(rate, registers)),
    (wanted) => wanted.length <= mostMasks && areMasks(wanted),
  );
  const isKnown = ({ indexes }: RegisterMask) => indexes.every((index) => index >= 1 && index <= assignment.get().length);
  const rateOfMask = (mask: RegisterMask) => rateOf(mask.indexes.map((index) => assignment.get()[index - 1]));
  return bind(RegisterActivation, {
    logicalName,
    attributes: {
      registerAssignment: assignment,
      maskList: { get: masks.get, set: (wanted) => (wanted.every(isKnown) ? masks.set(wanted) : refuse("other-reason")) },
      activeMask: {
        get: () => masks.get().find((mask) => rateOfMask(mask) === meter.rate)?.name ?? new Uint8Array(),
        set: (name: Uint8Array) => {
          const mask = masks.get().find((candidate) => isSameName(candidate.name, name));
          const rate = mask && rateOfMask(mask);
          return rate === undefined ? refuse("other-reason") : settle(meter.forceRate(rate));
        },
      },
    },
    methods: {
      addRegister: (register) => assignment.set([...assignment.get(), register]),
      addMask: (mask) => {
        if (!isKnown(mask)) return refuse("other-reason");
        const place = masks.get().findIndex(({ name }) => isSameName(name, mask.name));
        return masks.set(place < 0 ? [...masks.get(), mask] : masks.get().with(place, mask));
      },
      deleteMask: (name) => {
        const left = masks.get().filter((mask) => !isSameName(mask.name, name));
        return left.length === masks.get().length ? refuse("other-reason") : masks.set(left);
      },
    },
  });
}

function of({ classId }: { readonly classId: number }, logicalName: LogicalName): ObjectReference {
  return { classId, logicalName };
}

/** The mask of a rate as the meter leaves the factory: "T1" to "T8". */
function maskOf(rate: Rate, registers: readonly ObjectReference[]): RegisterMask {
  return {
    name: ascii(`T${rate}`),
    indexes: registers.flatMap(({ logicalName }, index) => (rateGroup(logicalName) === rate ? [index + 1] : [])),
  };
}

/** The rate whose registers these are. The meter counts those of one rate, so a mix of several can be in force at no time. */
function rateOf(registers: readonly (ObjectReference | undefined)[]): Rate | undefined {
  const named = new Set(registers.map((register) => (register === undefined ? 0 : rateGroup(register.logicalName))));
  const [rate = 0] = named;
  return named.size === 1 && rate >= 1 && rate <= rateCount ? rate : undefined;
}

/** Value group E. */
function rateGroup(logicalName: LogicalName): number {
  return Number(logicalName.split(".")[4]);
}

function areMasks(masks: readonly RegisterMask[]): boolean {
  return new Set(masks.map(({ name }) => toHex(name))).size === masks.length;
}

function isSameName(one: Uint8Array, other: Uint8Array): boolean {
  return toHex(one) === toHex(other);
}
