"""The `[plans]` settings: what each plan includes, and which one a grant without a name gives."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from server.config.reader import ConfigError, tables

PROVIDERS = ("whatsapp",)
# What a plan may include beside sending and connecting; a route asks for one by its name.
NEW_CHATS = "new_chats"
FEATURES = (NEW_CHATS,)
PLAN_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one plan includes; a limit that is left out is none."""

    providers: tuple[str, ...]
    accounts: int | None = None
    messages_per_month: int | None = None
    seats: int | None = None
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """All plans by name, and the one that grants without a name give."""

    default: str
    named: Mapping[str, Plan] = tables(Plan)

    def find(self, name: str | None) -> tuple[str, Plan]:
        """(name, plan); a plan that was taken out of the configuration is the default one."""
        known = name if name is not None and name in self.named else self.default
        return known, self.named[known]


def check_plans(plans: Plans) -> None:
    """Raise ConfigError for what cannot be meant."""
    if plans.default not in plans.named:
        raise ConfigError(f"config.toml: [plans] default: there is no [plans.{plans.default}].")
    for name, plan in plans.named.items():
        if not PLAN_NAME.fullmatch(name):
            raise ConfigError(f"config.toml: [plans.{name}]: a name has small letters, digits, - and _.")
        for kind, given, known in (
            ("provider", plan.providers, PROVIDERS),
            ("feature", plan.features, FEATURES),
        ):
            if unknown := [value for value in given if value not in known]:
                raise ConfigError(
                    f"config.toml: [plans.{name}]: {unknown[0]!r} is no {kind} (known: {', '.join(known)})."
                )
