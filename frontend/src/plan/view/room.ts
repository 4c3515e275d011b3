/** What every view but the chart has about it: the session, undo, what is told, the panel of a task, what others do meanwhile. */
import { icon, isTyping } from "../../lib/dom";
import { narrow } from "../../lib/screen";
import { chosenColumns } from "../model/columns";
import { at } from "../model/select";
import { addressOf, type ViewName } from "../model/views";
import type { Id } from "../model/types";
import { Session } from "../session";
import type { Start } from "./app";
import { button, h, isMac } from "./build";
import { Notice } from "./notice";
import { follow } from "./poll";
import { Side } from "./side";
import { views } from "./views";

/** A view in a room. */
export interface View {
  element: HTMLElement;
  /** What it has in the bar of tools. */
  tools: readonly HTMLElement[];
  /** Draw what there is; the focus stays where it is. */
  paint(): void;
  /** Put the focus on the current task. */
  focus(): void;
  /** Whether somebody drags or types, so that nothing may be drawn anew. */
  busy?(): boolean;
}

export class Room {
  readonly session: Session;
  readonly notice = new Notice(() => this.view.focus());
  readonly side: Side;
  private readonly view: View;
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;
  private frame = 0;

  constructor(
    readonly start: Start,
    name: ViewName,
    make: (room: Room) => View,
  ) {
    const { say, keep, network } = start;
    this.session = new Session(start.data, {
      say, language: start.language, today: start.today, transport: network, constraints: start.constraints, columns: chosenColumns(null), folded: [],
    }, {
      repaint: () => this.schedule(),
      reload: () => void network.data().then((fresh) => this.session.replace(fresh), () => this.notice.toast(say("reload_failed"))),
      announce: (text) => this.notice.announce(text),
      tell: (text, undo) => {
        this.notice.announce(text);
        this.notice.toast(text, say("undo"), undo ? () => this.session.undo() : null);
      },
      wayBackEnds: () => this.notice.endWayBack(),
      kept: (what, value) => keep.write(what, value),
    });
    this.side = new Side(this.session, network, () => this.view.focus());
    const held = isMac ? "⌘" : "Ctrl ";
    this.undo = button(say("undo"), () => this.session.undo(), { icon: "undo-2", only: "icon", key: `${held}Z` });
    this.redo = button(say("redo"), () => this.session.redo(), { icon: "redo-2", only: "icon", key: `${held}Y` });
    this.view = make(this);
    this.lay(name);
    this.listen();
    this.session.restore(keep.read("queue"));
    this.paint();
  }

  private lay(name: ViewName): void {
    const { host, say } = this.start;
    const tools = h("div", "plan-tools", { role: "toolbar", "aria-label": say("tools") });
    if (narrow.matches) tools.append(h("a", "button button-small", { href: addressOf(location.search, "progress") }, icon("list-checks"), say("phone_list")));
    tools.append(views(say, name));
    if (this.session.reporting) tools.append(h("span", "plan-group", { role: "group" }, this.undo, this.redo));
    tools.append(...this.view.tools);
    host.classList.add("plan", "plan-other");
    host.replaceChildren(tools, this.notice.bar, h("div", "plan-main", {}, this.view.element, this.side.element), this.notice.foot, this.notice.live);
  }

  private listen(): void {
    const { host, network, say } = this.start;
    host.addEventListener("keydown", (event) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || isTyping(event.target) || (key !== "z" && key !== "y")) return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) this.session.redo();
      else this.session.undo();
    });
    host.addEventListener("plan-show", () => this.paint());
    addEventListener("online", () => this.session.queue.retry());
    addEventListener("beforeunload", (event) => {
      if (!this.session.idle) event.preventDefault();
    });
    follow(network, this.session, () => this.view.busy?.() ?? false, (text) => {
      this.notice.others(text);
      this.notice.announce(text);
      this.schedule();
    }, say);
  }

  /** The task that is looked at. */
  get current(): Id | null {
    return this.session.selection.cursor?.id ?? null;
  }

  /** Look at a task. */
  choose(id: Id): void {
    if (id !== this.current) this.session.select(at({ id, column: "name" }));
  }

  /** Open the panel of a task, or close it. */
  detail(id: Id): void {
    const again = this.side.open && id === this.current;
    this.choose(id);
    if (again) this.side.close();
    else this.side.show();
    this.schedule();
  }

  schedule(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  paint(): void {
    if (!this.view || this.view.busy?.()) return;
    this.view.paint();
    this.undo.disabled = this.session.queue.undoable === null;
    this.redo.disabled = this.session.queue.redoable === null;
    this.notice.refresh(this.session);
    this.side.refresh();
  }
}
