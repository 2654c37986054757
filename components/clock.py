"""Times by the reader's clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def day_heading(moment: datetime) -> str:
    """The heading for a moment: today, yesterday, the last week, then the month."""
    here = zone()
    day, today = moment.astimezone(here).date(), datetime.now(here).date()
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=7):
        return "Previous 7 days"
    return _month(day)


def _month(day: date) -> str:
    return day.strftime("%B %Y")


def when(moment: datetime) -> str:
    """The time of something today, else its date, by the reader's clock."""
    here = moment.astimezone(zone())
    today = here.date() == datetime.now(here.tzinfo).date()
    return f"{here:%H:%M}" if today else f"{here:%Y-%m-%d}"


def zone() -> ZoneInfo:
    """Where the reader's clock stands, as the browser says."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
