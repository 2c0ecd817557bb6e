"""Runs the operator's commands beside a running Confab."""

import asyncio
import json
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

from server.cli.command import SOURCE, CommandResult, perform
from server.cli.main import _parser
from server.config import Config
from server.store.people.audit import note_user_agent
from tests.support.programs import run


def settings_of(config: Config) -> dict[str, str]:
    """The environment for a command that uses this Confab."""
    return {
        "DATABASE_URL": config.database.url or "",
        "REDIS_URL": config.redis.url or "",
        "UNIPILE_DSN": config.unipile.dsn or "",
        "UNIPILE_API_KEY": config.unipile.api_key,
        "WEBHOOK_SECRET": config.secrets.webhook_secret,
        "JWT_SECRET": config.secrets.jwt_secret,
        "PUBLIC_URL": config.web.public_url,
        "DATA_DIR": str(config.data_dir),
    }


@dataclass
class Shell:
    """A shell next to a running Confab."""

    config: Config

    async def process(self, *arguments: str, stdin: str = "", **changes: str) -> CompletedProcess[str]:
        """Run a command as its own process, and wait for it."""
        settings = settings_of(self.config) | changes
        return await asyncio.to_thread(run, *arguments, settings=settings, stdin=stdin)

    async def document(self, *arguments: str) -> Any:
        """The JSON document that the process prints with --json, and nothing else."""
        result = await self.process(*arguments, "--json")
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        return json.loads(result.stdout)

    async def invoke(self, *arguments: str) -> CommandResult:
        """The result of the same command run in this process, which saves a second."""
        note_user_agent(SOURCE)
        return await perform(self.config, _parser().parse_args(arguments))
