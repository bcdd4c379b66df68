"""Compiles each header of the product by itself: a header includes what it uses."""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/arch"))

from source_tree import SourceTree  # noqa: E402


def compile_alone(compiler, header):
    """The compiler's words where it fails, else nothing."""
    done = subprocess.run(
        [compiler, "-std=c++20", "-fsyntax-only", f"-I{ROOT}", '-DNOTIFY_VERSION="0"', "-x", "c++", "-"],
        input=f'#include "{header}"\n#include "{header}"\n', capture_output=True, text=True,
    )
    return "" if done.returncode == 0 else f"{header}:1: does not compile by itself\n{done.stderr}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", default="g++")
    compiler = parser.parse_args().compiler
    headers = [f.path for f in SourceTree(ROOT).cpp_in("agent", "cli", "common") if f.suffix == ".hpp"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = [text for text in pool.map(lambda h: compile_alone(compiler, h), headers) if text]
    print("".join(failures), end="")
    print(f"{len(headers)} headers, {len(failures)} do not compile alone")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
