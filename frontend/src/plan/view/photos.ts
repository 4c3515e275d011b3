/** Photos of a report: made small, kept on the phone until the server has them, sent again when it did not. */
import { icon } from "../../lib/dom";
import { fitted, type Waiting } from "../model/photos";
import type { Id } from "../model/types";
import type { Say } from "../words";
import { h, newId } from "./build";

/** How finely a photo is drawn anew. Drawing it also leaves out where it was taken. */
const QUALITY = 0.85;
const AGAIN = 30_000;

type Answer = { url: string; name: string } | { message: string };

/** Where photos wait. */
export interface PhotoStore {
  all(plan: string): Promise<Waiting[]>;
  put(one: Waiting): Promise<void>;
  remove(id: string): Promise<void>;
}

/** A database of the browser, or, where it has none, the page. */
class Store implements PhotoStore {
  private readonly memory = new Map<string, Waiting>();
  private open: Promise<IDBDatabase | null> | undefined;

  private database(): Promise<IDBDatabase | null> {
    this.open ??= new Promise((done) => {
      try {
        const asked = indexedDB.open("quarterdeck-photos", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("photos", { keyPath: "id" });
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => done(null);
      } catch {
        done(null);
      }
    });
    return this.open;
  }

  private async run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
    const database = await this.database();
    if (!database) return undefined;
    return new Promise((done, fail) => {
      const work = database.transaction("photos", mode);
      const asked = act(work.objectStore("photos"));
      work.oncomplete = () => done(asked.result);
      work.onabort = work.onerror = () => fail(work.error ?? new Error("aborted"));
    });
  }

  async all(plan: string): Promise<Waiting[]> {
    const found = ((await this.run("readonly", (store) => store.getAll())) as Waiting[] | undefined) ?? [...this.memory.values()];
    return found.filter((each) => each.plan === plan);
  }

  async put(one: Waiting): Promise<void> {
    if ((await this.database()) === null) this.memory.set(one.id, one);
    else await this.run("readwrite", (store) => store.put(one));
  }

  async remove(id: string): Promise<void> {
    this.memory.delete(id);
    await this.run("readwrite", (store) => store.delete(id));
  }
}

/** A photo drawn anew, small enough to be sent from a building site; the file itself where that cannot be done. */
async function small(file: Blob): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file);
    const [width, height] = fitted(picture.width, picture.height);
    const canvas = h("canvas", "", { width, height });
    canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
    picture.close();
    const drawn = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return drawn ?? file;
  } catch {
    return file;
  }
}

export class Photos {
  private waiting: Waiting[] = [];
  private readonly shown = new Map<string, string>();
  private sending = false;

  /** `plan` names reader and plan: on a phone that others use too everyone has photos of their own. */
  constructor(
    private readonly plan: string,
    private readonly say: Say,
    private readonly post: (task: Id, request: string, photo: Blob) => Promise<Answer>,
    private readonly changed: (task: Id, count: number) => void,
    private readonly refused: (task: Id, message: string) => void,
    private readonly store: PhotoStore = new Store(),
    again: (act: () => void, every: number) => void = setInterval,
  ) {
    addEventListener("online", () => void this.send());
    again(() => void this.send(), AGAIN);
  }

  /** Take up what an earlier visit left. */
  async load(): Promise<void> {
    this.waiting = await this.store.all(this.plan).catch(() => []);
    for (const task of new Set(this.waiting.map((each) => each.task))) this.changed(task, this.unsent(task));
    await this.send();
  }

  private of(task: Id): Waiting[] {
    return this.waiting.filter((each) => each.task === task);
  }

  private next(): Waiting | undefined {
    return this.waiting.find((each) => each.sent);
  }

  private unsent(task: Id): number {
    return this.of(task).filter((each) => !each.sent).length;
  }

  /** How many were submitted and still wait for a connection. */
  get late(): number {
    return this.waiting.filter((each) => each.sent).length;
  }

  private async add(task: Id, files: Iterable<File>): Promise<void> {
    for (const file of files) {
      const one: Waiting = { id: newName(), plan: this.plan, task, photo: await small(file), sent: false };
      try {
        await this.store.put(one);
      } catch {
        this.refused(task, this.say("phone_photo_full"));
        break;
      }
      this.waiting.push(one);
    }
    this.changed(task, this.unsent(task));
  }

  private async drop(one: Waiting): Promise<void> {
    this.waiting = this.waiting.filter((each) => each !== one);
    const url = this.shown.get(one.id);
    if (url) URL.revokeObjectURL(url);
    this.shown.delete(one.id);
    await this.store.remove(one.id).catch(() => undefined);
  }

  /** Submit the photos of the tasks whose reports go now. */
  async submit(tasks: readonly Id[]): Promise<void> {
    for (const one of this.waiting) {
      if (one.sent || !tasks.includes(one.task)) continue;
      one.sent = true;
      await this.store.put(one).catch(() => undefined);
    }
    await this.send();
  }

  /**
   * Send what was submitted, one after the other; the first that does not arrive lets the others wait too.
   * What the server has taken goes. What it refuses is a draft again: it is the only copy there is.
   */
  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let one = this.next(); one; one = this.next()) {
        const answer = await this.post(one.task, one.id, one.photo);
        if ("message" in answer) {
          one.sent = false;
          await this.store.put(one).catch(() => undefined);
        } else await this.drop(one);
        this.changed(one.task, this.unsent(one.task));
        if ("message" in answer) this.refused(one.task, answer.message);
      }
    } catch {
      // Without connection they wait for the next time.
    } finally {
      this.sending = false;
    }
  }

  /** The part of a card where photos are added and seen; those that the server has come after. */
  field(task: Id, kept: readonly { url: string; name: string }[]): HTMLElement {
    const name = newId("plan-photo");
    const input = h("input", "plan-photo-input", { type: "file", id: name, accept: "image/jpeg,image/png,image/webp", multiple: true });
    input.dataset["focus"] = `photo-${task}`;
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      void this.add(task, files);
    });
    const list = h("ul", "plan-photo-list", { "aria-label": this.say("phone_photos") });
    for (const one of this.of(task)) list.append(this.picture(one));
    for (const each of kept) list.append(h("li", "", {}, h("a", "", { href: each.url }, h("img", "", { src: each.url, alt: each.name, loading: "lazy", width: 72, height: 54 }))));
    const add = h("label", "button plan-photo-add", { for: name }, icon("camera"), this.say("phone_photo"));
    const parts = list.children.length > 0 ? [list] : [];
    return h("div", "field", {}, h("span", "label", {}, this.say("phone_photos")), h("div", "plan-photo", {}, input, add), ...parts, h("span", "field-help", {}, this.say("phone_photo_help")));
  }

  private picture(one: Waiting): HTMLElement {
    const url = this.shown.get(one.id) ?? URL.createObjectURL(one.photo);
    this.shown.set(one.id, url);
    const made = h("li", one.sent ? "is-sent" : "", {}, h("img", "", { src: url, alt: "", width: 72, height: 54 }));
    if (!one.sent) {
      const remove = h("button", "plan-photo-remove", { type: "button", "aria-label": this.say("phone_photo_remove") }, icon("x"));
      remove.addEventListener("click", () => void this.drop(one).then(() => this.changed(one.task, this.unsent(one.task))));
      made.append(remove);
    }
    return made;
  }
}

/** A name by which the server knows a photo that comes twice. */
function newName(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
}
