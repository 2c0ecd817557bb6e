"""The operator's commands for the schema of the database: migrate it, and roll migrations back."""

import argparse
import json
from typing import Any

from server.cli.command import add_json, confirm
from server.config import Config
from server.process import migrate as migrations

NAMED = "a migration, or its number"


def add_schema_commands(commands: Any) -> None:
    """Declare `migrate` and `rollback`."""
    migrating = commands.add_parser("migrate", help="apply pending migrations to the database")
    migrating.add_argument("--to", metavar="MIGRATION", help=f"the last one to apply: {NAMED}")
    add_json(migrating)
    rolling_back = commands.add_parser(
        "rollback", help="roll back migrations, with the data that only the newer schema has"
    )
    rolling_back.add_argument(
        "--to", metavar="MIGRATION", required=True, help=f"the last one that stays applied: {NAMED}"
    )
    rolling_back.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    add_json(rolling_back)


def migrate(config: Config, options: argparse.Namespace) -> int:
    """Apply what is pending, up to `--to`."""
    applied = migrations.migrate(config.database.url or "", up_to=options.to)
    print(json.dumps({"applied": applied}) if options.json else "\n".join(applied) or "Nothing to apply.")
    return 0


def roll_back(config: Config, options: argparse.Namespace) -> int:
    """Roll back all that was applied after `--to`, newest first, each in a transaction of its own."""
    url = config.database.url or ""
    names = migrations.applied_after(url, options.to)
    if names and not options.yes:
        confirm(f"Roll back {', '.join(names)}, and lose what only they store?")
    undone = migrations.roll_back(url, len(names))
    print(
        json.dumps({"rolled_back": undone}) if options.json else "\n".join(undone) or "Nothing to roll back."
    )
    return 0
