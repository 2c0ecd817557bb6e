"""The operator's commands: `python run.py [serve | migrate | rollback | doctor | user | keys | grant | revoke | …]`."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import psycopg2

from server import VERSION
from server.cli import schema
from server.cli.backup import add_backup_command
from server.cli.command import Parser, UsageError, add_json, print_failure, print_misuse, run_command
from server.cli.doctor import doctor
from server.cli.keys import add_key_commands
from server.cli.people import add_user_commands
from server.cli.plans import add_plan_commands
from server.cli.privacy import add_privacy_commands
from server.cli.restore import add_restore_command, restore
from server.cli.rotate import add_rotation
from server.cli.schema import add_schema_commands
from server.cli.serve import RunWorkers, end_with_parent, serve, work
from server.cli.slow import show_slow_statements
from server.config import Config, ConfigError, read_config
from server.config.webpush import make_private_key
from server.embedded import ServiceError, embedded_services
from server.errors import ConfabError
from server.process.logs import set_up_logging
from server.process.migrate import MigrationError, latest
from server.process.otlp import open_traces
from server.process.sentry import open_reports
from server.store.db.connect_errors import explain_connect_error, missing_right

INTERRUPTED = 130
# With --json, standard error must contain only the JSON document.
QUIET = "critical"


def main(arguments: Sequence[str], run_workers: RunWorkers) -> int:
    """Run one command and return the exit code."""
    as_json = "--json" in arguments
    try:
        options = _parser().parse_args([*arguments] or ["serve"])
    except UsageError as error:
        return print_misuse(error, as_json=as_json)
    if options.command == "vapid":  # also while the configuration has a wrong one
        return _print_key(as_json=as_json)
    if options.command == "serve" and options.end_with_parent:
        end_with_parent()
    return _with_plain_errors(lambda config: _run(options, config, run_workers), as_json=as_json)


def main_worker(run_workers: RunWorkers) -> int:
    """Run the workers alone and return the exit code."""

    def start(config: Config) -> int:
        open_traces(config.log.traces_url, "confab-worker")
        return work(config, run_workers)

    return _with_plain_errors(start)


def _parser() -> Parser:
    parser = Parser("run.py", description="Confab, a WhatsApp team inbox and API server.")
    version = f"Confab {VERSION}, schema {latest().partition('.')[0]}"
    parser.add_argument("--version", action="version", version=version, help="print the versions and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    serving = commands.add_parser("serve", help="serve the inbox (the default command)")
    serving.add_argument("--end-with-parent", action="store_true", help="stop when the parent process ends")
    add_schema_commands(commands)
    checking = commands.add_parser("doctor", help="check everything Confab depends on")
    checking.add_argument("--slow", action="store_true", help="only show the slowest statements of Postgres")
    add_json(checking)
    add_json(commands.add_parser("vapid", help="make a key for web push and print it"))
    add_user_commands(commands)
    add_key_commands(commands)
    add_plan_commands(commands)
    add_privacy_commands(commands)
    add_rotation(commands)
    add_backup_command(commands)
    add_restore_command(commands)
    return parser


def _run(options: argparse.Namespace, config: Config, run_workers: RunWorkers) -> int:
    if options.command == "serve":
        open_traces(config.log.traces_url, "confab-web")
        return serve(config, run_workers)
    # Use the embedded servers of a Confab that is running on this data folder.
    with embedded_services(config, attach=True) as complete:
        if options.command == "doctor" and options.slow:
            return show_slow_statements(complete, as_json=options.json)
        if options.command == "doctor":
            return doctor(complete, as_json=options.json)
        if options.command == "migrate":
            return schema.migrate(complete, options)
        if options.command == "rollback":
            return schema.roll_back(complete, options)
        if options.command == "restore":
            return restore(complete, options)
        return run_command(complete, options)


def _print_key(*, as_json: bool) -> int:
    """Print a new key as a line of .env, or as JSON; it is stored nowhere."""
    private_key = make_private_key()
    print(json.dumps({"private_key": private_key}) if as_json else f"VAPID_PRIVATE_KEY={private_key}")
    return 0


def _with_plain_errors(command: Callable[[Config], int], *, as_json: bool = False) -> int:
    """Run the command; print errors that an operator can fix as one sentence, without a traceback."""
    try:
        config = read_config()
        log = replace(config.log, level=QUIET) if as_json else config.log
        set_up_logging(log, *open_reports(config.log.sentry_dsn))
        return command(config)
    except ConfabError as error:
        failure = error
    except ConfigError as error:
        failure = ConfabError("invalid", str(error))
    except ServiceError as error:
        failure = ConfabError("unavailable", str(error))
    except MigrationError as error:
        failure = ConfabError("internal", str(error))
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        failure = ConfabError("unavailable", explain_connect_error(error))
    except psycopg2.errors.InsufficientPrivilege as error:
        failure = ConfabError("unavailable", missing_right(error))
    except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedColumn):
        failure = ConfabError("unavailable", "The database lacks migrations: run `python run.py migrate`.")
    except KeyboardInterrupt:
        return INTERRUPTED
    return print_failure(failure, as_json=as_json)
