/** The ways of looking at a plan and their addresses. Pure. */

export const VIEWS = ["chart", "board", "network", "calendar"] as const;
export type ViewName = (typeof VIEWS)[number];

/** The way of looking that an address asks for, if it names one. */
export function viewIn(address: string): ViewName | "progress" | null {
  const asked = new URLSearchParams(address).get("view");
  return asked === "progress" || VIEWS.some((one) => one === asked) ? (asked as ViewName | "progress") : null;
}

/** An address with another view in it; all else that it says stays. */
export function addressOf(address: string, view: string): string {
  const query = new URLSearchParams(address);
  query.set("view", view);
  return `?${query.toString()}`;
}
