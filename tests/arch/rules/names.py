"""No folder or file is named utils, helpers, misc, tools, core or manager: a name says what a thing does."""

import re

from source_tree import Violation

EXACT = {"tools", "tool", "core", "common_core"}
ANYWHERE = {"util", "utils", "utility", "utilities", "helpers", "misc", "manager", "managers"}


def check(tree):
    for path in tree.paths:
        stem = path.name.split(".")[0].lower()
        words = set(re.split(r"[_-]", stem))
        bad = sorted(words & ANYWHERE) or sorted({stem} & EXACT)
        if bad:
            relative = path.relative_to(tree.root).as_posix()
            yield Violation(relative, 1, f"is called '{bad[0]}', which says nothing: name it for what it does")
