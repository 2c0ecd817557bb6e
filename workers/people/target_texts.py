"""What push and mail say about a target at risk, in each language: which promise, and when it is breached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from server.rules.answering.target_clocks import TargetKind
from server.store.notifying.deliveries import QuotedTarget

MINUTES_OF_HOUR, MINUTES_OF_DAY = 60, 24 * 60


@dataclass(frozen=True, slots=True)
class TargetTexts:
    """The texts of a language."""

    promises: Mapping[TargetKind, str]
    due: str  # {promise}, {time}
    overdue: str
    days: str  # {count}, from two


TARGET_TEXTS: Mapping[str, TargetTexts] = {
    "en": TargetTexts(
        {"first_reply": "First reply", "next_reply": "Reply", "close": "Closing"},
        "{promise} due in {time}",
        "{promise} overdue by {time}",
        "{count} days",
    ),
    "de": TargetTexts(
        {"first_reply": "Erste Antwort", "next_reply": "Antwort", "close": "Abschluss"},
        "{promise} fällig in {time}",
        "{promise} seit {time} überfällig",
        "{count} Tagen",
    ),
    "es": TargetTexts(
        {"first_reply": "Primera respuesta", "next_reply": "Respuesta", "close": "Cierre"},
        "{promise}: vence en {time}",
        "{promise}: venció hace {time}",
        "{count} días",
    ),
    "pt": TargetTexts(
        {"first_reply": "Primeira resposta", "next_reply": "Resposta", "close": "Encerramento"},
        "{promise}: vence em {time}",
        "{promise}: venceu há {time}",
        "{count} dias",
    ),
}


def describe_target(target: QuotedTarget, language: str, now: datetime | None = None) -> str:
    """The promise, and how long until it is breached or since it is."""
    texts = TARGET_TEXTS.get(language, TARGET_TEXTS["en"])
    seconds = (target.due_at - (now or datetime.now(UTC))).total_seconds()
    text = texts.due if seconds > 0 else texts.overdue
    return text.format(promise=texts.promises[target.kind], time=_length(abs(seconds), texts))


def _length(seconds: float, texts: TargetTexts) -> str:
    """In the largest unit of which there are two, without a rest."""
    minutes = max(1, round(seconds / 60))
    if minutes >= 2 * MINUTES_OF_DAY:
        return texts.days.format(count=minutes // MINUTES_OF_DAY)
    if minutes >= 2 * MINUTES_OF_HOUR:
        return f"{minutes // MINUTES_OF_HOUR} h"
    return f"{minutes} min"
