/** Theme and navigation: remembered in cookies, so that the server draws the next page right from the start. */
import { all, find, onClick, setCookie } from "../lib/dom";
import { post } from "../lib/http";

export function look(): void {
  onClick("[data-theme-set]", (button) => {
    const theme = button.dataset.themeSet ?? "auto";
    const root = document.documentElement;
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    setCookie("theme", theme);
    for (const other of all("[data-theme-set]")) other.setAttribute("aria-pressed", String(other === button));
    const keep = button.closest<HTMLElement>("[data-keep-url]")?.dataset.keepUrl;
    if (keep) void post(keep, { theme });
  });

  onClick("[data-nav-toggle]", () => {
    const rail = document.body.dataset.nav !== "rail";
    document.body.dataset.nav = rail ? "rail" : "open";
    setCookie("nav", rail ? "rail" : "open");
    find<HTMLElement>(rail ? ".nav-unfold" : ".nav-fold")?.focus();
  });

  const drawer = (open: boolean) => {
    document.body.toggleAttribute("data-drawer", open);
    if (open) find<HTMLElement>("#nav [aria-current], #nav a")?.focus();
    else find<HTMLElement>(".topbar [data-nav-drawer]")?.focus();
  };
  onClick("[data-nav-drawer]", () => drawer(!document.body.hasAttribute("data-drawer")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.hasAttribute("data-drawer")) drawer(false);
  });
}
