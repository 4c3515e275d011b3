/** Waiting: the token on every request, a skeleton after 300 ms, a word when the server fails, and progress of jobs. */
import { find, onMount, within } from "../lib/dom";
import { csrfToken, getJson } from "../lib/http";
import { fault } from "./overlays";

interface RequestEvent extends Event {
  detail: { ctx: { target?: Element | string; request: { headers: Record<string, string>; method: string }; response?: { status?: number; raw?: Response } } };
}
interface Job {
  done: number;
  total: number;
  note?: string;
  title?: string;
  state: "waiting" | "running" | "done" | "failed";
  url?: string;
}

const PATIENCE = 300;
const BEAT = 1000;

function requests(): void {
  const timers = new WeakMap<object, ReturnType<typeof setTimeout>>();
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = (event as RequestEvent).detail;
    if (ctx.request.method.toUpperCase() !== "GET") ctx.request.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = (event as RequestEvent).detail;
    const target = ctx.target;
    if (!(target instanceof Element)) return;
    timers.set(ctx, setTimeout(() => {
      const template = find<HTMLTemplateElement>("#skeleton");
      if (target.id === "panel" && template) target.replaceChildren(template.content.cloneNode(true));
      else target.classList.add("is-loading");
    }, PATIENCE));
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = (event as RequestEvent).detail;
    clearTimeout(timers.get(ctx));
    if (ctx.target instanceof Element) {
      ctx.target.classList.remove("is-loading");
      const left = find(":scope > .skeleton", ctx.target);
      if (left && ctx.response === undefined) left.remove();
    }
  });
  document.addEventListener("htmx:error", fault);
  document.addEventListener("htmx:response:error", (event) => {
    const status = (event as RequestEvent).detail.ctx.response?.raw?.status ?? (event as RequestEvent).detail.ctx.response?.status ?? 500;
    if (status !== 422 && status !== 409) fault();
  });
}

async function follow(box: HTMLElement): Promise<void> {
  const url = box.dataset.jobUrl ?? "";
  const bar = find<HTMLProgressElement>("progress", box);
  const note = find("[data-job-note]", box);
  for (let misses = 0; box.isConnected && misses < 10; ) {
    try {
      const job = await getJson<Job>(url);
      misses = 0;
      if (bar) {
        if (job.total > 0) {
          bar.max = job.total;
          bar.value = job.done;
        } else bar.removeAttribute("value");
      }
      if (note) note.textContent = job.note ?? `${job.done} / ${job.total}`;
      if (job.state === "done" || job.state === "failed") {
        if (job.url) location.assign(job.url);
        else if (box.dataset.jobReload !== undefined) location.reload();
        return;
      }
    } catch {
      misses += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? BEAT * 5 : BEAT));
  }
}

export function waiting(): void {
  requests();
  const followed = new WeakSet<Element>();
  onMount((root) => {
    for (const box of within("[data-job-url]", root)) {
      if (followed.has(box)) continue;
      followed.add(box);
      void follow(box);
    }
  });
}
