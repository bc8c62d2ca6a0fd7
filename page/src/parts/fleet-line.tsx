import { Component } from "preact";
import type { FleetRow } from "../../../src/dashboard/contract.ts";
import type { FleetOrder } from "../fleet-order.ts";
import { hashOf } from "../route.ts";
import { plain } from "../words.ts";
import { alarmsText, fleetColumns, stateText } from "./fleet-columns.tsx";

interface FleetLineProps {
  readonly row: FleetRow;
  /** Its number in the table, as screen readers count. */
  readonly number: number;
  /** It takes part in the order of the Tab key. */
  readonly isStop: boolean;
  readonly narrow: boolean;
  /** What the table is sorted by. */
  readonly by: FleetOrder;
}

/** A meter in the table, drawn anew only when something of it is another. */
export class FleetLine extends Component<FleetLineProps> {
  override shouldComponentUpdate({ row, number, isStop, narrow, by }: FleetLineProps): boolean {
    const { props } = this;
    return row !== props.row || number !== props.number || isStop !== props.isStop || narrow !== props.narrow || by !== props.by;
  }

  override render({ row, number, isStop, narrow, by }: FleetLineProps) {
    const link = (
      <a href={hashOf({ view: "live", meter: row.id })} data-meter={row.id} tabIndex={isStop ? 0 : -1}>
        {row.name}
      </a>
    );
    return (
      <tr aria-rowindex={number} class={row.online ? "" : "off"}>
        {narrow ? <TwoLines row={row} link={link} by={by} /> : <Cells row={row} link={link} />}
      </tr>
    );
  }
}

interface CellsProps {
  readonly row: FleetRow;
  readonly link: preact.JSX.Element;
}

function Cells({ row, link }: CellsProps) {
  return (
    <>
      <th scope="row">{link}</th>
      {fleetColumns.slice(1).map(({ by, content, looks }) => (
        <td key={by} class={looks}>
          {content(row)}
        </td>
      ))}
    </>
  );
}

const contentOf = Object.fromEntries(fleetColumns.map(({ by, content }) => [by, content]));

/** On the right stands what the table is sorted by, where it stands nowhere else. */
const rightOf: Partial<Readonly<Record<FleetOrder, string>>> = { serial: "", drift: "drift ", power: "" };

function TwoLines({ row, link, by }: CellsProps & { readonly by: FleetOrder }) {
  const supply = row.relay === null || row.relay === "connected" ? "" : plain(row.relay);
  const trouble = [row.online ? "" : stateText(row), supply, alarmsText(row)].filter(Boolean).join(" · ");
  const power = row.power === null || by === "power" ? "" : ` · ${contentOf["power"]?.(row)}`;
  const lead = rightOf[by];
  const value = lead === undefined ? undefined : contentOf[by]?.(row);
  return (
    <>
      <th scope="row">
        {link} <span class={trouble === "" ? "muted" : "bad"}>{trouble || `online${power}`}</span>
      </th>
      <td class="right">
        <span>{contentOf["credit"]?.(row) || "\u00a0"}</span>{" "}
        <span class="muted">{value ? [lead, value] : contentOf["contact"]?.(row)}</span>
      </td>
    </>
  );
}
