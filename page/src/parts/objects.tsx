import { useState } from "preact/hooks";
import type { PageAttribute, PageObject } from "../../../src/dashboard/contract.ts";
import { timeText } from "../format.ts";
import { get } from "../server.ts";
import { Loaded } from "./loaded.tsx";

const locale = navigator.language;

/** What this client sees of the meter; a click reads. */
export function ObjectsPanel({ meter }: { readonly meter: string }) {
  const [search, setSearch] = useState("");
  const [classId, setClassId] = useState(0);
  const [open, setOpen] = useState<string>();
  return (
    <Loaded<readonly PageObject[]> path={`/meters/${encodeURIComponent(meter)}/objects`}>
      {(objects) => {
        const words = search.toLowerCase().split(/\s+/).filter(Boolean);
        const found = objects.filter((object) => {
          const text = `${object.name} ${object.logicalName} ${object.className} class ${object.classId}`.toLowerCase();
          return (classId === 0 || object.classId === classId) && words.every((word) => text.includes(word));
        });
        const classes = new Map(objects.map((object) => [object.classId, object.className]));
        return (
          <>
            <p class="filters">
              <label>
                <span class="sr">Search objects</span>
                <input
                  type="search"
                  placeholder="name, OBIS or class"
                  value={search}
                  onInput={({ currentTarget }) => setSearch(currentTarget.value)}
                />
              </label>
              <label>
                <span class="sr">Class</span>
                <select value={classId} onChange={({ currentTarget }) => setClassId(Number(currentTarget.value))}>
                  <option value={0}>all classes</option>
                  {[...classes]
                    .sort(([one], [other]) => one - other)
                    .map(([id, name]) => (
                      <option key={id} value={id}>
                        {name} ({id})
                      </option>
                    ))}
                </select>
              </label>
              <span class="muted" role="status">
                {found.length} of {objects.length}
              </span>
            </p>
            <ul class="objects">
              {found.map((object) => {
                const key = `${object.classId}/${object.logicalName}`;
                return (
                  <li key={key}>
                    <button
                      type="button"
                      class="quiet"
                      aria-expanded={open === key}
                      onClick={() => setOpen(open === key ? undefined : key)}
                    >
                      <span class="code">{object.logicalName}</span> {object.name}{" "}
                      <small>
                        {object.className}, class {object.classId} v{object.version}
                      </small>
                    </button>
                    {open === key && <Attributes meter={meter} object={object} />}
                  </li>
                );
              })}
            </ul>
          </>
        );
      }}
    </Loaded>
  );
}

function Attributes({ meter, object }: { readonly meter: string; readonly object: PageObject }) {
  const [values, setValues] = useState<Readonly<Record<number, string>>>({});
  const note = (id: number, text: string) => setValues((known) => ({ ...known, [id]: text }));
  const read = (id: number): void => {
    note(id, "reading …");
    get<PageAttribute>(`/meters/${encodeURIComponent(meter)}/objects/${object.classId}/${object.logicalName}/${id}`).then(
      ({ text, readTime }) => note(id, `${text}  (${timeText(readTime, locale)})`),
      (error: unknown) => note(id, error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <table>
      <tbody>
        {object.attributes.map(({ id, name, access }) => (
          <tr key={id}>
            <th scope="row">
              {id} {name}
            </th>
            <td>{access}</td>
            <td>
              {access.startsWith("r") && (
                <button type="button" onClick={() => read(id)} aria-label={`Read ${name}`}>
                  read
                </button>
              )}
            </td>
            <td class="value" aria-live="polite">
              {values[id]}
            </td>
          </tr>
        ))}
        {object.methods.map(({ id, name, access }) => (
          <tr key={`m${id}`}>
            <th scope="row">
              method {id} {name}
            </th>
            <td colSpan={3}>{access}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
