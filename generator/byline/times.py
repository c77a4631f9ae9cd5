"""Partial dates and timecodes (docs/reference/fields.md)."""

import os
import re
from datetime import UTC, datetime
from functools import lru_cache

# ASCII: dates are put in order and compared as texts, and digits of other scripts come after all of these.
_DATE = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?",
    re.ASCII,
)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.(\d{1,3}))?", re.ASCII)
_ISO = re.compile(r"PT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.(\d{1,3}))?S)?", re.ASCII)


def today(on: str = "") -> str:
    """The day of the build in UTC: `on`, else SOURCE_DATE_EPOCH, else the clock."""
    if on:
        return on
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if re.fullmatch("[0-9]{1,11}", epoch):
        return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%d")
    return datetime.now(UTC).strftime("%Y-%m-%d")


def parse_date(text: str) -> str | None:
    """The canonical form of an ISO 8601 date, whole or partial; None where it is none.

    A time is converted to UTC and ends in `Z`; a time without zone is taken as UTC.
    """
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)
        )
        if hour is None:
            return text
        clock = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}"
        if zone in (None, "Z"):
            return clock + "Z"
        moment = datetime.fromisoformat(clock + zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


# A date of so many characters has all its parts: it is its own moment.
WHOLE = 20


@lru_cache(1 << 14)  # many have the same date: records are put in order in three quarters of the time
def moment(date: str) -> str:
    """A sortable key: a partial date sorts as its first moment, no date before all."""
    return date + "0000-01-01T00:00:00Z"[len(date) :] if date else ""


def parse_timecode(text: str) -> int | None:
    """Milliseconds of `mm:ss`, `h:mm:ss`, `h:mm:ss.mmm` or `PT1H2M3S`; None where it is none."""
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = match.groups()
        if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
            return None
    elif not (match := _ISO.fullmatch(text)):
        return None
    else:
        hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def timecode(milliseconds: int) -> str:
    """`m:ss` or `h:mm:ss`, as people read it; parts of a second are cut."""
    seconds = milliseconds // 1000
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def iso_duration(milliseconds: int) -> str:
    """ISO 8601, for `datetime` attributes and structured data."""
    seconds, rest = divmod(milliseconds, 1000)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    fraction = f".{rest:03}".rstrip("0") if rest else ""
    parts = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction or not parts:
        parts += f"{seconds}{fraction}S"
    return "PT" + parts
