"""Migrations since the version before only expand the schema, so that it runs on beside this one."""

import pytest

from server.process.migrate import MIGRATIONS
from tests.migrations.expanding import breaks, contract_of, created_tables, number_of
from tests.support.release import SCHEMA_BEFORE

PATHS = sorted(path for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))
NEW = [path for path in PATHS if number_of(path) > SCHEMA_BEFORE]


def test_new_migrations_expand_or_complete_an_earlier_release() -> None:
    own = created_tables(path.read_text() for path in NEW)
    found = {}
    for path in NEW:
        text = path.read_text()
        completes = contract_of(text)
        if completes is None:
            found[path.name] = breaks(text, own)
        elif completes > SCHEMA_BEFORE:
            found[path.name] = [f"completes {completes:04}, which is part of the same release"]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_version_before_has_a_schema_of_this_history() -> None:
    assert SCHEMA_BEFORE in map(number_of, PATHS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("drop table if exists channels_note", "drops channels_note"),
        ("alter table users drop column name", "drops in users"),
        ("alter table users drop name, add column x text", "drops in users"),
        ("alter table users rename column name to label", "renames in users"),
        ("alter table users rename to members", "renames in users"),
        ("alter table users add column x text not null", "adds a column that requires a value"),
        ("ALTER TABLE users ADD x numeric(5, 2)\n    NOT NULL CHECK (x > 0)", "adds a column that requires"),
        ("alter table users alter column name set not null", "requires a value"),
        ("alter table users alter name type varchar(9)", "changes the type"),
        ("alter table only users alter column name set data type text", "changes the type"),
        ("alter table users alter column role drop default", "takes a default away"),
        ("create table own (x int); alter table users rename column name to n", "renames in users"),
    ],
)
def test_what_the_version_before_cannot_live_with_is_found(text: str, words: str) -> None:
    (found,) = breaks(text, created_tables([text]))
    assert words in found


@pytest.mark.parametrize(
    "text",
    [
        "create table note (id bigint not null); alter table note rename column id to key; drop table note",
        "alter table users add column x text, add column y boolean not null default false",
        "alter table users add column z text not null generated always as (coalesce(a, b)) stored",
        "alter table users drop constraint users_role_check, add constraint c check (role is not null)",
        "alter table users alter column x set default 5, alter column y drop not null",
        "-- alter table users drop column name\ncreate index i on users (name)",
        "create function f() returns trigger language plpgsql as $$ begin drop table x; end $$",
        "drop trigger t on users; drop function f(); drop index i",
    ],
)
def test_what_only_expands_is_accepted(text: str) -> None:
    assert breaks(text, created_tables([text])) == []


def test_a_step_that_completes_another_names_it() -> None:
    assert contract_of("-- Why.\n-- contract of 0075\ndrop table x") == 75
    assert contract_of("-- a contract of something\ndrop table x") is None
