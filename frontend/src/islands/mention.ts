/** Naming someone in a comment: @ and a few letters offer people; `data-mention` holds the address that answers. */
import { all, closest, element } from "../lib/dom";
import { Lookup } from "../lib/http";
import { step } from "../lib/choice";
import { asked, insert } from "../lib/mention";

interface Person {
  value: string | number;
  label: string;
  detail?: string;
}

class Mention {
  private readonly list: HTMLElement;
  private readonly lookup: Lookup<Person[]>;
  private people: Person[] = [];
  private place = -1;

  constructor(private readonly area: HTMLTextAreaElement) {
    this.list = element("div", "options");
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    area.after(this.list);
    this.lookup = new Lookup((text) => `${area.dataset.mention ?? ""}?q=${encodeURIComponent(text)}`);
    area.addEventListener("input", () => this.ask());
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(Number(closest(event.target, "[role=option]")?.dataset.place ?? -1)));
  }

  private ask(): void {
    const name = asked(this.area.value, this.area.selectionStart);
    if (!name || name.text.length < 1) this.close();
    else this.lookup.ask(name.text, (found) => this.draw(found), () => this.close());
  }

  private draw(found: Person[]): void {
    this.people = found;
    this.list.replaceChildren(
      ...found.map((person, index) => {
        const line = element("span", "option");
        line.dataset.place = String(index);
        line.setAttribute("role", "option");
        line.append(element("span", "", person.label));
        if (person.detail) line.append(element("span", "faint", person.detail));
        return line;
      }),
    );
    this.list.hidden = found.length === 0;
    this.select(found.length ? 0 : -1);
  }

  private select(place: number): void {
    this.place = place;
    all("[role=option]", this.list).forEach((line, index) => line.setAttribute("aria-selected", String(index === place)));
  }

  private choose(place: number): void {
    const person = this.people[place];
    const caret = this.area.selectionStart;
    const name = asked(this.area.value, caret);
    if (!person || !name) return;
    const after = insert(this.area.value, name, caret, person.label, String(person.value));
    this.area.value = after.text;
    this.area.setSelectionRange(after.caret, after.caret);
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }

  private close(): void {
    this.list.hidden = true;
  }

  private key(event: KeyboardEvent): void {
    if (this.list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.select(step(this.place, this.people.length, event.key));
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.place);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const ready = new WeakSet<Element>();

export function mention(): void {
  document.addEventListener("focusin", (event) => {
    const area = closest<HTMLTextAreaElement>(event.target, "textarea[data-mention]");
    if (!area?.dataset.mention || ready.has(area)) return;
    ready.add(area);
    new Mention(area);
  });
}
