import assert from "node:assert/strict";
import { test } from "node:test";
import { fromTsv, spread, toTsv } from "../src/plan/model/clipboard";
import { cellText, chosenColumns, COLUMNS, editText, guess, lateness, mayEdit, readingOf, toggled, typedValue } from "../src/plan/model/columns";
import { Dates, duration, parseDate, parseDuration, signed } from "../src/plan/model/format";
import { editorKey, gridKey, type Pressed } from "../src/plan/model/keys";
import { outlineOf } from "../src/plan/model/outline";
import { PlanStore } from "../src/plan/model/store";
import { wantedRows } from "../src/plan/model/wanted";
import { at, plan } from "./plan-fixture";

const lengths = { minutes_per_day: 480, minutes_per_week: 2400, days_per_month: 20 };
const dates = new Dates("en-GB", at(0));
const reading = () => {
  const store = new PlanStore(plan());
  return readingOf(store, outlineOf(store.tasks.id, store.tasks.parent), dates, { MUST_START_ON: "Must start on" });
};
const column = (key: string) => COLUMNS.find((one) => one.key === key)!;
const key = (name: string, held: Partial<Pressed> = {}): Pressed => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test("durations are read in all their units and written as typed", () => {
  const minutes = (text: string) => parseDuration(text, lengths)?.minutes;
  assert.deepEqual(["3", "3d", "2w", "4h", "30m", "1mo", "3ed", "1.5 days", "1,5d", "2 wks"].map(minutes), [1440, 1440, 4800, 240, 30, 9600, 4320, 720, 720, 4800]);
  assert.deepEqual(parseDuration("5d?", lengths), { minutes: 2400, unit: "d", estimated: true });
  assert.equal(parseDuration("soon", lengths), null);
  assert.equal(duration(4320, "ed", lengths), "3\u00A0ed");
  assert.equal(duration(600, "d", lengths, true), "1.25\u00A0d?");
  assert.equal(duration(null, "d", lengths), "");
  assert.deepEqual([signed(2), signed(-2), signed(0.04)], ["+2", "\u22122", "0"]);
});

test("dates are read as ISO, with dots, slashes, names of months, or from today", () => {
  const read = (text: string) => parseDate(text, at(0), dates);
  assert.deepEqual(["2026-03-17", "17.3.2026", "17/3/26", "17.3.", "17 Mar", "17 march 2027", "+5", "2026-03-17 09:30"].map(read), ["2026-03-17", "2026-03-17", "2026-03-17", "2026-03-17", "2026-03-17", "2027-03-17", "2026-03-07", "2026-03-17T09:30"]);
  assert.deepEqual(["31.2.2026", "tomorrow", ""].map(read), [null, null, null]);
  assert.deepEqual([dates.day(at(15)), dates.day(at(400))], ["17 Mar", "6 Apr 27"]);
  assert.deepEqual([dates.day(at(200)), dates.long(at(200)), dates.month(at(200))], ["18 Sep", "18 Sep 2026", "Sep"]);
});

test("cells say what planners read", () => {
  const now = reading();
  const texts = ["row", "name", "duration", "start", "late", "total_float", "percent"].map((name) => cellText(now, 1, name));
  assert.deepEqual(texts, ["2", "Dig", "5\u00A0d", "2 Mar", "+2", "0", "40"]);
  assert.equal(lateness(now, 2), 0);
  assert.equal(cellText(now, 0, "total_float"), "", "the float of a summary says nothing");
  assert.equal(cellText(now, 5, "total_float"), "", "nor that of what is finished");
});

test("a service level is typed on tasks, due on a day, and those pressing are found", () => {
  const now = reading();
  const { tasks } = now.store;
  tasks.service[1] = "5d predecessors";
  tasks.service_due[1] = at(15);
  tasks.service_state[1] = "At risk";
  tasks.service_urgent[1] = true;
  assert.deepEqual(["service", "service_due", "service_state"].map((name) => cellText(now, 1, name)), ["5d predecessors", "17 Mar", "At risk"]);
  assert.deepEqual([mayEdit(now, 1, column("service")), mayEdit(now, 0, column("service")), mayEdit(now, 1, column("service_due"))], [true, false, false]);
  const wanted = wantedRows(now.store, now.outline, { only: "service", text: "", status: at(0) })!;
  assert.deepEqual(tasks.id.map((_id, row) => row).filter(wanted), [1]);
});

test("a summary's dates follow from its parts", () => {
  const now = reading();
  assert.deepEqual(["name", "duration", "start", "deadline", "constraint", "constraint_at"].map((name) => mayEdit(now, 0, column(name))), [true, false, false, true, false, false]);
  assert.equal(mayEdit(now, 1, column("duration")), true);
  assert.equal(mayEdit(now, 1, column("total_float")), false);
  now.store.plan.editable = false;
  assert.equal(mayEdit(now, 1, column("name")), false);
});

test("typed text goes out as the server reads it, and is shown at once where it can be", () => {
  const now = reading();
  assert.equal(typedValue(now, column("start"), "17.3.", at(0)), "2026-03-17");
  assert.equal(typedValue(now, column("start"), "whenever", at(0)), "whenever");
  assert.equal(typedValue(now, column("percent"), "45 %", at(0)), "45");
  assert.deepEqual(guess(now, 11, column("duration"), "3w?"), [["duration", 7200], ["unit", "w"], ["estimated", true]]);
  assert.deepEqual(guess(now, 11, column("start"), "2026-03-17"), [["start", at(15, 8)]]);
  assert.deepEqual(guess(now, 11, column("percent"), "145"), [["percent", 100]]);
  assert.deepEqual(guess(now, 11, column("duration"), "soon"), []);
  assert.deepEqual([guess(now, 11, column("work"), "40"), guess(now, 11, column("work"), "2d")], [[["work", 2400]], [["work", 960]]], "work is told in hours");
  assert.equal(editText(now, 1, column("duration")), "5d");
  assert.equal(editText(now, 1, column("start")), "2 Mar 2026");
});

test("the choice of columns survives what is not known any more", () => {
  const usual = chosenColumns(null).map((one) => one.key);
  assert.ok(usual.includes("name") && usual.includes("predecessors"));
  assert.deepEqual(chosenColumns([{ key: "name", width: 9 }, { key: "gone", width: 50 }, { key: "wbs", width: 70 }]), [{ key: "name", width: 32 }, { key: "wbs", width: 70 }]);
  assert.deepEqual(chosenColumns([{ key: "wbs" }]).map((one) => one.key), usual, "without the name nothing can be read");
  const without = toggled(chosenColumns(null), "start");
  assert.equal(without.some((one) => one.key === "start"), false);
  assert.deepEqual(toggled(without, "start").map((one) => one.key), usual);
  assert.deepEqual(toggled(without, "name"), without);
});

test("every edit has a key", () => {
  const act = (name: string, held: Partial<Pressed> = {}) => gridKey(key(name, held));
  assert.deepEqual(act("ArrowDown", { shiftKey: true }), { act: "go", to: "down", extend: true });
  assert.deepEqual(act("x"), { act: "type", text: "x" });
  assert.deepEqual(act("ü"), { act: "type", text: "ü" });
  const plainly: [string, Partial<Pressed>, string][] = [
    ["F2", {}, "edit"], ["Enter", {}, "edit"], ["Insert", {}, "add"], ["Delete", {}, "remove"], ["z", { ctrlKey: true }, "undo"], ["z", { metaKey: true }, "undo"],
    ["y", { ctrlKey: true }, "redo"], ["Z", { ctrlKey: true, shiftKey: true }, "redo"], ["d", { ctrlKey: true }, "fill"], ["ArrowRight", { altKey: true, shiftKey: true }, "indent"],
    ["ArrowLeft", { altKey: true, shiftKey: true }, "outdent"], ["ArrowUp", { altKey: true }, "move-up"], ["ArrowRight", { altKey: true }, "later"], [".", { altKey: true }, "longer"],
    ["F2", { ctrlKey: true }, "link"], ["F2", { ctrlKey: true, shiftKey: true }, "unlink"], ["Enter", { altKey: true }, "detail"], [" ", {}, "fold"], [" ", { ctrlKey: true }, "toggle"],
  ];
  for (const [name, held, wanted] of plainly) assert.equal(act(name, held)?.act, wanted, name);
  assert.equal(act("c", { ctrlKey: true }), null, "copying is the browser's own");
  assert.deepEqual([act("?"), act("F1")], [{ act: "help" }, { act: "help" }]);
  const mac = ([["≥", "Period"], ["≤", "Comma"], ["ß", "KeyS"], ["–", "Minus"], ["≠", "Equal"]] as const).map(([name, code]) => gridKey({ ...key(name, { altKey: true }), code })?.act);
  assert.deepEqual(mac, ["longer", "shorter", "split", "zoom-out", "zoom-in"], "with Alt a Mac writes other signs");
  assert.equal(act("Tab"), null, "Tab leaves the grid");
  assert.equal(act("+", { ctrlKey: true }), null, "the browser's zoom stays its own");
});

test("in a cell Enter, Tab and Escape end typing, unless a word is being composed", () => {
  assert.deepEqual(editorKey(key("Enter"), false), { act: "keep", go: "down" });
  assert.deepEqual(editorKey(key("Tab", { shiftKey: true }), false), { act: "keep", go: "left" });
  assert.deepEqual(editorKey(key("Escape"), false), { act: "drop" });
  assert.equal(editorKey(key("Enter"), true), null);
  assert.equal(editorKey(key("ArrowLeft"), false), null);
});

test("ranges go to a spreadsheet and come back", () => {
  const cells = [["Dig", "5 d"], ['say "so"', "two\nlines"], ["", "x"]];
  assert.deepEqual(fromTsv(toTsv(cells)), cells);
  assert.deepEqual(fromTsv("AA\tBB\r\nCC\tDD\r\n"), [["AA", "BB"], ["CC", "DD"]]);
  assert.deepEqual(fromTsv("one"), [["one"]]);
});

test("pasted cells spread from where one stands; one value fills the range", () => {
  const columns = ["row", "name", "duration"];
  assert.deepEqual(spread([["A", "1d", "lost"], ["B"]], columns, "name", 1, ["name"]), [
    { place: 0, column: "name", text: "A" }, { place: 0, column: "duration", text: "1d" }, { place: 1, column: "name", text: "B" },
  ]);
  assert.equal(spread([["3d"]], columns, "duration", 3, ["duration"]).length, 3);
});
