"""Proves that a mistake does not compile: `must_not_compile.py FILE --compiler g++ --include DIR...`.

The first line of FILE is `// expect: REGEX`. The file compiles as it is (the control), and with
-DMUST_NOT_COMPILE it fails with a message that REGEX finds.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path


def compiles(arguments, *defines):
    command = [arguments.compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror"]
    command += [f"-I{folder}" for folder in arguments.include] + list(defines) + [arguments.file]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode == 0, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--include", action="append", default=[])
    arguments = parser.parse_args()

    first = Path(arguments.file).read_text().splitlines()[0]
    expected = re.fullmatch(r"// expect: (.+)", first)
    if not expected:
        sys.exit(f"{arguments.file}:1: begins with `// expect: REGEX`, the message of the compiler")

    control, output = compiles(arguments)
    if not control:
        sys.exit(f"{arguments.file}: the control does not compile, so the mistake proves nothing\n{output}")
    mistake, output = compiles(arguments, "-DMUST_NOT_COMPILE")
    if mistake:
        sys.exit(f"{arguments.file}: compiles, and must not")
    if not re.search(expected.group(1), output):
        sys.exit(f"{arguments.file}: fails with another message than /{expected.group(1)}/\n{output}")


if __name__ == "__main__":
    main()
