"""Checks tests/requirements.yaml and makes docs/requirements.md from it.

    requirements.py check [--spec DIR]   each row names a known requirement and tests that exist
    requirements.py page  [--spec DIR]   prints docs/requirements.md

The numbered requirements come from NOTIFY_SPEC, else ../shared/spec beside the checkout; where
neither is there both exit 77 (skipped).
"""

import argparse
import os
import re
import sys
from pathlib import Path

import yaml

SKIPPED = 77
STATES = ("done", "partly")
DOCUMENTS = {
    "E4": "Advanced features",
    "P4": "Phase 4 advanced features",
    "WP04": "Orchestrator connectors",
    "UM": "Enhancements roadmap",
    "NS": "Notification service plan",
}
GOOGLE_TEST = re.compile(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
NODE_TEST = re.compile(r"""^\s*(?:await\s+)?(?:t\.)?(?:test|it)\(\s*(['"`])((?:\\.|(?!\1).)+)\1""", re.MULTILINE)
CTEST = re.compile(r"\b(?:notify_\w*test|add_test|notify_generated)\s*\(\s*NAME\s+(\w+)")


def known_requirements(folder):
    """{id: row} in the order of the documents, or exit 77."""
    path = Path(folder) / "requirements.yaml"
    if not path.exists():
        print(f"no numbered requirements here: {path} is absent (NOTIFY_SPEC names their folder)", file=sys.stderr)
        sys.exit(SKIPPED)
    return {row["id"]: row for row in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)}


def existing_tests(root):
    """Names of GoogleTest cases, ctest entries and titles of Node tests."""
    names = set()
    for path in (root / "tests").rglob("*"):
        if "node_modules" in path.parts:
            continue
        if path.suffix == ".cpp":
            names |= {f"{suite}.{case}" for suite, case in GOOGLE_TEST.findall(path.read_text())}
        elif path.suffix == ".mjs":
            names |= {title for _, title in NODE_TEST.findall(path.read_text())}
        elif path.name == "CMakeLists.txt":
            names |= set(CTEST.findall(path.read_text()))
    return names


def load_rows(path):
    """The rows, each with the line that it begins on."""
    node = yaml.compose(path.read_text())
    lines = [item.start_mark.line + 1 for item in node.value] if node else []
    rows = yaml.load(path.read_text(), Loader=yaml.CSafeLoader) or []
    return list(zip(lines, rows))


def problems(rows, known, tests):
    """(line, sentence) of all that is wrong."""
    seen = set()
    for line, row in rows:
        name = row.get("id")
        if set(row) != {"id", "line", "state", "tests"}:
            yield line, f"{name}: a row has exactly id, line, state and tests"
            continue
        if name not in known:
            yield line, f"{name} is no requirement of the five documents"
        if name in seen:
            yield line, f"{name} has two rows"
        seen.add(name)
        if row["state"] not in STATES:
            yield line, f"{name}: state is {' or '.join(STATES)}, not {row['state']}"
        if not row["tests"]:
            yield line, f"{name} names no test that proves it"
        for test in row["tests"]:
            if test not in tests:
                yield line, f"{name} names the test '{test}', which does not exist"


def document_of(requirement):
    return requirement.split(".")[0]


def page(rows, known):
    by_id = {row["id"]: row for _, row in rows}
    print("# Requirements\n")
    print("What the five documents ask, how far the product is, and the tests that prove it.\n")
    print("Generated from `tests/requirements.yaml` by `./dev generate`; a test fails when a row names a\n"
          "test that does not exist.\n")
    print("| document | asked | done | partly | not begun |\n| --- | --- | --- | --- | --- |")
    totals = [0, 0, 0, 0]
    for prefix, title in DOCUMENTS.items():
        ids = [name for name in known if document_of(name) == prefix]
        states = [by_id[name]["state"] for name in ids if name in by_id]
        counts = [len(ids), states.count("done"), states.count("partly"), len(ids) - len(states)]
        totals = [a + b for a, b in zip(totals, counts)]
        print(f"| {title} | " + " | ".join(map(str, counts)) + " |")
    print("| all | " + " | ".join(map(str, totals)) + " |")
    for prefix, title in DOCUMENTS.items():
        reached = [name for name in known if document_of(name) == prefix and name in by_id]
        if not reached:
            continue
        print(f"\n## {title}\n\n| requirement | what it asks | state | proved by |\n| --- | --- | --- | --- |")
        for name in reached:
            row = by_id[name]
            line = row["line"].replace("|", "\\|")
            print(f"| {name} | {line} | {row['state']} | {', '.join(f'`{t}`' for t in row['tests'])} |")


def main():
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["check", "page"])
    parser.add_argument("--root", default=root, type=Path)
    parser.add_argument("--spec", default=os.environ.get("NOTIFY_SPEC") or root.parent / "shared/spec")
    arguments = parser.parse_args()

    known = known_requirements(arguments.spec)
    path = arguments.root / "tests/requirements.yaml"
    rows = load_rows(path)
    if arguments.action == "page":
        return page(rows, known)
    found = list(problems(rows, known, existing_tests(arguments.root)))
    for line, sentence in found:
        print(f"tests/requirements.yaml:{line}: {sentence}")
    unplaced = sorted({document_of(name) for name in known} - set(DOCUMENTS))
    if unplaced:
        print(f"tests/arch/requirements.py:1: DOCUMENTS lacks {', '.join(unplaced)}")
    return 1 if found or unplaced else 0


if __name__ == "__main__":
    sys.exit(main())
