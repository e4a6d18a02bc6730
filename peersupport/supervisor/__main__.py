"""`python -m peersupport.supervisor`: start the demo, keep it running, stop it on Ctrl-C."""

import argparse
import os
import signal
import sys
import time
from contextlib import contextmanager

from peersupport.embedded import EmbeddedError, Servers
from peersupport.supervisor.child import KeepsFailing, end_leftovers
from peersupport.supervisor.demo import ROOT, Demo


def main(arguments):
    chosen = _parse(arguments)
    # SIGINT too: a shell that starts us in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        demo = Demo(chosen.data_dir, chosen.port, os.environ)
        with demo.locked():
            end_leftovers(demo.folder.remembered("children", list))
            demo.check_port()
            if chosen.reset:
                with step("Removing what the demo held"):
                    demo.reset()
            run(demo)
    except (EmbeddedError, KeepsFailing) as error:
        return str(error)
    except KeyboardInterrupt:
        print("The demo has stopped. Its data is kept: make demo starts it again.", flush=True)
    return 0


def run(demo):
    servers = Servers(demo.folder.path)
    with step("Starting PostgreSQL and Valkey"):
        servers.__enter__()
    try:
        environment = demo.environment(servers)
        with step("Bringing the database up to date"):
            demo.migrate(environment)
        with step("Collecting static files"):
            demo.collect_static_files(environment)
        if not demo.is_filled:
            with step("Making sample data, this once"):
                demo.fill(environment)
        with kept_running(demo, demo.children(environment), servers) as check:
            with step("Starting web, worker, beat and mail"):
                accounts = demo.accounts(environment)
                demo.wait_until_ready(check)
            _welcome(demo, accounts)
            while True:
                check()
                time.sleep(0.5)
    finally:
        _ignore_further_interrupts()
        servers.__exit__()


@contextmanager
def kept_running(demo, children, servers):
    """Starts `children`; gives a function that starts again what has ended; stops them all at the end."""

    def check():
        for name in servers.start_stopped():
            print(f"{name} had stopped and was started again", flush=True)
        for child in children:
            child.restart_if_ended()

    started = []
    try:
        for child in children:
            child.start()
            started.append(child)
        demo.folder.remember("children", [child.identity() for child in started])
        yield check
    finally:
        _ignore_further_interrupts()
        print("\nStopping ...", flush=True)
        for child in reversed(started):
            child.ask_to_stop()
        for child in reversed(started):
            child.wait_or_kill()
        demo.folder.remember("children", [])


@contextmanager
def step(title):
    began = time.monotonic()
    print(f"{title} ...", flush=True)
    yield
    print(f"      done in {time.monotonic() - began:.1f} s", flush=True)


def _welcome(demo, accounts):
    print(f"\nThe demo is at {demo.address}/  (mail it sends: {demo.address}/demo/mail/)\n\n{accounts}", flush=True)
    print("Ctrl-C stops it and keeps its data; make demo-reset starts afresh.\n", flush=True)


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m peersupport.supervisor", description="Run the demo.")
    parser.add_argument("--data-dir", default=os.environ.get("DATA_DIR") or ROOT / ".data" / "demo")
    parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)
    parser.add_argument("--reset", action="store_true", help="remove what an earlier run left and start afresh")
    return parser.parse_args(arguments)


def _interrupt(*signal_and_frame):
    raise KeyboardInterrupt


def _ignore_further_interrupts():
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
