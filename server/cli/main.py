"""The operator's commands: `python run.py [serve | migrate | rollback | doctor | user | keys | grant | revoke | …]`."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from server import VERSION
from server.cli import schema
from server.cli.backup import add_backup_command
from server.cli.command import Parser, UsageError, add_json, in_plain_words, print_misuse, run_command
from server.cli.doctor import doctor
from server.cli.keys import add_key_commands
from server.cli.people import add_user_commands
from server.cli.plans import add_plan_commands
from server.cli.privacy import add_privacy_commands
from server.cli.restore import add_restore_command, restore
from server.cli.rotate import add_rotation
from server.cli.schema import add_schema_commands
from server.cli.serve import RunWorkers, serve, set_up_process, work
from server.cli.slow import show_slow_statements
from server.config import Config, read_config
from server.config.webpush import make_private_key
from server.embedded import embedded_services
from server.process.migrate import latest
from server.process.otlp import open_traces
from server.process.parent_death import end_with_parent

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
        if config.web.processes == 1:
            return serve(config, run_workers)
        from server.cli.serve_many import serve_many  # half a MiB that one process does not need

        return serve_many(config, run_workers)
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
    """Read the settings and run the command; errors that an operator can fix are one sentence, without a traceback."""

    def start() -> int:
        config = read_config()
        set_up_process(replace(config.log, level=QUIET) if as_json else config.log)
        return command(config)

    return in_plain_words(start, as_json=as_json)
