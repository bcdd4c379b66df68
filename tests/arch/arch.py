"""Runs executable rules on the source tree: `arch.py RULE... [--root DIR]`; exit 1 names each place."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rules import RULES  # noqa: E402
from source_tree import SourceTree  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rules", nargs="+", choices=sorted(RULES), metavar="RULE", help=", ".join(sorted(RULES)))
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2])
    arguments = parser.parse_args()
    tree = SourceTree(arguments.root)
    failed = False
    for name in arguments.rules:
        rule = RULES[name]
        violations = list(rule(tree))
        for violation in violations:
            print(violation)
        if violations:
            failed = True
            print(f"[{name}] {len(violations)} broken: {rule.__doc__ or sys.modules[rule.__module__].__doc__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
