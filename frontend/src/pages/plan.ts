/** The script of the plan page: fetches the plan and shows it, on a desk as grid and chart, on a phone as cards. */
import { find } from "../lib/dom";
import { narrow } from "../lib/screen";
import { DAY } from "../plan/model/types";
import { PlanApp } from "../plan/view/app";
import { h } from "../plan/view/build";
import { keepFor } from "../plan/view/keep";
import { Network } from "../plan/view/net";
import { Phone } from "../plan/view/phone";
import { jsonOf, sayer } from "../plan/words";

async function begin(host: HTMLElement): Promise<void> {
  const say = sayer(jsonOf<Record<string, string>>("plan-words", {}));
  const base = host.dataset["url"] ?? "";
  const network = new Network(base, say);
  try {
    const data = await network.data();
    const today = Date.parse(`${host.dataset["today"] ?? new Date().toISOString().slice(0, 10)}T00:00:00Z`) / 60_000;
    const start = {
      host, data, say, network, today: Math.floor(today / DAY) * DAY, language: document.documentElement.lang || "en",
      constraints: jsonOf<Record<string, string>>("plan-constraints", {}), keep: keepFor(host.dataset["keep"] ?? base),
    };
    performance.mark("plan-data");
    const view = new URLSearchParams(location.search).get("view");
    if (view === "progress" || (narrow.matches && view !== "chart")) new Phone(start);
    else new PlanApp(start).begin();
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
