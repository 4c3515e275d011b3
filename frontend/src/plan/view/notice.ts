/** What is told beside the plan: the live region, toasts with a way back, edits that met another's, the line below. */
import { lastOf, planLateness } from "../model/columns";
import { signed } from "../model/format";
import type { Session } from "../session";
import { icon } from "../../lib/dom";
import { button, h, setText } from "./build";

export class Notice {
  readonly live = h("div", "sr", { role: "status", "aria-live": "polite" });
  readonly bar = h("div", "plan-notice", { hidden: true });
  readonly foot = h("footer", "plan-foot");
  private readonly left = h("span", "plan-foot-left");
  private readonly right = h("span", "plan-foot-right");
  private barKey = "";
  private changedBy: string | null = null;
  private readonly ways: HTMLElement[] = [];

  /** `home` gets the focus when the button that had it goes. */
  constructor(private readonly home: () => void = () => undefined) {
    this.foot.append(this.left, this.right);
  }

  announce(text: string): void {
    this.live.textContent = "";
    requestAnimationFrame(() => (this.live.textContent = text));
  }

  /** A toast; its way back ends with `endWayBack`. */
  toast(text: string, label = "", act: (() => void) | null = null): void {
    const item = h("div", "toast", { "data-toast": true }, h("span", "", {}, text));
    if (act) {
      const back = h("button", "button-link", { type: "button" }, label);
      back.addEventListener("click", () => {
        item.remove();
        act();
      });
      item.append(back);
      this.ways.push(back);
    }
    document.getElementById("toasts")?.append(item);
  }

  /** What was done last is not what the toasts tell of any more. */
  endWayBack(): void {
    for (const back of this.ways.splice(0)) back.remove();
  }

  /** Somebody else's edit came in. */
  others(text: string): void {
    this.changedBy = text;
  }

  /** Show what has changed; without `line` a lost connection is told elsewhere. */
  refresh(session: Session, line = true): void {
    this.refreshBar(session, line);
    this.refreshFoot(session);
  }

  private refreshBar(session: Session, line: boolean): void {
    const { say } = session;
    const clash = session.clashes[0];
    const key = clash ? `clash:${session.clashes.length}:${clash.edit.request}:${session.store.revision}` : session.state === "waiting" && line ? `waiting:${session.waiting}` : session.state === "signed-out" ? "out" : "";
    if (key === this.barKey) return;
    this.barKey = key;
    if (this.bar.contains(document.activeElement)) this.home();
    this.bar.hidden = key === "";
    if (clash) {
      const lines = clash.cells.map((cell) => h("li", "", {}, h("b", "", {}, session.name(cell.id)), ` ${say(`column_${cell.column}_long`)}: `, say("clash_line", { mine: cell.mine || "–", theirs: session.theirs(cell.id, cell.column) || "–" })));
      this.bar.replaceChildren(icon("users"), h("div", "plan-notice-text", {}, h("b", "", {}, clash.message || say("clash")), h("ul", "", {}, ...lines)), button(say("clash_mine"), () => session.settle(clash, true), { css: "button-primary" }), button(say("clash_theirs"), () => session.settle(clash, false)));
    } else if (session.state === "waiting") {
      this.bar.replaceChildren(icon("hourglass"), h("div", "plan-notice-text", {}, say("offline", { n: session.waiting })), button(say("try_now"), () => session.queue.retry()));
    } else if (session.state === "signed-out") {
      this.bar.replaceChildren(icon("lock"), h("div", "plan-notice-text", {}, say("signed_out")), h("a", "button button-small", { href: "/accounts/login/", target: "_blank" }, say("sign_in")), button(say("try_now"), () => session.queue.retry()));
    }
  }

  private refreshFoot(session: Session): void {
    const { say, store } = session;
    const verdict = verdictOf(session);
    const shown = session.shown.rows.length;
    const count = shown === store.count ? say("foot_tasks", { n: store.count }) : say("foot_shown", { n: store.count, shown });
    const chosen = session.chosen().length;
    setText(this.left, [verdict, count, chosen > 1 ? say("foot_chosen", { n: chosen }) : "", say("foot_units")].filter(Boolean).join("   ·   "));
    const state = session.state === "saved" ? say("state_saved") : session.state === "sending" ? say("state_sending") : say("state_waiting", { n: session.waiting });
    if (session.state !== "saved") this.changedBy = null;
    setText(this.right, this.changedBy ?? state);
    this.foot.dataset["state"] = session.state;
  }
}

/** When the plan finishes, and how that stands to its baseline. */
export function verdictOf({ say, store, dates, reading }: Session): string {
  const { finish } = store.plan;
  if (finish === null) return "";
  const said = say("foot_finish", { day: dates.long(finish) });
  const planned = lastOf(store.tasks.baseline_finish);
  const late = planLateness(reading);
  return planned === null || late === null ? said : said + say("foot_baseline", { day: dates.long(planned), days: signed(late, 1) });
}
