/** The one place where the page is queried and where one listener serves every element of a kind, now and later. */

export function find<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T | null {
  return root.querySelector<T>(selector);
}

export function all<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T[] {
  return [...root.querySelectorAll<T>(selector)];
}

/** The nearest element at or above an event's target that matches. */
export function closest<T extends Element = HTMLElement>(target: EventTarget | null, selector: string): T | null {
  return target instanceof Element ? target.closest<T>(selector) : null;
}

/** Listen once on the document for clicks on whatever matches. */
export function onClick(selector: string, act: (element: HTMLElement, event: MouseEvent) => void): void {
  document.addEventListener("click", (event) => {
    const element = closest(event.target, selector);
    if (element && !element.matches(":disabled, [aria-disabled='true']")) act(element, event);
  });
}

/** What matches in a part of the page, the part itself included. */
export function within<T extends Element = HTMLElement>(selector: string, root: ParentNode): T[] {
  const found = all<T>(selector, root);
  return root instanceof Element && root.matches(selector) ? [root as unknown as T, ...found] : found;
}

const mounts: ((root: ParentNode) => void)[] = [];

/** Prepare parts of the page that need it: now, and in whatever is swapped in later. */
export function onMount(prepare: (root: ParentNode) => void): void {
  mounts.push(prepare);
  prepare(document);
}

/** Follow htmx: whatever it puts on the page is prepared in turn. */
export function mountSwapped(): void {
  document.addEventListener("htmx:after:process", (event) => {
    if (event.target instanceof Element && event.target !== document.body) for (const prepare of mounts) prepare(event.target);
  });
}

/** Whether typing goes into a field, so that single keys are not commands. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select"));
}

export function element(tag: string, css = "", text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing from the sprite, whose address the page's own icons carry. */
export function icon(name: string): SVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  const known = document.querySelector(".icon use")?.getAttribute("href") ?? "";
  use.setAttribute("href", `${known.split("#")[0]}#${name}`);
  drawing.append(use);
  return drawing;
}

export function setCookie(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}
