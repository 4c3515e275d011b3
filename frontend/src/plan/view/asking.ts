/** Whose tasks and which: the fields of a filter that boards and calendars share. */
import { icon } from "../../lib/dom";
import { type Asked, peopleOf } from "../model/board";
import type { Session } from "../session";
import { h } from "./build";

export class Asking {
  readonly asked: Asked;
  readonly tools: HTMLElement[];
  private readonly person: HTMLSelectElement;

  constructor(
    private readonly session: Session,
    private readonly changed: () => void,
  ) {
    const { say } = session;
    this.asked = { text: "", person: "", only: "all", status: this.status };
    this.person = h("select", "select select-small plan-select", { "aria-label": say("board_person") });
    this.person.addEventListener("change", () => this.ask({ person: this.person.value }));
    const only = h("select", "select select-small plan-select", { "aria-label": say("show") }, ...(["all", "due", "critical", "late"] as const).map((one) => h("option", "", { value: one }, say(one === "due" ? "show_current" : `show_${one}`))));
    only.addEventListener("change", () => this.ask({ only: only.value as Asked["only"] }));
    const find = h("input", "input input-search plan-find", { type: "search", placeholder: say("find"), "aria-label": say("find") });
    find.addEventListener("input", () => this.ask({ text: find.value }));
    const picked = (label: string, field: HTMLElement) => h("label", "plan-pick", {}, h("span", "", { "aria-hidden": "true" }, label), field);
    this.tools = [picked(say("board_person"), this.person), picked(say("show"), only), h("span", "search-box plan-searchbox", {}, icon("search"), find)];
    this.refresh();
  }

  private get status(): number {
    return this.session.store.plan.status ?? this.session.settings.today;
  }

  private ask(by: Partial<Asked>): void {
    Object.assign(this.asked, by);
    this.changed();
  }

  /** Follow the plan: who is in it, and up to when progress is told. */
  refresh(): void {
    const { say, store } = this.session;
    this.asked.status = this.status;
    const names = ["", ...peopleOf(store)];
    if (names.join("\n") === [...this.person.options].map((one) => one.value).join("\n")) return;
    this.person.replaceChildren(...names.map((name) => h("option", "", { value: name }, name || say("board_everybody"))));
    this.person.value = names.includes(this.asked.person) ? this.asked.person : "";
    this.asked.person = this.person.value;
  }
}
