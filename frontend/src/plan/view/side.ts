/** The panel of the current task: why its dates are so, every field, its links, its notes. */
import { type Column, COLUMNS, editText, mayEdit } from "../model/columns";
import { toneOf } from "../model/geometry";
import { hasParts } from "../model/outline";
import { at } from "../model/select";
import type { Id } from "../model/types";
import { cellKey, type Session } from "../session";
import { icon } from "../../lib/dom";
import { button, h, newId } from "./build";
import type { Network, Why } from "./net";

const FIELDS = ["name", "duration", "percent", "start", "finish", "remaining", "actual_start", "actual_finish", "deadline", "service", "constraint", "constraint_at", "predecessors", "resources", "work", "priority"];
const WIDE = new Set(["name", "service", "constraint", "predecessors", "resources"]);

export class Side {
  readonly element = h("aside", "panel plan-side");
  private shownId: Id | null = null;
  private shownKey = "";
  private why: Why | null = null;
  private ask: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly session: Session,
    private readonly network: Network,
    private readonly onClose: () => void,
  ) {
    this.element.setAttribute("aria-label", session.say("detail"));
    this.element.hidden = true;
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  show(): void {
    this.element.hidden = false;
    this.shownKey = "";
    this.refresh();
    this.element.querySelector<HTMLElement>("input")?.focus();
  }

  close(): void {
    this.element.hidden = true;
    this.onClose();
  }

  /** Follow the current task; a field in which one types is left alone. */
  refresh(): void {
    const { session } = this;
    const id = session.selection.cursor?.id ?? null;
    if (!this.open || id === null || session.rowOf(id) < 0) return;
    const key = `${id}:${session.store.revision}:${session.queue.waiting}:${session.faults.size}`;
    if (key === this.shownKey || (id === this.shownId && this.element.contains(document.activeElement) && document.activeElement?.matches("input, textarea, select") && session.queue.waiting > 0)) return;
    const other = id !== this.shownId;
    this.shownKey = key;
    this.shownId = id;
    if (other) this.why = null;
    this.draw(id);
    if (id > 0 && session.queue.idle) {
      clearTimeout(this.ask);
      this.ask = setTimeout(() => void this.load(id), other ? 120 : 0);
    }
  }

  private async load(id: Id): Promise<void> {
    try {
      this.why = await this.network.why(id);
    } catch {
      this.why = { reasons: [] };
    }
    if (id === this.shownId) this.draw(id);
  }

  private draw(id: Id): void {
    const held = document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement) ? document.activeElement : null;
    if (held?.matches("input, textarea, select") && (held as HTMLInputElement).value !== held.dataset["began"]) return;
    const name = held?.dataset["field"];
    const { session } = this;
    const { say } = session;
    const row = session.rowOf(id);
    const close = h("button", "icon-button", { type: "button", "aria-label": say("close") }, icon("x"));
    close.addEventListener("click", () => this.close());
    this.element.replaceChildren(
      h("div", "panel-section plan-side-head", {}, h("div", "", {}, h("span", "code", {}, session.store.tasks.wbs[row] || String(row + 1)), ...this.badges(row), h("h2", "", {}, session.name(id))), close),
      this.reasons(id),
      this.fields(id, row),
      this.links(id),
      this.notes(id),
    );
    if (name) this.element.querySelector<HTMLElement>(`[data-field="${name}"]`)?.focus({ preventScroll: true });
  }

  private badges(row: number): HTMLElement[] {
    const { session } = this;
    const tone = toneOf(session.store, row);
    const css = { critical: "badge-red", near: "badge-amber", done: "", plain: "", off: "" }[tone];
    const words = hasParts(session.outline, row) ? [session.say("tone_summary")] : [session.say(`tone_${tone}`)];
    if (session.store.tasks.manual[row]) words.push(session.say("tone_manual"));
    return words.map((text, index) => h("span", `badge ${index === 0 ? css : ""}`, {}, text));
  }

  private reasons(id: Id): HTMLElement {
    const { session } = this;
    const start = session.store.value(id, "start");
    const section = h("section", "panel-section", {}, h("h3", "", {}, session.say("why_title", { day: session.dates.day(start) })));
    const problems = session.store.problems.filter((one) => one.task === id);
    for (const problem of problems) section.append(h("p", "plan-problem", {}, icon("triangle-alert"), h("span", "", {}, problem.text, problem.remedy ? ` ${problem.remedy}` : "")));
    if (id < 0) return section;
    if (!this.why) section.append(h("p", "faint", {}, session.say("why_wait")));
    else if (this.why.reasons.length === 0) section.append(h("p", "faint", {}, session.say("why_none")));
    else {
      section.append(h("ol", "plan-why", {}, ...this.why.reasons.map((reason) => {
        const row = session.store.row(reason.task);
        const tone = row < 0 ? "plain" : toneOf(session.store, row);
        const item = h("li", `is-${tone}`);
        if (row >= 0 && reason.task !== id) {
          const go = h("button", "button-link", { type: "button" }, reason.text);
          go.addEventListener("click", () => this.go(reason.task!));
          item.append(go);
        } else item.append(reason.text);
        return item;
      })));
    }
    return section;
  }

  private go(id: Id): void {
    this.session.select(at({ id, column: "name" }));
    this.element.dispatchEvent(new CustomEvent("plan-show", { bubbles: true, detail: id }));
  }

  private fields(id: Id, row: number): HTMLElement {
    const made = FIELDS.map((key) => this.field(id, row, COLUMNS.find((one) => one.key === key)!));
    return h("section", "panel-section plan-fields", {}, ...made);
  }

  private field(id: Id, row: number, column: Column): HTMLElement {
    const { session } = this;
    const fault = session.faults.get(cellKey(id, column.key));
    const name = newId("plan-field");
    const may = mayEdit(session.reading, row, column);
    const input = column.sort === "choice"
      ? h("select", "select", { id: name, disabled: !may }, ...Object.entries(session.settings.constraints).map(([value, label]) => h("option", "", { value }, label)))
      : h("input", `input${column.sort === "text" ? "" : " num"}`, { id: name, type: "text", autocomplete: "off", readonly: !may });
    const value = fault?.text ?? editText(session.reading, row, column);
    input.value = value;
    input.dataset["began"] = value;
    input.dataset["field"] = column.key;
    input.addEventListener("change", () => {
      input.dataset["began"] = input.value;
      session.setCells([{ id, column: column.key, text: input.value }]);
    });
    input.addEventListener("keydown", (event) => {
      if ((event as KeyboardEvent).key === "Escape" && input.value !== input.dataset["began"]) {
        event.preventDefault();
        event.stopPropagation();
        input.value = input.dataset["began"] ?? "";
      }
    });
    const box = h("div", `field${WIDE.has(column.key) ? " is-wide" : ""}`, {}, h("label", "", { for: name }, session.say(`column_${column.key}_long`)), input);
    if (fault) {
      const note = h("span", "field-error", { id: `${name}-note` }, fault.message);
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", note.id);
      box.append(note);
    }
    return box;
  }

  private links(id: Id): HTMLElement {
    const { session } = this;
    const { links } = session.store;
    const items: HTMLElement[] = [];
    links.id.forEach((link, index) => {
      const before = links.successor[index] === id;
      if (!before && links.predecessor[index] !== id) return;
      const other = before ? links.predecessor[index]! : links.successor[index]!;
      const open = h("button", "button-link", { type: "button" }, session.name(other));
      open.addEventListener("click", () => this.go(other));
      const text = `${links.kind[index]}${links.lag_text[index] ? ` ${links.lag_text[index]}` : ""}`;
      const item = h("li", "", {}, h("span", "faint", {}, session.say(before ? "link_from" : "link_to")), open, h("span", "faint", {}, text), links.driving[index] ? h("span", "badge badge-accent", {}, session.say("driving")) : "");
      if (session.editable) {
        const cut = h("button", "icon-button is-small", { type: "button", "aria-label": session.say("unlink_named", { name: session.name(other) }) }, icon("unlink"));
        cut.addEventListener("click", () => session.send([{ do: "unlink", link }], session.say("undo_unlink")));
        item.append(cut);
      }
      items.push(item);
    });
    return h("section", "panel-section", {}, h("h3", "", {}, session.say("links")), items.length ? h("ul", "plan-linklist", {}, ...items) : h("p", "faint", {}, session.say("links_none")));
  }

  private notes(id: Id): HTMLElement {
    const { session } = this;
    const name = newId("plan-notes");
    const field = h("textarea", "textarea", { id: name, rows: 4, readonly: !session.reporting || (this.why?.notes === undefined && id > 0) });
    const fault = session.faults.get(cellKey(id, "notes"));
    field.value = fault?.text ?? this.why?.notes ?? "";
    field.dataset["began"] = field.value;
    field.dataset["field"] = "notes";
    field.addEventListener("change", () => {
      field.dataset["began"] = field.value;
      if (this.why) this.why.notes = field.value;
      session.setField(id, "notes", field.value, session.say("undo_notes"));
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || field.value === field.dataset["began"]) return;
      event.preventDefault();
      event.stopPropagation();
      field.value = field.dataset["began"] ?? "";
    });
    const wrong = fault ? [h("span", "field-error", { role: "alert" }, fault.message)] : [];
    return h("section", "panel-section", {}, h("div", "field", {}, h("label", "", { for: name }, session.say("notes")), field, ...wrong), button(session.say("close"), () => this.close()));
  }
}
