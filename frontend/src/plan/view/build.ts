/** Elements made by script; text only as text. */
import { icon } from "../../lib/dom";

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, css = "", attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (css) made.className = css;
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  made.append(...children);
  return made;
}

export function button(label: string, act: (event: MouseEvent) => void, options: { icon?: string; css?: string; only?: "icon"; key?: string } = {}): HTMLButtonElement {
  const css = `button button-small ${options.only ? "button-icon" : ""} ${options.css ?? ""}`;
  const made = h("button", css.trim(), { type: "button" });
  if (options.icon) made.append(icon(options.icon));
  if (options.only) made.setAttribute("aria-label", label);
  else made.append(label);
  const hint = options.key ? `${label} (${options.key})` : options.only ? label : "";
  if (hint) made.title = hint;
  made.addEventListener("click", act);
  return made;
}

/** Write only what differs: touching the page costs more than looking. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node: Element, name: string, value: string | null): void {
  if (value === null) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

let count = 0;

export function newId(stem: string): string {
  count += 1;
  return `${stem}-${count}`;
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
