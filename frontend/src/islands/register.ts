/** What only registers have: filters of several choices, the column chooser, sorting by one column more, bulk forms. */
import { all, closest, find, onClick } from "../lib/dom";

/** Boxes whose values go into one hidden field, separated by commas, in the order of the page. */
function gather(form: HTMLFormElement, boxes: string, into: string): void {
  const field = find<HTMLInputElement>(into, form);
  if (!field) return;
  field.value = all<HTMLInputElement>(boxes, form).filter((box) => box.checked).map((box) => box.value).join(",");
}

export function register(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement)) return;
      if (form.matches("[data-filter-form]")) gather(form, "[data-filter-choice]", "[data-filter-value]");
      if (form.matches("[data-columns]")) gather(form, "[data-column]", "[data-columns-value]");
    },
    true,
  );
  // A long menu is narrowed by typing; Enter takes the first that is left.
  document.addEventListener("input", (event) => {
    const menu = closest(event.target, "[data-menu-find]");
    if (!menu || !(event.target instanceof HTMLInputElement)) return;
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const item of all(".menu-item", menu)) item.hidden = !words.every((word) => item.textContent?.toLowerCase().includes(word));
    for (const label of all(".menu-label", menu)) label.hidden = event.target.value !== "";
  });
  document.addEventListener("keydown", (event) => {
    const menu = closest(event.target, "[data-menu-find]");
    if (!menu || event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    all(".menu-item", menu).find((item) => !item.hidden)?.click();
  });
  const shift = (selector: string, move: (line: Element) => void) =>
    onClick(selector, (button) => {
      const line = button.closest("li");
      if (line) move(line);
      button.focus();
    });
  shift("[data-column-up]", (line) => line.previousElementSibling?.before(line));
  shift("[data-column-down]", (line) => line.nextElementSibling?.after(line));

  document.addEventListener("click", (event) => {
    const also = closest<HTMLElement>(event.target, "a[data-also]")?.dataset.also;
    if (!also || !event.shiftKey) return;
    event.preventDefault();
    location.assign(also);
  });
  // A value that is typed means that it is to be set.
  document.addEventListener("input", (event) => {
    const box = find<HTMLInputElement>("[data-bulk-set]", closest(event.target, ".field") ?? document.createElement("i"));
    if (box && event.target !== box) box.checked = true;
  });
}
