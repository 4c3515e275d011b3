/** The small note beside the pointer on the chart. All that it says stands in the grid or the panel too. */
import { cellText } from "../model/columns";
import type { Grip } from "../model/geometry";
import type { Id } from "../model/types";
import type { Session } from "../session";
import { place } from "../../lib/place";
import { h } from "./build";

export class Tip {
  private readonly box = h("div", "plan-tip", { "aria-hidden": "true", hidden: true });
  private shown = "";

  constructor(
    private readonly session: Session,
    host: HTMLElement,
  ) {
    host.append(this.box);
  }

  private place(event: MouseEvent): void {
    this.box.hidden = false;
    const size = { width: this.box.offsetWidth, height: this.box.offsetHeight };
    const { left, top } = place({ left: event.clientX + 14, top: event.clientY, width: 0, height: 0 }, size, { width: innerWidth, height: innerHeight }, 18);
    this.box.style.setProperty("--x", `${left}px`);
    this.box.style.setProperty("--y", `${top}px`);
  }

  say(event: MouseEvent, text: string): void {
    if (this.shown !== text) this.box.replaceChildren(h("b", "", {}, text));
    this.shown = text;
    this.place(event);
  }

  task(event: MouseEvent, id: Id, grip: Grip | null): void {
    const { session } = this;
    const key = `${id}:${grip}:${session.store.revision}`;
    if (this.shown !== key) {
      const row = session.rowOf(id);
      const fact = (name: string) => {
        const text = cellText(session.reading, row, name);
        return text ? [h("dt", "", {}, session.say(`column_${name}_long`)), h("dd", "", {}, text)] : [];
      };
      const facts = ["start", "finish", "duration", "percent", "total_float", "late", "deadline", "resources"].flatMap(fact);
      const hint = session.editable && grip ? [h("p", "", {}, session.say(`hint_${grip}`))] : [];
      this.box.replaceChildren(h("b", "", {}, session.name(id)), h("dl", "", {}, ...facts), ...hint);
    }
    this.shown = key;
    this.place(event);
  }

  hide(): void {
    this.box.hidden = true;
    this.shown = "";
  }
}
