/** An element of a document, with its text and elements in order. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (Element | string)[];
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const tag = /<(\/?)([a-z][a-z0-9]*)((?:\s+[A-Za-z0-9:-]+="[^"<>]*")*)\s*(\/?)>/y;

/**
 * Reads a document in the syntax of XML as strictly as a report is written: every element closed, every attribute quoted,
 * no comment, no character reference but the five. Fails at the first octet that is anything else.
 */
export function parseDocument(text: string): Element {
  const doctype = "<!DOCTYPE html>\n";
  if (!text.startsWith(doctype)) throw new Error("no document type");
  const open: { name: string; attributes: Record<string, string>; content: (Element | string)[] }[] = [];
  let root: Element | undefined;
  let at = doctype.length;
  while (at < text.length) {
    const next = text.indexOf("<", at);
    if (next !== at) {
      const end = next < 0 ? text.length : next;
      const inside = open.at(-1);
      const words = plain(text.slice(at, end));
      if (inside !== undefined) inside.content.push(words);
      else if (words.trim() !== "") throw new Error(`text outside of the document: ${words}`);
      at = end;
      continue;
    }
    tag.lastIndex = at;
    const found = tag.exec(text);
    if (found === null) throw new Error(`no tag: ${text.slice(at, at + 60)}`);
    const [whole, closing, name = "", attributes = "", empty] = found;
    at += whole.length;
    if (closing === "/") {
      const ended = open.pop();
      if (ended?.name !== name) throw new Error(`</${name}> ends <${ended?.name}>`);
      if (open.length === 0) root = ended;
      continue;
    }
    if (root !== undefined) throw new Error("more than one root");
    const element = { name, attributes: attributesOf(attributes), content: [] };
    open.at(-1)?.content.push(element);
    if (empty !== "/") open.push(element);
  }
  if (root === undefined || open.length > 0) throw new Error(`<${open.at(-1)?.name}> does not end`);
  return root;
}

/** All elements of this name within another, in order. */
export function elements(within: Element, name: string): readonly Element[] {
  return within.content.flatMap((part) => {
    if (typeof part === "string") return [];
    return part.name === name ? [part, ...elements(part, name)] : elements(part, name);
  });
}

/** Every element within another. */
export function everyElement(within: Element): readonly Element[] {
  return within.content.flatMap((part) => (typeof part === "string" ? [] : [part, ...everyElement(part)]));
}

/** The text of an element and of those within it. */
export function textOf(element: Element): string {
  return element.content.map((part) => (typeof part === "string" ? part : textOf(part))).join("");
}

/** The cells of the rows of every table, as text. */
export function rowsOf(document: Element): readonly (readonly string[])[] {
  return elements(document, "tr").map((row) => elements(row, "td").map(textOf));
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([A-Za-z0-9:-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, plain(value)] as const);
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(pairs);
}

function plain(text: string): string {
  if (/>/.test(text)) throw new Error(`unescaped > in ${text}`);
  return text.replace(/&([^;&]*);?/g, (reference, name: string) => {
    const character = reference.endsWith(";") ? entities[name] : undefined;
    if (character === undefined) throw new Error(`unknown reference ${reference}`);
    return character;
  });
}
