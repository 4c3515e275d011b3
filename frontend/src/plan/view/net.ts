/** The plan over HTTP: edits, undo, news. A page of sign-in, a refusal and a lost connection are told apart. */
import { csrfToken } from "../../lib/http";
import type { Say } from "../words";
import type { Load } from "../model/load";
import { Refused, SignedOut, type Transport } from "../model/queue";
import type { Answer, PlanData, Refusal } from "../model/types";

const isJson = (response: Response) => (response.headers.get("Content-Type") ?? "").includes("json");

/** What an answer says. One that came by way of another address is the page of sign-in, whatever it looks like. */
async function answerOf<T>(response: Response, say: Say): Promise<T> {
  const json = isJson(response);
  if (response.redirected || response.status === 401 || (response.ok && !json)) throw new SignedOut();
  if (response.ok) return (await response.json()) as T;
  if (response.status >= 500 || response.status === 429) throw new Error(String(response.status));
  const refusal = json ? ((await response.json()) as Partial<Refusal>) : {};
  throw new Refused({ ...refusal, message: refusal.message || say("refused"), status: response.status });
}

export interface Why {
  reasons: { text: string; task?: number | null; link?: number | null }[];
  notes?: string;
  photos?: { url: string; name: string }[];
}

export class Network implements Transport {
  /** The baseline against which the plan is read, "": the usual one. Every answer speaks of it. */
  baseline = "";

  constructor(
    readonly base: string,
    private readonly say: Say,
  ) {}

  private url(path: string, query: Readonly<Record<string, string>> = {}): string {
    const asked = new URLSearchParams({ ...query, ...(this.baseline ? { baseline: this.baseline } : {}) }).toString();
    return `${this.base}${path}${asked ? `?${asked}` : ""}`;
  }

  private post(path: string, body: unknown): Promise<Response> {
    return fetch(this.url(path), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
      credentials: "same-origin",
    });
  }

  private get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(this.url(path, query), { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
  }

  async send(path: "edit" | "undo" | "redo", body: unknown): Promise<Answer> {
    let response = await this.post(path, body);
    // A page in place of words: whoever signed in again in another window has another token.
    if (response.status === 403 && !isJson(response) && (await this.renewed())) response = await this.post(path, body);
    return answerOf<Answer>(response, this.say);
  }

  /** Take the token of a page fetched afresh; whether it is another one. */
  private async renewed(): Promise<boolean> {
    const response = await fetch(this.base, { headers: { Accept: "text/html" }, credentials: "same-origin", cache: "no-store" });
    if (response.redirected || response.status === 401) throw new SignedOut();
    if (!response.ok) return false;
    const fresh = tokenOf(await response.text());
    const meta = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]");
    if (!fresh || !meta || fresh === meta.content) return false;
    meta.content = fresh;
    return true;
  }

  /**
   * Send a photo of a task of a plan to that plan's own address: that of the project is another's once it has another.
   * What the server refuses is told with its words, what does not arrive is thrown.
   */
  async photo(plan: number, task: number, request: string, photo: Blob): Promise<{ url: string; name: string } | { message: string }> {
    const send = () => {
      const body = new FormData();
      body.set("task", String(task));
      body.set("request", request);
      body.set("photo", photo, "photo");
      return fetch(this.url(this.base.endsWith(`/plan/${plan}/`) ? "photo" : `${plan}/photo`), { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": csrfToken() }, body, credentials: "same-origin" });
    };
    let response = await send();
    if (response.status === 403 && !isJson(response) && (await this.renewed())) response = await send();
    try {
      return await answerOf<{ url: string; name: string }>(response, this.say);
    } catch (fault) {
      if (fault instanceof Refused) return { message: fault.message };
      throw fault;
    }
  }

  async data(): Promise<PlanData> {
    return answerOf<PlanData>(await this.get("data"), this.say);
  }

  /** What changed since a revision; null: nothing. */
  async changes(since: number): Promise<Answer | null> {
    const response = await this.get("changes", { since: String(since) });
    return response.status === 304 || response.status === 204 ? null : answerOf<Answer>(response, this.say);
  }

  /** What is asked of everyone and of one resource, by weeks or by days. */
  async load(resource: number | null, byDay: boolean): Promise<Load> {
    return answerOf<Load>(await this.get("use/load", { ...(resource === null ? {} : { resource: String(resource) }), ...(byDay ? { by: "day" } : {}) }), this.say);
  }

  /** Why the dates of a task are what they are, and its notes. */
  async why(task: number): Promise<Why> {
    return answerOf(await this.get("why", { task: String(task) }), this.say);
  }
}

/** The token that a page carries in its head. */
function tokenOf(page: string): string {
  const tag = /<meta\b[^>]*\bname="?csrf-token\b[^>]*>/.exec(page)?.[0] ?? "";
  return /\bcontent="?([^"\s>]+)/.exec(tag)?.[1] ?? "";
}
