import { signal } from "@preact/signals";

/** How rows look, in pixels: the style sheet takes the heights from here. */
export interface FleetLayout {
  readonly narrow: boolean;
  readonly rowHeight: number;
  /** Of the heading that stays above the rows. */
  readonly head: number;
}

const wide: FleetLayout = { narrow: false, rowHeight: 36, head: 36 };
/** Two lines a meter, without a heading. */
const narrow: FleetLayout = { narrow: true, rowHeight: 56, head: 0 };

const query = matchMedia("(max-width: 50rem)");

export const layout = signal(query.matches ? narrow : wide);
query.addEventListener("change", () => {
  layout.value = query.matches ? narrow : wide;
});
