"""Schemas of the state of the installation, and of dead letters."""

from marshmallow import Schema, fields, validate


class SystemCheck(Schema):
    """The result of one check: `message` is English, as that of `run.py doctor`; `code` and `params` are for a
    translation of it. A parameter may be such a sentence itself, an object with `code` and `params`.
    """

    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["ok", "warning", "failed"]))
    message = fields.String(required=True)
    code = fields.String(required=True)
    params = fields.Dict(required=True, keys=fields.String())


class SystemVersions(Schema):
    """`schema` is the last migration; null: it could not be read."""

    confab = fields.String(required=True)
    schema = fields.String(required=True, allow_none=True)
    postgres = fields.String(required=True, allow_none=True)
    redis = fields.String(required=True, allow_none=True)


class SystemQueue(Schema):
    """A queue: its jobs, and how long the oldest has been due."""

    name = fields.String(required=True)
    jobs = fields.Integer(required=True)
    age_seconds = fields.Float(required=True)


class AccountInNeed(Schema):
    """An account that works again only after an action of its owner; without a name, `name` is the phone number."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    since = fields.String(required=True)


class FailingJobs(Schema):
    """Jobs of one name that are tried again; `tries` is the most that one of them was started."""

    job = fields.String(required=True)
    queue = fields.String(required=True)
    jobs = fields.Integer(required=True)
    tries = fields.Integer(required=True)


class SlowStatement(Schema):
    """A statement, without its values, and the time it took since Postgres's statistics were reset."""

    calls = fields.Integer(required=True)
    seconds = fields.Float(required=True)
    mean_ms = fields.Float(required=True)
    rows = fields.Integer(required=True)
    text = fields.String(required=True)


class LastBackup(Schema):
    name = fields.String(required=True)
    age_seconds = fields.Integer(required=True)
    bytes = fields.Integer(required=True)
    files = fields.Integer(required=True)


class System(Schema):
    """Everything that is checked. A part is null where it could not be read; a check then says why."""

    # False: a check has failed.
    ok = fields.Boolean(required=True)
    checked_at = fields.String(required=True)
    checks = fields.List(fields.Nested(SystemCheck), required=True)
    versions = fields.Nested(SystemVersions, required=True)
    queues = fields.List(fields.Nested(SystemQueue), required=True, allow_none=True)
    dead_letters = fields.Integer(required=True, allow_none=True)
    # At most 100.
    accounts = fields.List(fields.Nested(AccountInNeed), required=True, allow_none=True)
    failing_jobs = fields.List(fields.Nested(FailingJobs), required=True, allow_none=True)
    # Null without pg_stat_statements.
    slow_statements = fields.List(fields.Nested(SlowStatement), required=True, allow_none=True)
    backup = fields.Nested(LastBackup, required=True, allow_none=True)
    backup_failure = fields.String(required=True, allow_none=True)


class DeadLetter(Schema):
    """An event or job that was given up; `reason` quotes nothing that contacts wrote."""

    id = fields.Integer(required=True)
    source = fields.String(required=True)
    reason = fields.String(required=True)
    bytes = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class DeadLetterList(Schema):
    items = fields.List(fields.Nested(DeadLetter), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DeadLetterField(Schema):
    """A field of the event: its type, the length of a text or list, its value only if it is an id or a kind."""

    path = fields.String(required=True)
    type = fields.String(required=True)
    length = fields.Integer(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True)


class OneDeadLetter(Schema):
    dead_letter = fields.Nested(DeadLetter, required=True)
    # In the order of the event; the first 200.
    event = fields.List(fields.Nested(DeadLetterField), required=True)
