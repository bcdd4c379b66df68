"""Compares or writes a generated, committed file or folder.

    generated.py check|write FILE -- COMMAND...      COMMAND prints the file
    generated.py check|write FOLDER/ -- COMMAND...   COMMAND takes an empty folder as last argument and fills it

A generator that exits 77 cannot run here (what it reads is absent): the check is skipped, and nothing is written.
"""

import filecmp
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77


def run(command, target, scratch):
    """Leaves in `scratch` what the target should be; returns the path, or None where the generator cannot run."""
    if target.endswith("/"):
        made = scratch / "made"
        made.mkdir()
        done = subprocess.run([*command, str(made)])
    else:
        made = scratch / Path(target).name
        with made.open("wb") as out:
            done = subprocess.run(command, stdout=out)
    if done.returncode == SKIPPED:
        print(f"{target}: the generator has nothing to read here")
        return None
    if done.returncode != 0:
        sys.exit(f"{target}: the generator failed with {done.returncode}")
    return made


def pairs(made, target):
    """(made, committed) of each file on either side."""
    if made.is_file():
        return [(made, target)]
    names = {p.relative_to(made) for p in made.rglob("*") if p.is_file()}
    if target.exists():
        names |= {p.relative_to(target) for p in target.rglob("*") if p.is_file()}
    return [(made / name, target / name) for name in sorted(names)]


def check(made, target):
    stale = [
        there
        for fresh, there in pairs(made, target)
        if not (fresh.exists() and there.exists() and filecmp.cmp(fresh, there, shallow=False))
    ]
    for there in stale:
        print(f"{there}:1: is not what its generator makes")
        if made.is_file() and there.exists():
            subprocess.run(["diff", "-u", str(there), str(made)])
    if stale:
        sys.exit("Generated files are committed and fresh: run ./dev generate")


def write(made, target):
    for fresh, there in pairs(made, target):
        if not fresh.exists():
            there.unlink()
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        if not there.exists() or not filecmp.cmp(fresh, there, shallow=False):
            shutil.copyfile(fresh, there)
            print(f"wrote {there}")


def main():
    split = sys.argv.index("--")
    action, target = sys.argv[1:split]
    with tempfile.TemporaryDirectory() as scratch:
        made = run(sys.argv[split + 1 :], target, Path(scratch))
        if made is None:
            sys.exit(SKIPPED if action == "check" else 0)
        {"check": check, "write": write}[action](made, Path(target))


if __name__ == "__main__":
    main()
