"""`make bench [ONLY=name]`: one JSON object a line; exit status 1 if one does not hold."""

import importlib
import sys
from pathlib import Path

NOT_A_SUBJECT = {"__init__", "__main__", "measure", "reminders_growth", "servers"}
SUBJECTS = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_A_SUBJECT)


def main(only):
    if only and only not in SUBJECTS:
        sys.exit(f"There is no benchmark called {only}. Choose one of: {', '.join(SUBJECTS)}.")
    held = True
    for subject in [only] if only else SUBJECTS:
        for measure in importlib.import_module(f"tests.benchmarks.{subject}").measures():
            print(measure.line(), flush=True)
            held = held and measure.holds
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
