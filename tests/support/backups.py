"""Backups in tests: the rows of a database table by table, the files of a folder, and a new system to restore into."""

import json
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import psycopg2

from tests.support.programs import run

Settings = dict[str, str]
# Of the installation, and of the migrations.
OWN = ("backup", "installation")
LIST_TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename !~ 'yoyo' order by 1"


def rows_of(url: str) -> dict[str, list[str]]:
    """All rows of all tables, as text, in no order."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("set timezone to 'UTC'")
        cursor.execute(LIST_TABLES)
        tables = [row[0] for row in cursor.fetchall() if row[0] not in OWN]
        found = {}
        for table in tables:
            cursor.execute(f'select t::text from "{table}" t')
            found[table] = sorted(row[0] for row in cursor.fetchall())
        return found


def ask(url: str, statement: str, *values: object) -> list[Any]:
    """Run one statement; its rows."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def files_of(folder: Path) -> dict[str, bytes]:
    """Whole media files by their hash."""
    return {
        path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and len(path.name) == 64
    }


def another(settings: Settings, database_url: str, data_dir: Path) -> Settings:
    """The environment of a system that is restored beside the one that was backed up."""
    redis_url = settings["REDIS_URL"].removesuffix("/0")
    return {
        **settings,
        "DATABASE_URL": database_url,
        "REDIS_URL": f"{redis_url}/1",
        "DATA_DIR": str(data_dir),
    }


def succeed(settings: Settings, *arguments: str, stdin: str = "") -> Any:
    """The JSON document of a command that succeeds."""
    result: CompletedProcess[str] = run(*arguments, "--json", settings=settings, stdin=stdin)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr + result.stdout
    return json.loads(result.stdout)
