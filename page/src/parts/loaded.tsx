import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../server.ts";

type State<T> = { readonly path: string } & ({ readonly data: T } | { readonly error: string } | { readonly pending: true });

interface LoadedProps<T> {
  /** Below `/api`. */
  readonly path: string;
  /** Another number has it asked for anew; what is there stays meanwhile. */
  readonly version?: number;
  readonly children: (data: T) => ComponentChildren;
}

/** Shows what the server gives for a path; meanwhile that it is asked, and else what it says. */
export function Loaded<T>({ path, version = 0, children }: LoadedProps<T>) {
  const [state, setState] = useState<State<T>>({ path, pending: true });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let wanted = true;
    setState((known) => (known.path === path && "data" in known ? known : { path, pending: true }));
    get<T>(path).then(
      (data) => wanted && setState({ path, data }),
      (error: unknown) => wanted && setState({ path, error: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [path, tries, version]);
  if (state.path !== path || "pending" in state) return <p class="muted">reading …</p>;
  if ("data" in state) return <>{children(state.data)}</>;
  return (
    <p class="notice" role="alert">
      {state.error}{" "}
      <button type="button" onClick={() => setTries(tries + 1)}>
        try again
      </button>
    </p>
  );
}
