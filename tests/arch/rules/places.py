"""What may be written in some places only: a pattern, where it counts, where it is allowed."""

import re

from rules.layers import parse
from source_tree import SourceFile

PRODUCT = ("agent", "cli", "common")
REAL_TIME = (
    r"::now\s*\(|\brandom_device\b|\bsleep_(for|until)\b|\bgetrandom\b|\bRAND_(priv_)?bytes\b"
    r"|(?<![\w.>])s?rand\s*\(|\bclock_gettime\b|\bgettimeofday\b|\b[un]\w*sleep\s*\(|(?<![\w.>])time\s*\((nullptr|NULL|0)\)"
)
SYSTEM_SEAM = (
    r"\basio::ip::tcp\b|\basio::local\b|\bsteady_timer\b|\bsystem_timer\b|\bbeast::(basic_stream|tcp_stream)\b"
    r"|(?<![\w>])::send(msg)?\s*\(|\bf(data)?sync\s*\("
)
LOCKS = r"\bstd::(recursive_|shared_|timed_|recursive_timed_|shared_timed_)?mutex\b|\bstd::condition_variable(_any)?\b"
OUTPUT_IN_CLI = r"\bstd::(cin|cout|cerr|clog)\b|(?<![\w.>])(std::)?(v?f?printf|f?puts|putchar)\s*\("


def check_co_spawn(tree):
    """Every background coroutine belongs to a TaskGroup of agent/async."""
    for file in tree.cpp_in(*PRODUCT):
        if not file.path.startswith("agent/async/"):
            yield from file.matches(
                r"\bco_spawn\b", "uses `co_spawn`: only agent/async spawns, into a TaskGroup that waits for it"
            )


def check_real_time(tree):
    """Time and randomness are injected; the real ones are read in two files."""
    message = "uses `{found}`: real time and randomness are in common/clock.cpp and common/random.cpp; take a Clock or a Random"
    for file in tree.cpp_in(*PRODUCT):
        if file.path not in ("common/clock.cpp", "common/random.cpp"):
            yield from file.matches(REAL_TIME, message)


def check_sleeping_tests(tree):
    """Unit tests are hermetic and deterministic."""
    for file in tree.cpp_in("tests"):
        if file.path.startswith("tests/unit/"):
            yield from file.matches(
                r"\bsleep_(for|until)\b|(?<![\w.>])u?sleep\s*\(", "uses `{found}`: a unit test never sleeps; move its FakeClock"
            )


def check_seam(tree):
    """Only agent/async names the system's sockets, timers and syncs: the seam of the simulator."""
    message = "names `{found}`: only agent/async touches sockets, timers and fdatasync, so that the simulator can stand in"
    for file in tree.cpp_in("agent"):
        if not file.path.startswith("agent/async/"):
            yield from file.matches(SYSTEM_SEAM, message)


def check_locks(tree):
    """The tenant is the shard: a stage has no lock."""
    blocks = parse((tree.root / "tests/arch/layers.txt").read_text())
    stages = blocks["agent"].stages() | {"agent/pipeline"}
    for file in tree.cpp_in("agent"):
        if "/".join(file.path.split("/")[:2]) in stages:
            yield from file.matches(
                LOCKS, "uses `{found}`: a stage belongs to its tenant's storage thread; reach it through a queue, not a lock"
            )


def check_output(tree):
    """Data to stdout through injected streams; std::cout is named in cli/streams.cpp only."""
    for file in tree.cpp_in(*PRODUCT):
        if file.path == "cli/streams.cpp":
            continue
        if file.path.startswith("cli/"):
            yield from file.matches(OUTPUT_IN_CLI, "writes through `{found}`: commands take the injected Streams (cli/streams.hpp)")
        else:
            yield from file.matches(r"\bstd::cout\b", "uses `{found}`: only cli/streams.cpp names it")


def check_glob(tree):
    """Explicit sources: no GLOB in CMake."""
    for path in tree.paths:
        if path.name == "CMakeLists.txt" or path.suffix == ".cmake":
            file = SourceFile(tree.root, path)
            for violation in file.matches(r"(?i)\bfile\s*\(\s*GLOB(_RECURSE)?\b", "uses `{found}`: list the sources, so that the build sees a new one"):
                line = file.text.splitlines()[violation.line - 1]
                if not re.match(r"\s*#", line):
                    yield violation


def check_disabled_tests(tree):
    """No test is switched off, and a skip says why."""
    for file in tree.cpp_in("tests"):
        yield from file.matches(r"\bDISABLED_\w+", "is `{found}`: mend the test or delete it")
        yield from file.matches(r"\bGTEST_SKIP\s*\(\s*\)\s*;", "skips without a sentence: GTEST_SKIP() << why")


RULES = {
    "co_spawn": check_co_spawn,
    "real_time": check_real_time,
    "sleeping_tests": check_sleeping_tests,
    "seam": check_seam,
    "locks": check_locks,
    "output": check_output,
    "glob": check_glob,
    "disabled_tests": check_disabled_tests,
}
