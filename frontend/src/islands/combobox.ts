/** A field that looks records up: text in front, the key in a hidden input; nothing chosen leaves it empty. */
import { all, closest, element, find } from "../lib/dom";
import { Lookup } from "../lib/http";
import { marked, step } from "../lib/choice";

interface Option {
  value: string | number;
  label: string;
  detail?: string;
}

class Combobox {
  private readonly input: HTMLInputElement;
  private readonly value: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly lookup: Lookup<Option[]>;
  private place = -1;
  private options: Option[] = [];
  private label: string;
  private readonly nothing: string;

  constructor(box: HTMLElement) {
    this.input = box.querySelector("input[role=combobox]") as HTMLInputElement;
    this.value = box.querySelector("input[type=hidden]") as HTMLInputElement;
    this.list = find("[role=listbox]", box) ?? this.makeList(box);
    this.label = this.input.value;
    this.nothing = box.dataset.empty ?? "";
    const url = box.dataset.optionsUrl ?? "";
    this.lookup = new Lookup((text) => `${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`);
    this.input.addEventListener("input", () => this.ask(this.input.value));
    this.input.addEventListener("click", () => this.ask(""));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.leave(), 120));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const place = closest(event.target, "[role=option]")?.dataset.place;
      if (place !== undefined) this.choose(Number(place));
    });
  }

  private makeList(box: HTMLElement): HTMLElement {
    const list = element("span", "options");
    list.id = `${this.input.id || this.value.name || "combobox"}_options`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    box.append(list);
    this.input.setAttribute("aria-controls", list.id);
    return list;
  }

  private ask(text: string): void {
    this.lookup.ask(text.trim(), (found) => this.draw(found, text), () => this.close());
  }

  private draw(found: Option[], text: string): void {
    this.options = found;
    this.list.replaceChildren(
      ...found.map((option, index) => {
        const line = element("span", "option");
        line.id = `${this.list.id}_${index}`;
        line.dataset.place = String(index);
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        const name = element("span");
        for (const piece of marked(option.label, text)) name.append(piece.hit ? element("mark", "", piece.text) : piece.text);
        line.append(name);
        if (option.detail) line.append(element("span", "faint", option.detail));
        return line;
      }),
    );
    if (found.length === 0 && this.nothing) this.list.replaceChildren(element("span", "options-note", this.nothing));
    this.list.hidden = found.length === 0 && !this.nothing;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.select(found.length > 0 && text ? 0 : -1);
  }

  private select(place: number): void {
    const lines = all("[role=option]", this.list);
    lines[this.place]?.setAttribute("aria-selected", "false");
    this.place = place;
    const line = lines[place];
    line?.setAttribute("aria-selected", "true");
    line?.scrollIntoView({ block: "nearest" });
    if (line) this.input.setAttribute("aria-activedescendant", line.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private choose(place: number): void {
    const option = this.options[place];
    if (!option) return;
    this.set(String(option.value), option.label);
    this.close();
  }

  private set(value: string, label: string): void {
    this.label = label;
    this.input.value = label;
    if (this.value.value === value) return;
    this.value.value = value;
    this.value.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.select(-1);
  }

  private leave(): void {
    if (document.activeElement === this.input) return;
    if (this.input.value.trim() === "") this.set("", "");
    else this.input.value = this.label;
    this.close();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.ask("");
      else this.select(step(this.place, this.options.length, event.key));
    } else if (event.key === "Enter" && !this.list.hidden && this.place >= 0) {
      event.preventDefault();
      this.choose(this.place);
    } else if (event.key === "Tab" && !this.list.hidden && this.place >= 0) this.choose(this.place);
    else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.input.value = this.label;
      this.close();
    }
  }
}

const ready = new WeakSet<Element>();

/** Boxes come to life when first touched, so that a form of fifty costs nothing. */
export function combobox(): void {
  document.addEventListener("focusin", (event) => {
    const box = closest(event.target, "[data-combobox]");
    if (!box || ready.has(box) || !find("input[role=combobox]", box)) return;
    ready.add(box);
    new Combobox(box);
  });
}
