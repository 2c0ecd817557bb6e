"""What the checks of the installation find, by code."""

from collections.abc import Mapping

CHECKS: Mapping[str, str] = {
    "quoted": "{text}",
    "both": "{first}; {second}",
    # Work in Redis
    "worker_alive": "sends heartbeats",
    "worker_silent": "none has sent a heartbeat for 20 s: start `python worker.py`, or check its log",
    "queues_prompt": "{jobs} jobs, none due for longer than {seconds} s",
    "queues_late": "{jobs} jobs; the oldest of {queue} has been due for {seconds} s: run more workers",
    "jobs_succeed": "none is tried again",
    "jobs_fail": "tried again: {jobs}; the worker's log has the errors (`job_failed`)",
    "dead_letters_none": "none",
    "dead_letters_some": "{events} events or jobs were given up: redrive or drop them",
    "accounts_fine": "none needs action",
    "accounts_in_need": "{accounts} need action: their owners must connect them again",
    # Of every check
    "check_silent": "did not answer within {seconds} s",
    "check_broken": "the check failed with {error}: see the log",
    "check_unavailable": "The service is temporarily unavailable: try again in a moment.",
    # Backups
    "backup_unset": "none was made, and none is scheduled: set CONFAB_BACKUP_TO",
    "backup_none": "none is whole: make one with `python run.py backup`",
    "backup_last": "{name} in {location}, {hours} h old, {files} files, {bytes} bytes",
    "backup_late": "older than twice the interval of {hours} h",
    "backup_failed": "the last try failed: {reason}",
    "backup_interrupted": "the last try was interrupted",
    "restored": (
        "from a backup of {at}; {swept} of {accounts} accounts swept since, {messages} messages found late"
    ),
    # Counters, and the secrets of erased data
    "erasure_keys_known": "every secret of what was erased is known",
    "erasure_keys_missing": (
        "{secrets} secrets with which data was erased are not set, so it can come back: put them into "
        "ERASE_SECRET_PREVIOUS, separated by commas"
    ),
    "usage_matches": "counters match the rows",
    "usage_differs": (
        "{months} months differ from the rows; user {user} in {month}: sent {sent} (rows {rows_sent}), received "
        "{received} (rows {rows_received}); report this as a bug"
    ),
    "chat_counts_match": "counters match the chats",
    "chat_counts_differ": "{counters} counters differ from the chats; {first}; report this as a bug",
    "survey_counts_match": "counters match the surveys",
    "survey_counts_differ": "{counters} counters differ from the surveys; {first}; report this as a bug",
    # Postgres
    "database_version": "PostgreSQL {version}",
    "connections_enough": (
        "role {role} may open {connections}, web processes ({processes}) and one worker need {needed}"
    ),
    "connections_few": (
        "role {role} may open {connections}, web processes ({processes}) and one worker need {needed}: lower "
        "CONFAB_DATABASE_POOL_SIZE, or raise `alter role {role} connection limit {needed}`, the database's limit, "
        "or max_connections"
    ),
    "migrations_none": "none pending",
    "migrations_pending": "pending: {names}; run `python run.py migrate`",
    "migrations_pending_denied": "pending: {names}. {reason}",
    "migrations_unknown": (
        "the database has {names}, unknown to this version: run the newer version of Confab"
    ),
    "rights_missing": (
        "role {role} may not read and write {names} ({tables} tables): run `grant select, insert, update, delete "
        "on all tables in schema … to {role}`"
    ),
    "clock_right": "differs from the database's by {seconds} s",
    "clock_wrong": "differs from the database's by {seconds} s: synchronise both clocks with NTP",
}
