import { bitAt, bitString } from "../../../bytes/bit-string.ts";
import { Credit, creditConfiguration } from "../../../cosem-objects/classes/credit.ts";
import { type Accessor, bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { unspecifiedDateTime } from "../../../dlms/axdr/date-time.ts";
import { type CreditName, type CreditTerms, creditNames, type Meter } from "../../../meter-model/index.ts";
import { settle } from "../outcome.ts";
import { amountOf } from "./amount.ts";
import { creditObjects } from "./object-names.ts";

const types = { token: "token", emergency: "emergency", friendly: "reserved" } as const satisfies Readonly<Record<CreditName, string>>;

type Configuration = readonly (typeof creditConfiguration)[number][];

/** The credits: what was paid, what is lent, and what is let off in friendly times, as a negative amount. */
export function creditObjectsOf(meter: Meter): readonly CosemObject[] {
  const { credit } = meter;
  const term = (name: keyof CreditTerms): Accessor<number> => ({
    get: () => credit.terms[name],
    set: (amount) => settle(credit.setTerms({ [name]: amount })),
  });
  const amounts: Readonly<Record<CreditName, () => number>> = {
    token: () => Math.max(0, credit.balance),
    emergency: () => credit.emergencyLeft,
    friendly: () => Math.min(0, credit.balance),
  };
  const warnings = { token: term("low1"), emergency: term("emergencyLow"), friendly: 0 } as const;
  const presets = { token: 0, emergency: term("emergencyLimit"), friendly: 0 } as const;
  const offers = { token: 0, emergency: term("emergencyOffer"), friendly: 0 } as const;
  const configurations: Readonly<Record<CreditName, () => Configuration>> = {
    token: () => ["visual", "resettable", "receives-tokens"],
    emergency: () => (credit.settings.emergencyConfirmed ? ["visual", "confirmation", "paid-back"] : ["visual", "paid-back"]),
    friendly: () => ["visual", "paid-back"],
  };
  return creditNames.map((name, index) => {
    const changeable = name !== "friendly";
    return bind(Credit, {
      logicalName: creditObjects[name],
      attributes: {
        currentCreditAmount: () => amountOf(amounts[name]()),
        creditType: types[name],
        priority: index + 1,
        warningThreshold: warnings[name],
        limit:
          name === "friendly" ? { get: () => -credit.terms.overdraft, set: (limit) => settle(credit.setTerms({ overdraft: -limit })) } : 0,
        creditConfiguration: {
          get: () => {
            const bits = configurations[name]();
            return bitString(
              creditConfiguration.length,
              [...creditConfiguration.keys()].filter((bit) => bits.includes(creditConfiguration[bit] as Configuration[number])),
            );
          },
          // What may change is whether emergency credit waits for the customer.
          ...(name === "emergency" && {
            set: (written) => {
              const wanted = creditConfiguration.filter((_, bit) => bitAt(written, bit));
              const emergencyConfirmed = wanted.includes("confirmation");
              const others = wanted.filter((bit) => bit !== "confirmation").join();
              if ((written.length !== 5 && written.length !== 8) || others !== "visual,paid-back") return refuse("other-reason");
              return settle(credit.configure({ emergencyConfirmed }));
            },
          }),
        },
        creditStatus: () => credit.statusOf(name),
        presetCreditAmount: presets[name],
        creditAvailableThreshold: offers[name],
        period: unspecifiedDateTime,
      },
      methods: changeable
        ? {
            updateAmount: (change) => settle(credit.setAmount(name, amounts[name]() + change)),
            setAmountToValue: (amount) => {
              const before = amountOf(amounts[name]());
              return settle(credit.setAmount(name, amount)) ?? before;
            },
            ...(name === "emergency" && {
              invokeCredit: () => (credit.selectEmergency() === "accepted" ? undefined : refuse("other-reason")),
            }),
          }
        : {},
    });
  });
}
