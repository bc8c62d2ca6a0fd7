import { bitAt, bitString } from "../../../bytes/bit-string.ts";
import { Account, accountCreditStatus, type CreditChargeConfiguration } from "../../../cosem-objects/classes/account.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { unspecifiedDateTime } from "../../../dlms/axdr/date-time.ts";
import {
  type ChargeName,
  type CollectionRule,
  type CreditName,
  chargeNames,
  creditNames,
  type Instant,
  type Meter,
  type PaymentMode,
} from "../../../meter-model/index.ts";
import { pastDateTime } from "../clock.ts";
import { settle } from "../outcome.ts";
import { amountOf } from "./amount.ts";
import { chargeObjects, creditObjects } from "./object-names.ts";

const modes = { postpaid: "credit", prepaid: "prepayment" } as const satisfies Readonly<Record<PaymentMode, string>>;
/** next_credit_available_threshold where no credit comes next. */
const noThreshold = -(2 ** 31);

/**
 * The account, and its passive twin: what is written there waits until the twin is activated, or for the time of the planned
 * change of the payment mode.
 */
export function accountObjects(meter: Meter): readonly CosemObject[] {
  return [accountObject(meter, "0.0.19.0.0.255"), accountObject(meter, "0.1.19.0.0.255")];
}

function accountObject(meter: Meter, logicalName: LogicalName): CosemObject {
  const { credit } = meter;
  const passive = logicalName === "0.1.19.0.0.255";
  const dateTime = (instant: Instant | undefined) => (instant === undefined ? unspecifiedDateTime : pastDateTime(meter, instant));
  return bind(Account, {
    logicalName,
    attributes: {
      accountModeAndStatus: {
        get: () => ({ paymentMode: modes[passive ? credit.nextMode : credit.mode], accountStatus: credit.account.status }),
        // The status is changed by the methods alone.
        set: ({ paymentMode, accountStatus }) => {
          const mode = (Object.keys(modes) as PaymentMode[]).find((name) => modes[name] === paymentMode);
          if (mode === undefined || accountStatus !== credit.account.status) return refuse("other-reason");
          return settle(passive ? credit.planMode(mode) : credit.setMode(mode));
        },
      },
      currentCreditInUse: () => (credit.creditInUse === undefined ? creditNames.length : creditNames.indexOf(credit.creditInUse)),
      currentCreditStatus: () => bitString(8, statusBits(meter)),
      availableCredit: () => amountOf(credit.available),
      amountToClear: () => -amountOf(credit.amountToClear),
      clearanceThreshold: { get: () => credit.terms.clearance, set: (clearance) => settle(credit.setTerms({ clearance })) },
      aggregatedDebt: () => amountOf(credit.debt),
      creditReferenceList: () => creditNames.map((name) => creditObjects[name]),
      chargeReferenceList: () =>
        chargeNames.toSorted((a, b) => credit.charges.get(a).priority - credit.charges.get(b).priority).map((name) => chargeObjects[name]),
      creditChargeConfiguration: {
        get: () => credit.settings.collection.map(configurationOf),
        set: (written) => {
          const rules = written.map(ruleOf).filter((rule) => rule !== undefined);
          return rules.length === written.length ? settle(credit.configure({ collection: rules })) : refuse("other-reason");
        },
      },
      tokenGatewayConfiguration: [],
      accountActivationTime: () => dateTime(passive ? credit.switchAt : credit.account.activatedAt),
      accountClosureTime: () => dateTime(credit.account.closedAt),
      currency: () =>
        credit.unit === "energy"
          ? ({ name: "kWh", scale: -3, unit: "consumption" } as const)
          : ({ ...credit.currency, unit: "monetary" } as const),
      lowCreditThreshold: () => {
        const { low1, emergencyLow } = credit.terms;
        return credit.creditInUse === "emergency" ? emergencyLow : credit.creditInUse === "token" ? low1 : 0;
      },
      nextCreditAvailableThreshold: () => (credit.creditInUse === "token" ? credit.terms.emergencyOffer : noThreshold),
      maxProvision: {
        get: () => Math.min(0xffff, credit.terms.maximumProvision),
        set: (maximumProvision) => settle(credit.setTerms({ maximumProvision })),
      },
      maxProvisionPeriod: {
        get: () => credit.settings.maximumProvisionPeriod,
        set: (maximumProvisionPeriod) =>
          maximumProvisionPeriod < 0 ? refuse("other-reason") : settle(credit.configure({ maximumProvisionPeriod })),
      },
    },
    methods: passive
      ? { activateAccount: () => settle(credit.setMode(credit.nextMode)) }
      : {
          activateAccount: () => settle(credit.setAccount("active")),
          closeAccount: () => settle(credit.setAccount("closed")),
          resetAccount: () => settle(credit.setAccount("new")),
        },
  });
}

function statusBits({ credit }: Meter): readonly number[] {
  const emergency = credit.statusOf("emergency");
  const holds: Readonly<Record<(typeof accountCreditStatus)[number], boolean>> = {
    "in-credit": credit.available > 0,
    "low-credit": credit.lowLevel > 0,
    "next-credit-enabled": emergency === "enabled",
    "next-credit-selectable": emergency === "selectable",
    "next-credit-selected": emergency === "selected",
    "selectable-credit-in-use": emergency === "in-use",
    "out-of-credit": credit.exhausted,
  };
  return accountCreditStatus.flatMap((name, bit) => (holds[name] ? [bit] : []));
}

function configurationOf({ credit, charge, disconnected, limited, friendly }: CollectionRule): CreditChargeConfiguration {
  const conditions = [disconnected, limited, friendly];
  return {
    credit: creditObjects[credit],
    charge: chargeObjects[charge],
    collection: bitString(
      conditions.length,
      [...conditions.keys()].filter((bit) => conditions[bit] === true),
    ),
  };
}

function ruleOf({ credit, charge, collection }: CreditChargeConfiguration): CollectionRule | undefined {
  const creditName = creditNames.find((name: CreditName) => creditObjects[name] === credit);
  const chargeName = chargeNames.find((name: ChargeName) => chargeObjects[name] === charge);
  if (creditName === undefined || chargeName === undefined) return undefined;
  const [disconnected = false, limited = false, friendly = false] = [0, 1, 2].map((bit) => bitAt(collection, bit));
  return { credit: creditName, charge: chargeName, disconnected, limited, friendly };
}
