import assert from "node:assert/strict";
import { test } from "node:test";
import { sameClock } from "../src/plan/model/calendar";
import { chosenColumns } from "../src/plan/model/columns";
import { type Edit, Refused } from "../src/plan/model/queue";
import { at as on } from "../src/plan/model/select";
import type { Answer, Command, PlanData } from "../src/plan/model/types";
import type { Audience } from "../src/plan/audience";
import { Session } from "../src/plan/session";
import { Network } from "../src/plan/view/net";
import { SignedOut } from "../src/plan/model/queue";
import { at, plan } from "./plan-fixture";

interface Sent {
  path: string;
  commands: Command[];
  answer(answer: Partial<Answer>): Promise<void>;
  refuse(message: string, more?: object): Promise<void>;
}

function desk(change: (data: PlanData) => void = () => undefined) {
  const sent: Sent[] = [];
  const told: { texts: [string, boolean][]; said: string[]; reloads: number; ends: number; given: unknown[]; kept: Record<string, unknown> } = { texts: [], said: [], reloads: 0, ends: 0, given: [], kept: {} };
  const settle = async () => {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
  };
  let revision = 7;
  const audience: Audience = {
    repaint: () => undefined, reload: () => (told.reloads += 1), announce: (text) => told.said.push(text), tell: (text, undo) => told.texts.push([text, undo === true]),
    wayBackEnds: () => (told.ends += 1), gaveBack: (report) => told.given.push(report), kept: (name, value) => (told.kept[name] = structuredClone(value)),
  };
  const data = plan();
  change(data);
  const make = () => new Session(data, {
    say: (key, values) => (values ? `${key} ${Object.values(values).join(" ")}` : key), language: "en-GB", today: at(2), constraints: {}, columns: chosenColumns(null), folded: [],
    transport: { send: (path, body) => new Promise((resolve, reject) => sent.push({
      path, commands: (body as { commands?: Command[] }).commands ?? [],
      answer: (answer) => { revision += 1; resolve({ revision, batch: `b${revision}`, ...answer }); return settle(); },
      refuse: (message, more = {}) => { reject(new Refused({ status: 422, message, ...more })); return settle(); },
    })) },
  }, audience);
  return { session: make(), again: make, sent, told };
}

const choose = (session: Session, id: number, column = "name") => session.select(on({ id, column }));

test("a new row goes to the server with its first name, as one step", async () => {
  const { session, sent } = desk();
  choose(session, 12);
  session.add();
  const id = session.selection.cursor!.id;
  assert.equal(sent.length, 0, "nothing goes before it is named");
  session.setCells([{ id, column: "name", text: "Splice" }]);
  assert.deepEqual(sent.map((one) => one.commands), [[{ do: "add", after: 12, parent: 10, name: "Splice", key: `new-${-id}` }]]);
  assert.equal(session.queue.undoable, "undo_add");
  session.add();
  session.sendNew();
  await sent[0]!.answer({ keys: { [`new-${-id}`]: 30 } });
  assert.equal((sent[1]!.commands[0] as { name: string }).name, "new_task", "left without a name it has the usual one");
});

test("a row made while a filter is on is shown until the filter is changed", () => {
  const { session } = desk();
  session.showOnly({ text: "Dig" });
  choose(session, 11);
  session.add();
  const id = session.selection.cursor!.id;
  assert.ok(id < 0, "the new row is the one that is named");
  session.setCells([{ id, column: "name", text: "Splice" }]);
  assert.deepEqual([...session.shown.rows].map((row) => session.store.tasks.name[row]), ["Phase", "Dig", "Splice"]);
  assert.equal(session.name(11), "Dig");
  session.showOnly({ text: "Phase" });
  assert.deepEqual([...session.shown.rows].map((row) => session.store.tasks.name[row]), ["Phase"]);
});

test("whatever is done to a new row goes to the id that it has got meanwhile", async () => {
  const { session, sent } = desk();
  choose(session, 12);
  session.add();
  const id = session.selection.cursor!.id;
  session.sendNew();
  await sent[0]!.answer({ keys: { [`new-${-id}`]: 30 }, changed: { id: [30], start: [at(8, 8)], finish: [at(8, 17)], duration: [480], parent: [10], name: ["new_task"] } });
  session.shift(id, at(9, 8));
  await sent[1]!.answer({});
  session.lengthen(id, 1);
  await sent[2]!.answer({});
  session.send([{ do: "link", predecessor: 12, successor: id, kind: "FS", lag: "" }], "link", [[id, "percent", 5]]);
  assert.deepEqual(sent.slice(1).map((one) => one.commands[0]), [
    { do: "shift", task: 30, start: at(9, 8) }, { do: "set", task: 30, field: "duration", value: "2d" }, { do: "link", predecessor: 12, successor: 30, kind: "FS", lag: "" },
  ]);
  assert.equal(session.store.value(30, "percent"), 5);
});

test("after two refusals a cell shows what the server has", async () => {
  const { session, sent } = desk();
  session.setCells([{ id: 11, column: "percent", text: "50" }]);
  session.setCells([{ id: 11, column: "percent", text: "60" }]);
  await sent[0]!.refuse("No.");
  assert.equal(session.store.value(11, "percent"), 60, "what waits is still shown");
  await sent[1]!.refuse("No.");
  assert.equal(session.store.value(11, "percent"), 40);
});

test("a refused paste keeps every text in its own cell", async () => {
  const { session, sent } = desk();
  session.setCells([{ id: 11, column: "duration", text: "7d" }, { id: 12, column: "percent", text: "30" }, { id: 12, column: "predecessors", text: "4" }], "undo_paste");
  await sent[0]!.refuse("A loop.", { task: 12, field: "predecessors" });
  assert.deepEqual([...session.faults].map(([cell, fault]) => [cell, fault.text]), [["11:duration", "7d"], ["12:percent", "30"], ["12:predecessors", "4"]]);
  assert.equal(session.store.value(11, "duration"), 2400);
});

test("a row that waits stays behind its neighbour when the order comes, and what was removed stays out", async () => {
  const { session, sent } = desk();
  session.setCells([{ id: 11, column: "name", text: "Dig deep" }]);
  choose(session, 12);
  session.add();
  session.sendNew();
  choose(session, 20);
  session.remove();
  await sent[0]!.answer({ changed: { id: [11, 20], name: ["Dig deep", "Alone"] }, order: [10, 11, 12, 13, 14, 20] });
  assert.deepEqual(session.store.tasks.name, ["Phase", "Dig deep", "Pull", "new_task", "Test", "Gate"]);
});

test("a removal is told once the server has done it, with a way back that ends with the next edit", async () => {
  const { session, sent, told } = desk();
  choose(session, 20);
  session.remove();
  assert.deepEqual(told.texts, []);
  await sent[0]!.answer({ removed: [20] });
  assert.deepEqual(told.texts, [["removed_one Alone", true]]);
  const ends = told.ends;
  session.setCells([{ id: 11, column: "name", text: "Dug" }]);
  assert.equal(told.ends, ends + 1);
  choose(session, 13);
  session.remove();
  session.setCells([{ id: 11, column: "name", text: "Dig" }]);
  await sent[1]!.answer({});
  await sent[2]!.answer({ removed: [13] });
  assert.deepEqual(told.texts[1], ["removed_one Test", false], "something else would be taken back by now");
  choose(session, 12);
  session.remove();
  await sent[3]!.answer({});
  await sent[4]!.refuse("Not this one.");
  assert.deepEqual(told.texts[2], ["Not this one.", false]);
});

test("the plan is fetched when nothing waits, and never replaced by an older state", async () => {
  const { session, sent, told } = desk();
  session.setCells([{ id: 11, column: "name", text: "A" }]);
  session.setCells([{ id: 12, column: "name", text: "B" }]);
  session.reload();
  assert.equal(told.reloads, 0);
  await sent[0]!.answer({ changed: { id: [11], name: ["A"] } });
  assert.equal(told.reloads, 0);
  await sent[1]!.answer({ changed: { id: [12], name: ["B"] } });
  assert.equal(told.reloads, 1);
  session.replace({ ...plan(), revision: session.store.revision - 1 });
  assert.equal(session.name(11), "A");
  session.replace({ ...plan(), revision: session.store.revision + 1 });
  assert.equal(session.name(11), "Dig");
});

test("what waits is kept whole over a reload: edits, and the turn that takes the last one back", async () => {
  const { session, again, sent, told } = desk();
  session.setCells([{ id: 11, column: "name", text: "A" }]);
  session.undo();
  const kept = told.kept["queue"];
  const next = again();
  next.restore(kept);
  assert.equal(next.name(11), "A", "what waits is shown");
  await sent[1]!.answer({ batch: "b" });
  assert.deepEqual([sent[2]!.path, next.queue.waiting], ["undo", 1]);
  await sent[2]!.answer({});
  assert.equal(next.queue.redoable, "undo_edit column_name");
  assert.deepEqual(told.kept["queue"], []);
});

test("a refused report is given back to whoever wrote it", async () => {
  const { session, sent, told } = desk();
  const report: NonNullable<Edit["report"]> = { task: 11, draft: { percent: 60 } };
  session.send([{ do: "set", task: 11, field: "percent", value: "60" }], "report", [[11, "percent", 60]], "percent", false, { report });
  await sent[0]!.refuse("After today.");
  assert.deepEqual(told.given, [report]);
  assert.equal(session.store.value(11, "percent"), 40);
  assert.equal(session.faults.size, 0);
});

test("whoever reports says how far tasks are, and changes nothing else", () => {
  const { session, sent, told } = desk((data) => Object.assign(data.plan, { editable: false, reports: true }));
  const may = (id: number, ...columns: string[]) => columns.map((column) => session.mayEdit({ id, column }));
  assert.deepEqual(may(11, "percent", "remaining", "actual_start", "actual_finish"), [true, true, true, true]);
  assert.deepEqual(may(11, "name", "duration", "start", "finish", "predecessors", "deadline"), [false, false, false, false, false, false]);
  assert.deepEqual(may(10, "percent"), [false], "a summary's follows from its parts");
  assert.deepEqual([session.reporting, session.editable], [true, false]);
  choose(session, 11);
  session.add();
  session.remove();
  session.shift(11, at(3, 8));
  session.level("indent");
  assert.deepEqual([sent.length, told.said], [0, ["said_report_only", "said_report_only", "said_report_only", "said_report_only"]]);
  session.setCells([{ id: 11, column: "percent", text: "50" }]);
  assert.equal(sent.length, 1);
  const reader = desk((data) => Object.assign(data.plan, { editable: false }));
  reader.session.shift(11, at(3, 8));
  assert.deepEqual(reader.told.said, ["said_read_only"]);
});

test("a step by days keeps the clock and leaves out days without work", () => {
  const calendar = plan().calendars[0];
  assert.equal(sameClock(calendar, at(3, 17), 1), at(4, 17), "a milestone at the end of a day stays at the end of one");
  assert.equal(sameClock(calendar, at(4, 17), 1), at(8, 17), "over the weekend and a day off");
  assert.equal(sameClock(calendar, at(8, 8), -1), at(4, 8));
  assert.equal(sameClock(calendar, at(3, 13), 0), at(3, 13));
  assert.equal(sameClock(undefined, at(4, 17), 2), at(6, 17));
});

async function asked(answers: Response[], act: (network: Network) => Promise<unknown>, base = "/plan/"): Promise<{ calls: [string, string, string][]; fault: unknown }> {
  const calls: [string, string, string][] = [];
  const meta = { content: "old" };
  const before = { fetch: globalThis.fetch, document: globalThis.document };
  Object.assign(globalThis, {
    document: { querySelector: () => meta },
    fetch: (url: string, options: RequestInit) => {
      calls.push([options.method ?? "GET", url, (options.headers as Record<string, string>)["X-CSRFToken"] ?? ""]);
      return Promise.resolve(answers[calls.length - 1]!);
    },
  });
  let fault: unknown = null;
  try {
    await act(new Network(base, (key) => key));
  } catch (thrown) {
    fault = thrown;
  }
  Object.assign(globalThis, before);
  return { calls, fault };
}

const json = (body: object, more: object = {}) => Object.defineProperties(new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } }), Object.fromEntries(Object.entries(more).map(([name, value]) => [name, { value }])));
const page = (text: string, status = 200) => new Response(text, { status, headers: { "Content-Type": "text/html" } });

test("an answer by way of the page of sign-in is none, even as JSON", async () => {
  const { fault } = await asked([json({ ok: true }, { redirected: true })], (network) => network.send("edit", {}));
  assert.ok(fault instanceof SignedOut);
});

test("a token that has changed is fetched, and the edit sent again with it", async () => {
  const { calls, fault } = await asked([page("Forbidden", 403), page('<meta name="csrf-token" content="new">'), json({ revision: 8 })], (network) => network.send("edit", {}));
  assert.equal(fault, null);
  assert.deepEqual(calls, [["POST", "/plan/edit", "old"], ["GET", "/plan/", ""], ["POST", "/plan/edit", "new"]]);
  const refused = await asked([page("Forbidden", 403), page("no token here")], (network) => network.send("edit", {}));
  assert.ok(refused.fault instanceof Refused);
  assert.equal(refused.fault.refusal.message, "refused", "a refusal without a reason has a word");
});

test("a photo goes to the address of its own plan; taken, refused and not arrived are told apart", async () => {
  const post = async (answers: Response[], base?: string) => {
    let found: unknown;
    const { calls, fault } = await asked(answers, async (network) => (found = await network.photo(3, 11, "r1", new Blob(["x"]))), base);
    return { found, fault, calls };
  };
  const taken = await post([new Response('{"url": "/f/1", "name": "1.jpg"}', { status: 201, headers: { "Content-Type": "application/json" } })]);
  assert.deepEqual([taken.found, taken.calls], [{ url: "/f/1", name: "1.jpg" }, [["POST", "/plan/3/photo", "old"]]]);
  assert.deepEqual((await post([json({ url: "/f/1", name: "1.jpg" })], "/projects/P/plan/3/")).calls, [["POST", "/projects/P/plan/3/photo", "old"]]);
  const said = (status: number) => new Response('{"message": "Too large."}', { status, headers: { "Content-Type": "application/json" } });
  for (const status of [403, 422]) assert.deepEqual((await post([said(status)])).found, { message: "Too large." });
  for (const status of [400, 404, 413]) assert.deepEqual((await post([page("No", status)])).found, { message: "refused" }, String(status));
  for (const answer of [page("Busy", 429), page("Broken", 502), said(503), page("Sign in"), json({}, { redirected: true })]) assert.ok((await post([answer])).fault instanceof Error, String(answer.status));
});

test("every question and every edit speaks of the chosen baseline", async () => {
  const { calls } = await asked([json({ revision: 8 }), json({ revision: 8 }), json({ revision: 8 })], async (network) => {
    network.baseline = "2";
    await network.send("undo", {});
    await network.changes(7);
    await network.data();
  });
  assert.deepEqual(calls.map(([, url]) => url), ["/plan/undo?baseline=2", "/plan/changes?since=7&baseline=2", "/plan/data?baseline=2"]);
});

test("pasted lines become rows after one another, with their other cells, in one edit", () => {
  const { session, sent } = desk();
  choose(session, 12);
  session.addMany([{ name: "Weld", duration: "2d", percent: "50%", row: "9" }, { name: "", duration: "", percent: " " }]);
  const [first, second] = session.ids.filter((id) => id < 0) as [number, number];
  assert.deepEqual(sent.map((one) => one.commands), [[
    { do: "add", after: 12, parent: 10, name: "Weld", key: `new-${-first}`, duration: "2d" },
    { do: "set", task: first, field: "percent", value: "50" },
    { do: "add", after: first, parent: 10, name: "new_task", key: `new-${-second}` },
  ]]);
  assert.equal(session.queue.undoable, "undo_paste");
});
