"""When a closed number opens next, as its automatic texts say it."""

from datetime import datetime

from server.rules.answering.surveys import language_of
from server.rules.hours import Hours

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "pt": (
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
    ),
}
WEEK_DAYS = 7


def opening_text(hours: Hours | None, now: datetime, phone: str | None) -> str | None:
    """The time of today, `Monday 09:00` within a week, with the date beyond, in the language of the number's country;
    None while the number is open, and if it never opens.
    """
    opens_at = hours.next_open(now) if hours else None
    if hours is None or opens_at is None or opens_at <= now:
        return None
    local = opens_at.astimezone(hours.zone)
    time, days = f"{local:%H:%M}", (local.date() - now.astimezone(hours.zone).date()).days
    if days == 0:
        return time
    weekday = WEEKDAYS[language_of(phone)][local.weekday()]
    return f"{weekday} {time}" if days < WEEK_DAYS else f"{weekday} {local.date().isoformat()} {time}"
