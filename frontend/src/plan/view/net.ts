/** The plan over HTTP: edits, undo, news. A page of sign-in, a refusal and a lost connection are told apart. */
import { csrfToken } from "../../lib/http";
import { Refused, SignedOut, type Transport } from "../model/queue";
import type { Answer, PlanData, Refusal } from "../model/types";

async function answerOf<T>(response: Response): Promise<T> {
  const json = (response.headers.get("Content-Type") ?? "").includes("json");
  if (response.ok && json) return (await response.json()) as T;
  if (response.redirected || response.status === 401 || (response.ok && !json)) throw new SignedOut();
  if (response.status >= 500 || response.status === 429) throw new Error(String(response.status));
  const refusal = json ? ((await response.json()) as Partial<Refusal>) : {};
  throw new Refused({ message: "", ...refusal, status: response.status });
}

export interface Why {
  reasons: { text: string; task?: number | null; link?: number | null }[];
  notes?: string;
}

export class Network implements Transport {
  constructor(private readonly base: string) {}

  async send(path: "edit" | "undo" | "redo", body: unknown): Promise<Answer> {
    const response = await fetch(`${this.base}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
      credentials: "same-origin",
    });
    return answerOf<Answer>(response);
  }

  async data(query = ""): Promise<PlanData> {
    return answerOf<PlanData>(await fetch(`${this.base}data${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" }));
  }

  /** What changed since a revision; null: nothing. */
  async changes(since: number): Promise<Answer | null> {
    const response = await fetch(`${this.base}changes?since=${since}`, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
    return response.status === 304 || response.status === 204 ? null : answerOf<Answer>(response);
  }

  /** Why the dates of a task are what they are, and its notes. */
  async why(task: number): Promise<Why> {
    return answerOf(await fetch(`${this.base}why?task=${task}`, { headers: { Accept: "application/json" }, credentials: "same-origin" }));
  }
}
