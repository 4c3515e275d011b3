/** Colours of the page for the canvas: computed from the tokens, so that light and dark follow them. */
const NAMES = [
  "surface", "canvas", "sunken", "raised", "hover", "line", "line2", "ink", "ink2", "ink3", "accent", "accent-soft", "accent-text", "on-accent", "red", "red-text", "red-soft", "on-state",
  "amber", "amber-edge", "amber-soft", "amber-text", "series-1", "series-5", "plan-plain-soft", "plan-red-soft", "plan-amber-soft", "plan-done", "plan-off", "plan-grid",
] as const;

export type Theme = Readonly<Record<(typeof NAMES)[number], string>> & { font: string };

export function readTheme(host: Element): Theme {
  const probe = document.createElement("span");
  host.append(probe);
  const found: Record<string, string> = {};
  for (const name of NAMES) {
    probe.style.setProperty("color", `var(--${name})`);
    found[name] = getComputedStyle(probe).color;
  }
  found["font"] = getComputedStyle(probe).fontFamily;
  probe.remove();
  return found as Theme;
}

/** Call when the theme may have changed: the system's, or the reader's own. */
export function onTheme(act: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
  new MutationObserver(act).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
}
