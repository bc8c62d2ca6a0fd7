/** What is looked at of a meter. */
export const views = ["live", "history", "prepayment", "engineering"] as const;
export type View = (typeof views)[number];

/** Where the page is: the fleet, or a view of a meter. */
export type Route = { readonly view: "fleet" } | { readonly view: View; readonly meter: string };

/** "#/meter/house/live" to a route; whatever it is not is the fleet. */
export function parseRoute(hash: string): Route {
  const [, id, name] = /^#\/meter\/([^/]+)(?:\/(\w+))?$/.exec(hash) ?? [];
  if (id === undefined) return { view: "fleet" };
  try {
    return { view: views.find((view) => view === name) ?? "live", meter: decodeURIComponent(id) };
  } catch {
    return { view: "fleet" };
  }
}

export function hashOf(route: Route): string {
  return route.view === "fleet" ? "#/" : `#/meter/${encodeURIComponent(route.meter)}/${route.view}`;
}
