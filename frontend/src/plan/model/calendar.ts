/** Working and non-working time of a calendar, for shading, for lateness and for what is typed. Pure. */
import { DAY, type Instant, type PlanCalendar } from "./types";

const NO_SHIFTS: readonly [number, number][] = [];

function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Whether a day since 1970 lies in a span without work; spans are in order. */
function isOff(calendar: PlanCalendar, day: number): boolean {
  let low = 0;
  let high = calendar.off.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = calendar.off[middle]!;
    if (day < first) high = middle - 1;
    else if (day > last) low = middle + 1;
    else return true;
  }
  return false;
}

function shiftsOn(calendar: PlanCalendar, day: number): readonly [number, number][] {
  return isOff(calendar, day) ? NO_SHIFTS : (calendar.week[weekday(day)] ?? NO_SHIFTS);
}

export function isWorkday(calendar: PlanCalendar, day: number): boolean {
  return shiftsOn(calendar, day).length > 0;
}

/** Spans without work between two instants: whole days, or with `hours` also the gaps between shifts. Neighbours are one span. */
export function nonWorking(calendar: PlanCalendar, from: Instant, to: Instant, hours: boolean): [Instant, Instant][] {
  const spans: [Instant, Instant][] = [];
  const add = (start: Instant, end: Instant) => {
    const last = spans[spans.length - 1];
    if (start >= end) return;
    if (last && last[1] === start) last[1] = end;
    else spans.push([start, end]);
  };
  const lastDay = Math.ceil(to / DAY);
  for (let day = Math.floor(from / DAY); day < lastDay; day += 1) {
    const shifts = shiftsOn(calendar, day);
    if (shifts.length === 0) add(day * DAY, (day + 1) * DAY);
    else if (hours) {
      let at = day * DAY;
      for (const [start, end] of shifts) {
        add(at, day * DAY + start);
        at = day * DAY + end;
      }
      add(at, (day + 1) * DAY);
    }
  }
  return spans;
}

/** Working minutes of one day before a minute of it. */
function workedBy(calendar: PlanCalendar, day: number, minute: number): number {
  let sum = 0;
  for (const [start, end] of shiftsOn(calendar, day)) sum += Math.max(0, Math.min(end, minute) - start);
  return sum;
}

/** Working minutes between two instants, less than nought when the second comes first. */
export function workBetween(calendar: PlanCalendar, from: Instant, to: Instant): number {
  if (to < from) return -workBetween(calendar, to, from);
  const first = Math.floor(from / DAY);
  const last = Math.floor(to / DAY);
  const weekly = calendar.week.map((shifts) => shifts.reduce((sum, [start, end]) => sum + end - start, 0));
  const whole = weekly.reduce((sum, minutes) => sum + minutes, 0);
  let sum = workedBy(calendar, last, to - last * DAY) - workedBy(calendar, first, from - first * DAY);
  const weeks = Math.floor((last - first) / 7);
  sum += weeks * whole;
  for (let day = first + weeks * 7; day < last; day += 1) sum += weekly[weekday(day)] ?? 0;
  for (const [start, end] of calendar.off) {
    for (let day = Math.max(start, first); day <= end && day < last; day += 1) sum -= weekly[weekday(day)] ?? 0;
  }
  return sum;
}

/** The same minute of the day so many days away, on from there to the next day with work. */
export function sameClock(calendar: PlanCalendar | undefined, at: Instant, by: number): Instant {
  const clock = ((at % DAY) + DAY) % DAY;
  let day = Math.floor(at / DAY) + by;
  for (let guard = 0; calendar && guard < 4000 && !isWorkday(calendar, day); guard += 1) day += by < 0 ? -1 : 1;
  return day * DAY + clock;
}

/** The first working minute at or after an instant. */
export function nextWork(calendar: PlanCalendar, at: Instant): Instant {
  let day = Math.floor(at / DAY);
  let after = at - day * DAY;
  for (let guard = 0; guard < 4000; guard += 1) {
    for (const [start, end] of shiftsOn(calendar, day)) if (end > after) return day * DAY + Math.max(start, after);
    day += 1;
    after = 0;
  }
  return at;
}
