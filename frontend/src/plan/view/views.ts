/** The switch between the views of a plan. */
import { icon } from "../../lib/dom";
import { addressOf, type ViewName, VIEWS } from "../model/views";
import type { Say } from "../words";
import { h } from "./build";

const ICONS: Readonly<Record<ViewName, string>> = { chart: "chart-no-axes-gantt", board: "square-kanban", network: "workflow", calendar: "calendar-days" };

/** Links from one view to the others: drawings, with names for those who hear them and those who wait over them. */
export function views(say: Say, current: ViewName): HTMLElement {
  const link = (name: ViewName) => h("a", "", { href: addressOf(location.search, name), "aria-label": say(`view_${name}`), title: say(`view_${name}`), "aria-current": name === current ? "page" : undefined }, icon(ICONS[name]));
  return h("nav", "segments plan-views", { "aria-label": say("views") }, ...VIEWS.map(link));
}
