"""Only the files of throw_allow.txt throw or catch; each wraps one library and returns a Result."""

from source_tree import Violation

LIST = "throw_allow.txt"


def check(tree):
    allowed = tree.list_file(LIST)
    used = set()
    for file in tree.cpp_in("agent", "cli", "common"):
        found = list(
            file.matches(r"\b(throw|catch)\b", f"uses `{{found}}`: return a Result, or wrap the library in one file of {LIST}")
        )
        if found and file.path in allowed:
            used.add(file.path)
        elif found:
            yield from found
    for path, line in allowed.items():
        if path not in used:
            yield Violation(f"tests/arch/{LIST}", line, f"{path} throws and catches nothing (any more): take the line out")
