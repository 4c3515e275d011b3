/** A small plan for the tests of the plan island: a phase of three tasks and a gate, and one task of its own. */
import type { PlanData } from "../src/plan/model/types";

export const MON = Date.UTC(2026, 2, 2) / 60_000; // Monday 2 March 2026, midnight
export const DAY = 1440;
export const at = (day: number, hour = 0) => MON + day * DAY + hour * 60;

export function plan(): PlanData {
  return {
    revision: 7,
    plan: { id: 1, name: "P", start: at(0, 8), finish: at(11, 17), status: at(2), from_finish: false, minutes_per_day: 480, minutes_per_week: 2400, days_per_month: 20, currency: "EUR", editable: true, calendar: 1 },
    calendars: [{ id: 1, name: "Standard", week: [...Array.from({ length: 5 }, () => [[480, 720], [780, 1020]] as [number, number][]), [], []], off: [[MON / DAY + 7, MON / DAY + 7]] }],
    tasks: {
      id: [10, 11, 12, 13, 14, 20],
      parent: [null, 10, 10, 10, 10, null],
      name: ["Phase", "Dig", "Pull", "Test", "Gate", "Alone"],
      duration: [4800, 2400, 480, 960, 0, 480],
      start: [at(0, 8), at(0, 8), at(5, 8), at(8, 8), at(9, 17), at(0, 8)],
      finish: [at(9, 17), at(4, 17), at(8, 17), at(9, 17), at(9, 17), at(0, 17)],
      late_finish: [at(9, 17), at(4, 17), at(8, 17), at(9, 17), at(9, 17), at(9, 17)],
      total_float: [0, 0, 0, 0, 0, 3360],
      critical: [true, true, true, true, true, false],
      percent: [20, 40, 0, 0, 0, 100],
      actual_finish: [null, null, null, null, null, at(0, 17)],
      baseline_start: [null, at(0, 8), at(4, 8), null, null, null],
      baseline_finish: [null, at(2, 17), at(8, 17), null, null, null],
      deadline: [null, at(3, 17), null, null, null, null],
    },
    links: { id: [1, 2, 3], predecessor: [11, 12, 13], successor: [12, 13, 14], kind: ["FS", "FS", "FS"], driving: [true, false, true] },
    resources: [], baselines: [], problems: [],
  };
}
