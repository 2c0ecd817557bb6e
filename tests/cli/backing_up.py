"""Backups of a small system, made and restored in this process, which saves a second each."""

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import psycopg2
import pytest

from server.cli.command import CommandResult, perform
from server.cli.main import _parser
from server.cli.restore import restore
from server.config import Config
from server.errors import ConfabError
from tests.support.backups import ask
from tests.support.services import Services

FILES = (b"first", b"second")
INSERT_SYSTEM = """
    insert into users (email, name, role) values ('eva@x.example', 'Eva', 'owner');
    insert into channels_account (user_id, provider, external_account_id, status)
        select id, 'whatsapp', 'acc-1', 'connected' from users;
    insert into channels_account_member (account_id, user_id, role)
        select a.id, a.user_id, 'owner' from channels_account a;
    insert into channels_chat (account_id, provider_chat_id, kind, seq) select id, 'chat-1', 'direct', 1
        from channels_account;
    insert into channels_message (account_id, chat_id, direction, status, body, sent_at, seq, inserted_seq)
        select account_id, id, 'in', 'received', E'tab\\tline\\nback\\\\slash ção 👍', now(), 2, 2 from channels_chat"""


def name_of(data: bytes) -> str:
    return sha256(data).hexdigest()


@dataclass
class System:
    """A system with a user, an account, a message and some files."""

    config: Config
    services: Services

    @property
    def url(self) -> str:
        return self.config.database.url or ""

    @property
    def media(self) -> Path:
        return self.config.data_dir / "media"

    def add_file(self, data: bytes) -> str:
        """A media file in the storage, with its row."""
        name = name_of(data)
        path = self.media / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        statement = "insert into channels_media_blob (sha256, size, mimetype) values (%s, %s, 'x/y')"
        ask(self.url, statement, name, len(data))
        return name

    def back_up(self, to: Path | str, *arguments: str) -> Any:
        """Make a backup; returns its document."""
        options = _parser().parse_args(["backup", "--to", str(to), *arguments])
        made: CommandResult = asyncio.run(perform(self.config, options))
        return made.document["backup"]

    def restore(self, source: Path | str, *arguments: str) -> int:
        """Restore into this system."""
        return restore(self.config, _parser().parse_args(["restore", str(source), *arguments]))

    def empty(self, name: str, *, template: str | None = None) -> "System":
        """A system without tables, or with empty ones, beside this one."""
        url = self.services.create_database(template=template)
        config = replace(
            self.config,
            database=replace(self.config.database, url=url),
            data_dir=self.config.data_dir / name,
        )
        return System(config, self.services)


def make_system(config: Config, services: Services) -> System:
    """A system with rows and files."""
    system = System(config, services)
    with closing(psycopg2.connect(system.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(INSERT_SYSTEM)
    for data in FILES:
        system.add_file(data)
    return system


def change_manifest(folder: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a manifest so that its own hash is right again."""
    path = folder / name / "manifest.json"
    manifest = orjson.loads(json.loads(path.read_text())["manifest"])
    change(manifest)
    body = orjson.dumps(manifest)
    path.write_bytes(orjson.dumps({"sha256": sha256(body).hexdigest(), "manifest": body.decode()}))


def rejected(run: Callable[[], Any]) -> str:
    """The sentence with which this is rejected."""
    with pytest.raises(ConfabError) as failure:
        run()
    assert str(failure.value).count("\n") == 0
    return str(failure.value)
