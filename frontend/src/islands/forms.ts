/** Forms: unsaved changes are not lost, text areas grow, buttons do not fire twice. */
import { all, closest, find, onClick, onMount, within } from "../lib/dom";

function guard(): void {
  document.addEventListener("input", (event) => closest(event.target, "form[data-guard]")?.setAttribute("data-dirty", ""));
  document.addEventListener("change", (event) => closest(event.target, "form[data-guard]")?.setAttribute("data-dirty", ""));
  document.addEventListener("submit", (event) => closest(event.target, "form[data-guard]")?.removeAttribute("data-dirty"));
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) event.preventDefault();
  });
}

function once(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method === "dialog" || form.method === "get") return;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent", "");
    setTimeout(() => form.removeAttribute("data-sent"), 4000);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => form.removeAttribute("data-sent")));
}

function autosize(): void {
  if (CSS.supports("field-sizing", "content")) return;
  const fit = (area: HTMLTextAreaElement) => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  onMount((root) => within<HTMLTextAreaElement>("textarea[data-autosize]", root).forEach(fit));
  document.addEventListener("input", (event) => {
    const area = closest<HTMLTextAreaElement>(event.target, "textarea[data-autosize]");
    if (area) fit(area);
  });
}

/** Selects and boxes that send their form by themselves: sorting, grouping, density. */
function autosend(): void {
  document.addEventListener("change", (event) => closest<HTMLElement>(event.target, "[data-autosend]")?.closest("form")?.requestSubmit());
}

function drop(): void {
  const zone = (event: Event) => closest(event.target, "[data-dropzone]");
  document.addEventListener("dragover", (event) => {
    const box = zone(event);
    if (!box) return;
    event.preventDefault();
    box.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => zone(event)?.classList.remove("is-over"));
  document.addEventListener("drop", (event) => {
    const box = zone(event);
    const input = box?.querySelector<HTMLInputElement>("input[type=file]");
    if (!box || !input || !event.dataTransfer) return;
    event.preventDefault();
    box.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** A button that copies a field's text and says so; where the browser refuses, the text is selected instead. */
function copy(): void {
  onClick("[data-copy]", (button) => {
    const field = document.getElementById(button.dataset.copy ?? "");
    if (!(field instanceof HTMLInputElement)) return;
    field.select();
    const told = () => {
      const words = find("span", button) ?? button;
      words.textContent = button.dataset.copied ?? "";
    };
    void navigator.clipboard?.writeText(field.value).then(told, () => field.select());
  });
}

export function forms(): void {
  copy();
  guard();
  once();
  autosize();
  autosend();
  drop();
}
