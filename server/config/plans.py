"""The `[plans]` settings: what each plan includes, and the default plan of grants that name none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from server.config.reader import ConfigError, tables

PROVIDERS = ("whatsapp",)
# Optional parts of a plan, beyond connecting accounts and sending; a route requires one by its name.
NEW_CHATS = "new_chats"
FEATURES = (NEW_CHATS,)
PLAN_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one plan includes; a limit of None is unlimited."""

    providers: tuple[str, ...]
    accounts: int | None = None
    messages_per_month: int | None = None
    seats: int | None = None
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """All plans by name, and the default for grants that name none."""

    default: str
    named: Mapping[str, Plan] = tables(Plan)

    def find(self, name: str | None) -> tuple[str, Plan]:
        """(name, plan); the default plan if the name is None or no longer configured."""
        known = name if name is not None and name in self.named else self.default
        return known, self.named[known]


def check_plans(plans: Plans) -> None:
    """Raise ConfigError for a missing default, an invalid name, or an unknown provider or feature."""
    if plans.default not in plans.named:
        raise ConfigError(f"config.toml: [plans] default names no plan: add [plans.{plans.default}].")
    for name, plan in plans.named.items():
        if not PLAN_NAME.fullmatch(name):
            raise ConfigError(
                f"config.toml: [plans.{name}]: a plan name must have only lower-case letters, digits, - and _."
            )
        for kind, given, known in (
            ("provider", plan.providers, PROVIDERS),
            ("feature", plan.features, FEATURES),
        ):
            if unknown := [value for value in given if value not in known]:
                raise ConfigError(
                    f"config.toml: [plans.{name}]: {unknown[0]!r} is not a {kind}: use one of {', '.join(known)}."
                )
