/** Days from one to the other, the last one not included, as `2026-11-24`. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

const day = 86_400_000;
const quick = [1, 7, 31, 60] as const;

/** So many days up to the end of that of a stamp. */
export function lastDays(stamp: string, count: number): Days {
  const today = Date.parse(`${stamp.slice(0, 10)}T00:00:00Z`);
  return { from: dateOf(today - (count - 1) * day), to: dateOf(today + day) };
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

interface DateRangeProps {
  readonly range: Days;
  /** Where the meter is. */
  readonly today: string;
  readonly onChange: (range: Days) => void;
}

/** Days to look at; what is no range is not taken. */
export function DateRange({ range, today, onChange }: DateRangeProps) {
  const last = dateOf(Date.parse(`${range.to}T00:00:00Z`) - day);
  const take = (from: string, until: string): void => {
    if (from === "" || until === "" || from > until) return;
    onChange({ from, to: dateOf(Date.parse(`${until}T00:00:00Z`) + day) });
  };
  return (
    <p class="filters">
      <label>
        from <input type="date" value={range.from} max={last} onChange={({ currentTarget }) => take(currentTarget.value, last)} />
      </label>
      <label>
        to{" "}
        <input
          type="date"
          value={last}
          min={range.from}
          max={today}
          onChange={({ currentTarget }) => take(range.from, currentTarget.value)}
        />
      </label>
      {quick.map((count) => (
        <button type="button" key={count} onClick={() => onChange(lastDays(today, count))}>
          {count === 1 ? "today" : `${count} days`}
        </button>
      ))}
    </p>
  );
}
