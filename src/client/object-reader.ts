import { ByteReader } from "../bytes/byte-reader.ts";
import { accessRightsOf } from "../cosem-objects/access.ts";
import { findClass } from "../cosem-objects/catalogue.ts";
import { Account, currency, unitOfCurrency } from "../cosem-objects/classes/account.ts";
import { type AccessRights, AssociationLn, currentAssociation, type ObjectListElement } from "../cosem-objects/classes/association-ln.ts";
import { AssociationSn, type ShortNameListElement } from "../cosem-objects/classes/association-sn.ts";
import { attributeById } from "../cosem-objects/define.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { nameOf } from "../cosem-objects/names.ts";
import { type ScalerUnit, scalerUnit } from "../cosem-objects/unit.ts";
import { encodeData } from "../dlms/axdr/data.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import type { DataAccessResult } from "../dlms/xdlms/results.ts";
import { DataAccessError, DecodeError, ExceptionResponseError } from "../errors.ts";
import type { AttributeAddress, AttributeOutcome, DlmsClient } from "./dlms-client.ts";

/** One attribute of a visible object, with everything needed to show it. */
export interface AttributeReading {
  readonly logicalName: LogicalName;
  readonly classId: number;
  readonly attribute: number;
  /** Name of the object, and of the attribute within its class. */
  readonly name: string | undefined;
  readonly attributeName: string | undefined;
  /** Scaler and unit, for the attributes that have them. */
  readonly scalerUnit: ScalerUnit | undefined;
  readonly value: DlmsData | undefined;
  readonly error: DataAccessResult | undefined;
}

/** What an association shows and does not change: worth keeping from one session to the next. */
export interface DeviceView {
  readonly objects: readonly ObjectListElement[];
  /** Scalers and units read so far, by `logical name:attribute`. */
  readonly scalers: Map<string, ScalerUnit>;
  /** Base names 0..FFFF, of an association with short names that has just been asked. */
  readonly baseNames?: ReadonlyMap<LogicalName, number>;
}

/** The current association's list of objects. */
export async function readDeviceView(client: DlmsClient): Promise<DeviceView> {
  if (client.context.referencing === "short-name") return readShortNameView(client);
  return { objects: await client.get(AssociationLn, currentAssociation, "objectList"), scalers: new Map() };
}

/** With short names the list and the rights are two attributes, joined by base name. */
async function readShortNameView(client: DlmsClient): Promise<DeviceView> {
  const list = await client.get(AssociationSn, currentAssociation, "objectList");
  const rights = await readShortNameRights(client, list);
  return {
    objects: list.map(({ baseName, ...object }) => ({ ...object, accessRights: rights?.get(baseName) ?? usualRights(object) })),
    scalers: new Map(),
    baseNames: new Map(list.map(({ logicalName, baseName }) => [logicalName, baseName & 0xffff])),
  };
}

/** Undefined where the meter does not tell: many have an association object without this attribute, or of a type of their own. */
async function readShortNameRights(
  client: DlmsClient,
  list: readonly ShortNameListElement[],
): Promise<ReadonlyMap<number, AccessRights> | undefined> {
  const association = list.find(({ classId, logicalName }) => classId === AssociationSn.classId && logicalName === currentAssociation);
  if (association !== undefined && association.version < AssociationSn.version) return undefined;
  try {
    const rights = await client.get(AssociationSn, currentAssociation, "accessRightsList");
    return new Map(rights.map(({ baseName, ...accessRights }) => [baseName, accessRights]));
  } catch (error) {
    if (error instanceof DataAccessError || error instanceof ExceptionResponseError || error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Attributes are read only and methods out of reach, where a meter says nothing else (DLMS UA, on association objects). */
function usualRights({ classId, version }: Pick<ShortNameListElement, "classId" | "version">): AccessRights {
  const cosemClass = findClass(classId, version);
  if (cosemClass === undefined) return { attributeAccess: [], methodAccess: [] };
  return accessRightsOf(cosemClass, { read: true, write: false, invoke: false });
}

/** For each class, the attribute that holds scaler and unit, and those it speaks of (Blue Book class tables). */
const scaled: Readonly<Record<number, { readonly scaler: number; readonly values: readonly number[] }>> = {
  3: { scaler: 3, values: [2] },
  4: { scaler: 3, values: [2] },
  5: { scaler: 4, values: [2, 3] },
  [Account.classId]: { scaler: Account.attributes.currency.id, values: [5, 6, 7, 8, 16, 17] },
};

/** Attribute 2 is what an object is for, in every class. */
export const mainAttribute = 2;

/** Reads attributes by logical name, knowing classes, names and scalers from the association's view. */
export class ObjectReader {
  readonly #client: DlmsClient;
  readonly #view: DeviceView;
  readonly #byName: ReadonlyMap<LogicalName, ObjectListElement>;

  constructor(client: DlmsClient, view: DeviceView) {
    this.#client = client;
    this.#view = view;
    this.#byName = new Map(view.objects.map((element) => [element.logicalName, element]));
  }

  /** The object as the association lists it, or undefined where it is not visible. */
  find(logicalName: LogicalName): ObjectListElement | undefined {
    return this.#byName.get(logicalName);
  }

  /** Attributes that the association may read, of all visible objects; object lists and buffers left out. */
  readable(): readonly { readonly logicalName: LogicalName; readonly attribute: number }[] {
    return this.#view.objects.flatMap(({ logicalName, accessRights }) =>
      accessRights.attributeAccess
        .filter(
          ({ accessMode, accessSelectors }) =>
            typeof accessMode === "string" && accessMode.includes("read") && accessSelectors === undefined,
        )
        .map(({ attributeId }) => ({ logicalName, attribute: attributeId })),
    );
  }

  /** Values with their scalers, in the order asked for. An object that is not visible is a refusal. */
  async read(items: readonly { readonly logicalName: LogicalName; readonly attribute: number }[]): Promise<readonly AttributeReading[]> {
    const visible = items.filter(({ logicalName }) => this.#byName.has(logicalName));
    const addresses = visible.map((item) => this.#address(item));
    const scalers = this.#neededScalers(addresses);
    const outcomes = await this.#client.getMany([...scalers, ...addresses]);
    this.#learnScalers(scalers, outcomes);
    const found = new Map(visible.map((item, index) => [keyOf(item), outcomes[scalers.length + index]]));
    return items.map((item) => {
      const outcome = found.get(keyOf(item));
      return { ...this.#describe(item), value: outcome?.value, error: outcome === undefined ? "object-undefined" : outcome.error };
    });
  }

  /** Scalers and units of attributes, read at their first use; undefined for what has none. */
  async scalersOf(
    items: readonly { readonly classId: number; readonly logicalName: LogicalName; readonly attribute: number }[],
  ): Promise<readonly (ScalerUnit | undefined)[]> {
    const needed = this.#neededScalers(items.filter((item) => !this.#view.scalers.has(keyOf(item))));
    if (needed.length > 0) this.#learnScalers(needed, await this.#client.getMany(needed));
    return items.map((item) => this.#view.scalers.get(keyOf(item)));
  }

  #describe({
    logicalName,
    attribute,
  }: {
    readonly logicalName: LogicalName;
    readonly attribute: number;
  }): Omit<AttributeReading, "value" | "error"> {
    const element = this.#byName.get(logicalName);
    const cosemClass = element && findClass(element.classId, element.version);
    return {
      logicalName,
      classId: element?.classId ?? 0,
      attribute,
      name: nameOf(logicalName),
      attributeName: cosemClass && attributeById(cosemClass, attribute)?.name,
      scalerUnit: this.#view.scalers.get(keyOf({ logicalName, attribute })),
    };
  }

  #address({ logicalName, attribute }: { readonly logicalName: LogicalName; readonly attribute: number }): AttributeAddress {
    return { classId: (this.#byName.get(logicalName) as ObjectListElement).classId, logicalName, attribute };
  }

  /** Where the scalers are that these values need and that are not known, or may have changed since; each once. */
  #neededScalers(addresses: readonly AttributeAddress[]): readonly AttributeAddress[] {
    const needed = new Map<LogicalName, AttributeAddress>();
    for (const address of addresses) {
      const { classId, logicalName, attribute } = address;
      const definition = scaled[classId];
      if (definition?.values.includes(attribute) !== true) continue;
      if (!this.#view.scalers.has(keyOf(address)) || isAmount(address))
        needed.set(logicalName, { classId, logicalName, attribute: definition.scaler });
    }
    return [...needed.values()];
  }

  /** A scaler holds for every value of its object. */
  #learnScalers(addresses: readonly AttributeAddress[], outcomes: readonly AttributeOutcome[]): void {
    addresses.forEach(({ classId, logicalName }, index) => {
      const value = outcomes[index]?.value;
      const known = value === undefined ? undefined : asScalerUnit(value);
      if (known === undefined) return;
      for (const attribute of scaled[classId]?.values ?? []) this.#view.scalers.set(keyOf({ logicalName, attribute }), known);
    });
  }
}

function keyOf({ logicalName, attribute }: { readonly logicalName: LogicalName; readonly attribute: number }): string {
  return `${logicalName}:${attribute}`;
}

/** Amounts of an account: of energy today and of money tomorrow, as the meter is paid for. */
function isAmount({ classId, logicalName }: AttributeAddress): boolean {
  return classId === Account.classId || /^0\.\d+\.96\.6[01]\./.test(logicalName);
}

/** Undefined where a meter has something else there. */
function asScalerUnit(value: DlmsData): ScalerUnit | undefined {
  try {
    const isCurrency = value.type === "structure" && value.value.length === 3;
    if (isCurrency) return unitOfCurrency(currency.read(new ByteReader(encodeData(value))));
    return scalerUnit.read(new ByteReader(encodeData(value)));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
