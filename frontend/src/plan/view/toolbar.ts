/** The bar of tools over the plan, the menus of it, and the key to the colours. */
import { COLUMNS, toggled } from "../model/columns";
import { ZOOMS, zoomName } from "../model/scale";
import type { Only } from "../model/wanted";
import type { Session } from "../session";
import { icon } from "../../lib/dom";
import { narrow } from "../../lib/screen";
import { button, h, isMac, newId } from "./build";
import type { Chart } from "./chart";
import { views } from "./views";

export interface Tools {
  element: HTMLElement;
  refresh(): void;
  find(): void;
  /** Show whether the histogram of resources is open. */
  pressUse(open: boolean): void;
}

export interface Deeds {
  detail(): void;
  /** Open or close the histogram of resources. */
  use(): void;
  print(): void;
  baseline(number: string): void;
  columns(): void;
  add(): void;
  help(): void;
  /** Put the focus into the grid. */
  grid(): void;
  reveal(): void;
  widen(by: number): void;
}

function choice(label: string, options: readonly [string, string][], act: (value: string) => void): { element: HTMLElement; field: HTMLSelectElement } {
  const field = h("select", "select select-small plan-select", { "aria-label": label }, ...options.map(([value, text]) => h("option", "", { value }, text)));
  field.addEventListener("change", () => act(field.value));
  return { element: h("label", "plan-pick", {}, h("span", "", { "aria-hidden": "true" }, label), field), field };
}

/** A button with a popover of checkboxes. */
function menu(label: string, name: string, items: () => Node[]): HTMLElement {
  const id = newId("plan-menu");
  const box = h("div", "menu plan-menu", { id, popover: "auto" });
  const opener = h("button", "button button-small button-icon", { type: "button", popovertarget: id, "aria-label": label, title: label }, icon(name));
  box.addEventListener("beforetoggle", (event) => {
    if ((event as ToggleEvent).newState === "open") box.replaceChildren(...items());
  });
  return h("span", "plan-menuwrap", {}, opener, box);
}

function tick(label: string, checked: boolean, act: (on: boolean) => void, disabled = false): HTMLElement {
  const field = h("input", "", { type: "checkbox", disabled });
  field.checked = checked;
  field.addEventListener("change", () => act(field.checked));
  return h("label", "menu-item", {}, field, label);
}

/** The key to the colours. */
export function legend(session: Session): HTMLElement {
  const { say } = session;
  const key = (css: string, text: string) => h("span", "key", {}, h("span", `plan-key ${css}`, { "aria-hidden": "true" }), text);
  return h("div", "plan-legend", {}, key("is-critical", say("key_critical")), key("is-near", say("key_near")), key("is-plain", say("key_other")), key("is-baseline", say("key_baseline")), key("is-float", say("key_float")), key("is-progress", say("key_progress")));
}

export function toolbar(session: Session, chart: Chart, deeds: Deeds): Tools {
  const { say } = session;
  const held = isMac ? "⌘" : "Ctrl ";
  const small = (name: string, label: string, key: string, act: () => void) => button(label, act, { icon: name, only: "icon", key });
  const undo = small("undo-2", say("undo"), `${held}Z`, () => session.undo());
  const redo = small("redo-2", say("redo"), `${held}Y`, () => session.redo());
  const edits = [
    small("plus", say("add"), say("key_insert"), () => deeds.add()),
    small("list-indent-decrease", say("outdent"), "Alt Shift ←", () => session.level("outdent")),
    small("list-indent-increase", say("indent"), "Alt Shift →", () => session.level("indent")),
    small("link", say("link"), `${held}F2`, () => session.link()),
    small("unlink", say("unlink"), `${held}Shift F2`, () => session.unlink()),
    small("trash-2", say("remove"), say("key_delete"), () => session.remove()),
  ];
  const baselines: [string, string][] = [["", say("baseline_none")], ...session.store.baselines.map((one): [string, string] => [String(one.number), one.name || say("baseline_n", { n: one.number })])];
  const baseline = choice(say("baseline"), baselines, (value) => deeds.baseline(value));
  const usual = session.store.baselines[0];
  if (usual) baseline.field.value = String(usual.number);
  const zoom = choice(say("zoom"), ZOOMS.map((one) => [one.name, say(`zoom_${one.name}`)]), (value) => {
    chart.zoom(ZOOMS.find((one) => one.name === value)!.perPixel);
    if (session.selection.cursor) chart.showBar(session.selection.cursor.id);
  });
  const show = choice(say("show"), (["all", "critical", "late", "current", "milestones", "service"] as const).map((one) => [one, say(`show_${one}`)]), (value) => {
    session.showOnly({ only: value as Only });
  });
  const levels = choice(say("level"), [["9", say("level_all")], ["1", "1"], ["2", "2"], ["3", "3"], ["4", "4"]], (value) => session.showLevels(Number(value)));
  const find = h("input", "input input-search plan-find", { type: "search", placeholder: say("find"), "aria-label": say("find") });
  find.addEventListener("input", () => {
    session.showOnly({ text: find.value });
    if (find.value.trim()) session.toMatch();
    deeds.reveal();
  });
  find.addEventListener("keydown", (event) => {
    if (event.isComposing || !["Enter", "ArrowDown", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      find.value = "";
      session.showOnly({ text: "" });
    }
    deeds.grid();
    deeds.reveal();
  });
  const columns = menu(say("columns"), "columns-3", () => COLUMNS.filter((one) => one.key !== "row").map((one) => tick(say(`column_${one.key}_long`), session.columnKeys.includes(one.key), () => {
    const wide = () => session.columns.reduce((sum, column) => sum + column.width, 0);
    const before = wide();
    session.columns = toggled(session.columns, one.key);
    deeds.columns();
    deeds.widen(wide() - before);
  }, one.key === "name")));
  const layers = menu(say("layers"), "layers", () => (["baseline", "float", "links", "progress"] as const).map((name) => tick(say(`layer_${name}`), chart.options[name], (on) => {
    chart.options[name] = on;
    session.select(session.selection);
  })));
  const fit = button(say("fit"), () => chart.fit());
  const use = small("chart-column", say("use_title"), "Alt R", () => deeds.use());
  use.setAttribute("aria-pressed", "false");
  const group = (...children: Node[]) => h("span", "plan-group", { role: "group" }, ...children);
  const search = h("span", "search-box plan-searchbox", {}, icon("search"), find);
  const element = h("div", "plan-tools", { role: "toolbar", "aria-label": say("tools") });
  element.append(views(say, "chart"));
  if (session.editable) element.append(group(undo, redo), group(...edits));
  element.append(
    baseline.element,
    group(zoom.element, small("minus", say("zoom_out"), "Alt −", () => chart.zoom(chart.perPixel * 1.5)), small("plus", say("zoom_in"), "Alt +", () => chart.zoom(chart.perPixel / 1.5)), ...(narrow.matches ? [] : [fit])),
    show.element, levels.element, search, columns, layers, use,
    small("info", say("detail"), "Alt Enter", () => deeds.detail()),
    small("circle-question-mark", say("help"), "F1", () => deeds.help()),
    small("printer", say("print"), `${held}P`, () => deeds.print()),
  );
  if (narrow.matches) element.prepend(h("a", "button button-small", { href: "?view=list" }, icon("list-checks"), say("phone_list")), fit);
  const refresh = () => {
    undo.disabled = session.queue.undoable === null;
    redo.disabled = session.queue.redoable === null;
    undo.title = `${say("undo")} ${session.queue.undoable ?? ""} (${held}Z)`;
    redo.title = `${say("redo")} ${session.queue.redoable ?? ""} (${held}Y)`;
    const name = zoomName(chart.perPixel);
    if (zoom.field.value !== name) zoom.field.value = name;
    if (baseline.field.options.length !== session.store.baselines.length + 1) {
      const kept = baseline.field.value;
      baseline.field.replaceChildren(...[["", say("baseline_none")], ...session.store.baselines.map((one) => [String(one.number), one.name || say("baseline_n", { n: one.number })])].map(([value, text]) => h("option", "", { value }, text!)));
      baseline.field.value = kept;
    }
  };
  const pressUse = (open: boolean) => use.setAttribute("aria-pressed", String(open));
  return { element, refresh, pressUse, find: () => {
    find.focus();
    find.select();
  } };
}
