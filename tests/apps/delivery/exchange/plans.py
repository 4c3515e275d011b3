"""Small plan files made here."""

from __future__ import annotations

from xml.sax.saxutils import escape

DAY = """<WeekDay><DayType>{}</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime>
<FromTime>08:00:00</FromTime><ToTime>16:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"""
WEEK = "".join(DAY.format(each) for each in range(2, 7))


def task(uid: int, name: str, start: str, finish: str, hours: int, *more: str) -> str:
    """One task of an MSPDI file."""
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{escape(name)}</Name><Start>{start}</Start><Finish>{finish}</Finish>"
        f"<Duration>PT{hours}H0M0S</Duration><DurationFormat>7</DurationFormat><Critical>1</Critical>{''.join(more)}</Task>"
    )


def mspdi(tasks: str = "", head: str = "", declared: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """A plan as Microsoft Project's XML: 8 to 16, Monday to Friday, from 2 March 2026."""
    return (
        f'{declared}{head}<Project xmlns="http://schemas.microsoft.com/project"><Title>Bridge</Title>'
        "<StartDate>2026-03-02T08:00:00</StartDate><FinishDate>2026-03-05T16:00:00</FinishDate>"
        "<MinutesPerDay>480</MinutesPerDay><CalendarUID>1</CalendarUID>"
        f"<Calendars><Calendar><UID>1</UID><Name>Site</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>{WEEK}</WeekDays>"
        f"</Calendar></Calendars><Tasks>{tasks or BRIDGE}</Tasks></Project>"
    )


LINK = """<PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type><LinkLag>4800</LinkLag>
<LagFormat>7</LagFormat></PredecessorLink>"""
#: Dig two days; pour one day, a day of curing after it.
BRIDGE = task(1, "Dig", "2026-03-02T08:00:00", "2026-03-03T16:00:00", 16) + task(
    2, "Pour", "2026-03-05T08:00:00", "2026-03-05T16:00:00", 8, LINK
)
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/none.dtd">'
