"""`python -m peersupport.embedded exec [--data-dir DIR | --throwaway] -- COMMAND`: run it with both servers up."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from peersupport.embedded.environment import development_environment
from peersupport.embedded.folder import EmbeddedError
from peersupport.embedded.servers import Servers

DEVELOPMENT = Path(__file__).resolve().parents[2] / ".data" / "development"


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m peersupport.embedded")
    actions = parser.add_subparsers(required=True)
    execute = actions.add_parser("exec", help="run a command with PostgreSQL and Valkey up")
    place = execute.add_mutually_exclusive_group()
    place.add_argument("--data-dir", default=DEVELOPMENT, help=f"where their data is kept (default: {DEVELOPMENT})")
    place.add_argument("--throwaway", action="store_const", const=None, dest="data_dir", help="keep nothing")
    execute.add_argument("command", nargs="+")
    chosen = parser.parse_args(arguments)
    with Servers(chosen.data_dir) as servers:
        environment = development_environment(servers.folder) | {"DEBUG": "true"}
        # What is set outside counts, but for the addresses of the servers started here.
        return subprocess.run(
            chosen.command, env=environment | os.environ | servers.environment, check=False
        ).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EmbeddedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
