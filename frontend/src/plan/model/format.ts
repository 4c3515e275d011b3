/** Durations, dates and figures as planners read and type them. Pure; the language comes from the page. */
import { DAY, type Instant, type PlanFacts } from "./types";

const MINUS = "\u2212";

export interface Lengths {
  minutes_per_day: number;
  minutes_per_week: number;
  days_per_month: number;
}

/** A figure with at most `places` decimals and no trailing noughts. */
export function figure(value: number, places = 1): string {
  const rounded = Number(value.toFixed(places));
  return `${rounded < 0 ? MINUS : ""}${Math.abs(rounded)}`;
}

export function signed(value: number, places = 1): string {
  const text = figure(value, places);
  return value > 0 && text !== "0" ? `+${text}` : text;
}

/** Minutes of one unit; what is elapsed counts around the clock. */
function unitMinutes(unit: string, lengths: Lengths): number {
  const elapsed = unit.startsWith("e");
  const plain = elapsed ? unit.slice(1) : unit;
  const day = elapsed ? DAY : lengths.minutes_per_day;
  if (plain === "m" || plain === "min") return 1;
  if (plain === "h") return 60;
  if (plain === "w") return elapsed ? 7 * DAY : lengths.minutes_per_week;
  if (plain === "mo") return (elapsed ? 30 : lengths.days_per_month) * day;
  if (plain === "y") return (elapsed ? 365 : lengths.days_per_month * 12) * day;
  return day;
}

export function duration(minutes: number | null | undefined, unit: string, lengths: Lengths, estimated = false): string {
  if (minutes === null || minutes === undefined) return "";
  const known = unit || "d";
  return `${figure(minutes / unitMinutes(known, lengths), 2)}\u00A0${known}${estimated ? "?" : ""}`;
}

const DURATION = /^\s*(\d+(?:[.,]\d+)?)\s*(e?)\s*(mo|mon|months?|min|minutes?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w|years?|y)?\s*(\?)?\s*$/i;
const SHORT: Readonly<Record<string, string>> = { mi: "m", mo: "mo", m: "m", h: "h", d: "d", w: "w", y: "y" };

/** What a typed duration says, or null where it cannot be read here; the server has the last word. */
export function parseDuration(text: string, lengths: Lengths, usual = "d"): { minutes: number; unit: string; estimated: boolean } | null {
  const found = DURATION.exec(text);
  if (!found) return null;
  const word = (found[3] ?? usual).toLowerCase();
  const plain = SHORT[word.slice(0, 2)] ?? SHORT[word.slice(0, 1)] ?? "d";
  const unit = `${found[2] ? "e" : ""}${plain}`;
  return { minutes: Math.round(Number(found[1]!.replace(",", ".")) * unitMinutes(unit, lengths)), unit, estimated: found[4] === "?" };
}

/** A span in working days, as float and lateness are told. */
export function days(minutes: number | null | undefined, lengths: Lengths): string {
  return minutes === null || minutes === undefined ? "" : figure(minutes / lengths.minutes_per_day, 1);
}

/** Months in short have three letters, as the server writes them; British English has four for one of them. */
function said(form: Intl.DateTimeFormat, at: number | Date): string {
  return form.format(at).replace(/\bSept\b/, "Sep");
}

export class Dates {
  private readonly known = new Map<number, string>();
  private readonly thisYear: number;
  private readonly shortForm: Intl.DateTimeFormat;
  private readonly otherYear: Intl.DateTimeFormat;
  private readonly longForm: Intl.DateTimeFormat;
  private readonly fullForm: Intl.DateTimeFormat;
  private readonly monthForm: Intl.DateTimeFormat;
  private readonly weekdayForm: Intl.DateTimeFormat;

  constructor(language: string, today: Instant) {
    const form = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options });
    this.thisYear = new Date(today * 60_000).getUTCFullYear();
    this.shortForm = form({ day: "numeric", month: "short" });
    this.otherYear = form({ day: "numeric", month: "short", year: "2-digit" });
    this.longForm = form({ day: "numeric", month: "short", year: "numeric" });
    this.fullForm = form({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
    this.monthForm = form({ month: "short" });
    this.weekdayForm = form({ weekday: "short" });
  }

  /** "17 Mar", with two figures of the year when it is not this one. */
  day(at: Instant | null | undefined): string {
    if (at === null || at === undefined) return "";
    const key = Math.floor(at / DAY);
    let text = this.known.get(key);
    if (text === undefined) {
      const date = new Date(key * DAY * 60_000);
      text = said(date.getUTCFullYear() === this.thisYear ? this.shortForm : this.otherYear, date);
      this.known.set(key, text);
    }
    return text;
  }

  long(at: Instant | null | undefined): string {
    return at === null || at === undefined ? "" : said(this.longForm, at * 60_000);
  }

  /** "Mon 17 Mar 2026, 09:00". */
  full(at: Instant | null | undefined): string {
    return at === null || at === undefined ? "" : `${said(this.fullForm, at * 60_000)}, ${clock(at)}`;
  }

  month(at: Instant): string {
    return said(this.monthForm, at * 60_000);
  }

  year(at: Instant): string {
    return String(new Date(at * 60_000).getUTCFullYear());
  }

  weekday(at: Instant): string {
    return this.weekdayForm.format(at * 60_000);
  }
}

export function clock(at: Instant): string {
  const minute = ((at % DAY) + DAY) % DAY;
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** As fields and the server exchange it: 2026-03-17, with the time where `time` is asked for. */
export function iso(at: Instant | null | undefined, time = false): string {
  if (at === null || at === undefined) return "";
  const text = new Date(at * 60_000).toISOString();
  return text.slice(0, time ? 16 : 10);
}

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2}))?$/;
const NUMBERS = /^(\d{1,2})[./](\d{1,2})[./]?(\d{2,4})?(?:\s+(\d{1,2}):(\d{2}))?$/;
const WORDS = /^(\d{1,2})\.?\s+(\p{L}+)\.?(?:\s+(\d{2,4}))?(?:\s+(\d{1,2}):(\d{2}))?$/u;

function made(year: number, month: number, day: number, hour?: string, minute?: string): string | null {
  const full = year < 100 ? 2000 + year : year;
  const date = new Date(Date.UTC(full, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const text = date.toISOString().slice(0, 10);
  return hour === undefined ? text : `${text}T${hour.padStart(2, "0")}:${minute}`;
}

/** A date typed as 2026-03-17, 17.3.26, 17/3, 17 Mar or +5 (days from today) as ISO text, or null where it cannot be read. */
export function parseDate(text: string, today: Instant, dates: Dates): string | null {
  const typed = text.trim();
  const year = new Date(today * 60_000).getUTCFullYear();
  let found = ISO.exec(typed);
  if (found) return made(Number(found[1]), Number(found[2]), Number(found[3]), found[4], found[5]);
  found = NUMBERS.exec(typed);
  if (found) return made(found[3] ? Number(found[3]) : year, Number(found[2]), Number(found[1]), found[4], found[5]);
  found = /^([+-]\d{1,4})$/.exec(typed);
  if (found) return iso(today + Number(found[1]) * DAY);
  found = WORDS.exec(typed);
  if (!found) return null;
  const word = found[2]!.toLowerCase();
  for (let month = 1; month <= 12; month += 1) {
    const name = dates.month(Date.UTC(2024, month - 1, 1) / 60_000).toLowerCase().replace(".", "");
    if (word.startsWith(name) || name.startsWith(word)) return made(found[3] ? Number(found[3]) : year, month, Number(found[1]), found[4], found[5]);
  }
  return null;
}

/** An ISO date as an instant, at `minute` of the day where it says no time. */
export function instant(text: string, minute = 0): Instant | null {
  const found = ISO.exec(text);
  if (!found) return null;
  const time = found[4] === undefined ? minute : Number(found[4]) * 60 + Number(found[5]);
  return Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) / 60_000 + time;
}

export function lengthsOf(plan: PlanFacts): Lengths {
  return { minutes_per_day: plan.minutes_per_day || 480, minutes_per_week: plan.minutes_per_week || 2400, days_per_month: plan.days_per_month || 20 };
}
