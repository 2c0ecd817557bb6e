"""The operator's commands: `python run.py [serve | migrate | doctor | user | grant | revoke | usage]`."""

import argparse
import sys
from collections.abc import Callable, Sequence

import psycopg2

from server.cli_doctor import doctor
from server.cli_people import PeopleError, add_people_commands, run_people_command
from server.cli_plans import add_plan_commands, run_plan_command
from server.cli_serve import RunWorkers, end_with_parent, serve, work
from server.config import Config, ConfigError, read_config
from server.embedded import ServiceError, embedded_services
from server.errors import Unavailable
from server.logs import set_up_logging
from server.migrate import MigrationError, migrate
from server.reports import open_reports

# What an operator can mend: told in its own sentence, without a traceback.
PLAIN = (ConfigError, ServiceError, MigrationError, PeopleError, Unavailable)
INTERRUPTED = 130


def main(arguments: Sequence[str], run_workers: RunWorkers) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args([*arguments] or ["serve"])
    if options.command == "serve" and options.end_with_parent:
        end_with_parent()
    return _told_plainly(lambda config: _run(options, config, run_workers))


def main_worker(run_workers: RunWorkers) -> int:
    """Run the workers alone and return the exit code."""
    return _told_plainly(lambda config: work(config, run_workers))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("run.py", description="Confab, a WhatsApp team inbox and API server.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the inbox (also without any command)")
    serving.add_argument("--end-with-parent", action="store_true", help="stop when the calling program ends")
    commands.add_parser("migrate", help="bring the database to the newest schema")
    checking = commands.add_parser("doctor", help="look at everything Confab stands on")
    checking.add_argument("--json", action="store_true")
    add_people_commands(commands)
    add_plan_commands(commands)
    return parser


def _run(options: argparse.Namespace, config: Config, run_workers: RunWorkers) -> int:
    if options.command == "serve":
        return serve(config, run_workers)
    # Beside a Confab that runs on its own servers these commands use the same ones.
    with embedded_services(config, attach=True) as complete:
        if options.command == "doctor":
            return doctor(complete, as_json=options.json)
        if options.command == "migrate":
            applied = migrate(complete.database.url or "")
            print("\n".join(applied) if applied else "Nothing to apply.")
            return 0
        if options.command in ("grant", "revoke", "usage"):
            return run_plan_command(complete, options)
        return run_people_command(complete, options)


def _told_plainly(command: Callable[[Config], int]) -> int:
    try:
        config = read_config()
        set_up_logging(config.log, *open_reports(config.log.sentry_dsn))
        return command(config)
    except PLAIN as error:
        sentence = str(error)
    except psycopg2.OperationalError as error:
        sentence = f"The database of DATABASE_URL cannot be used: {str(error).strip().splitlines()[0]}"
    except KeyboardInterrupt:
        return INTERRUPTED
    print(f"confab: {sentence}", file=sys.stderr)
    return 1
