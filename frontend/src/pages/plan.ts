/** The script of the plan page: fetches the plan and shows it, on a desk as grid and chart, on a phone as cards, or as asked for. */
import { find } from "../lib/dom";
import { narrow } from "../lib/screen";
import { DAY } from "../plan/model/types";
import { PlanApp, type Start } from "../plan/view/app";
import { h } from "../plan/view/build";
import { keepFor } from "../plan/view/keep";
import { Network } from "../plan/view/net";
import { Phone } from "../plan/view/phone";
import { viewIn } from "../plan/model/views";
import { jsonOf, sayer } from "../plan/words";

/** Show the plan in the view that the address names; without one, in that of the screen. */
async function show(start: Start): Promise<void> {
  const view = viewIn(location.search);
  if (view === "board") {
    const [{ Room }, { Board }] = await Promise.all([import("../plan/view/room"), import("../plan/view/board")]);
    new Room(start, view, (room) => new Board(room));
  } else if (view === "network") {
    const [{ Room }, { NetworkView }] = await Promise.all([import("../plan/view/room"), import("../plan/view/network")]);
    new Room(start, view, (room) => new NetworkView(room));
  } else if (view === "calendar") {
    const [{ Room }, { CalendarView }] = await Promise.all([import("../plan/view/room"), import("../plan/view/calendar")]);
    new Room(start, view, (room) => new CalendarView(room));
  } else if (view === "progress" || (narrow.matches && view === null)) new Phone(start);
  else new PlanApp(start).begin();
}

async function begin(host: HTMLElement): Promise<void> {
  const say = sayer(jsonOf<Record<string, string>>("plan-words", {}));
  const base = host.dataset["url"] ?? "";
  const network = new Network(base, say);
  try {
    const data = await network.data();
    const today = Date.parse(`${host.dataset["today"] ?? new Date().toISOString().slice(0, 10)}T00:00:00Z`) / 60_000;
    performance.mark("plan-data");
    await show({
      host, data, say, network, today: Math.floor(today / DAY) * DAY, language: document.documentElement.lang || "en",
      constraints: jsonOf<Record<string, string>>("plan-constraints", {}), keep: keepFor(host.dataset["keep"] ?? base),
    });
    performance.mark("plan-painted");
  } catch (fault) {
    const again = h("button", "button", { type: "button" }, say("try_now"));
    again.addEventListener("click", () => void begin(host));
    host.replaceChildren(h("div", "plan-empty", { role: "alert" }, h("p", "", {}, say("load_failed")), again));
    throw fault;
  }
}

const host = find("#plan");
if (host) void begin(host);
