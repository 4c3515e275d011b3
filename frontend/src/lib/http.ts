/** Requests beside htmx's: JSON for lists of choices, small posts. */

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
}

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", ...(signal ? { signal } : {}) });
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as T;
}

export async function post(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken() },
    body: new URLSearchParams(fields),
    credentials: "same-origin",
    keepalive: true,
  });
}

/** Looks choices up by text: waits for a pause in typing, gives up the older request, remembers answers. */
export class Lookup<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;
  private readonly known = new Map<string, T>();

  constructor(
    private readonly address: (text: string) => string,
    private readonly pause = 120,
  ) {}

  ask(text: string, answer: (found: T) => void, fault: () => void): void {
    clearTimeout(this.timer);
    this.running?.abort();
    const url = this.address(text);
    const known = this.known.get(url);
    if (known !== undefined) {
      answer(known);
      return;
    }
    const running = new AbortController();
    this.running = running;
    this.timer = setTimeout(() => {
      getJson<T>(url, running.signal).then(
        (found) => {
          this.known.set(url, found);
          if (!running.signal.aborted) answer(found);
        },
        () => {
          if (!running.signal.aborted) fault();
        },
      );
    }, text ? this.pause : 0);
  }
}
