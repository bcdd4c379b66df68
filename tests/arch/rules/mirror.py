"""The test tree mirrors the source tree: a folder in tests/unit stands for the folder of the same path."""

from source_tree import Violation

LIST = "mirror_exceptions.txt"


def check(tree):
    allowed = tree.list_file(LIST)
    used = set()
    folders = {p.relative_to(tree.root).as_posix() for p in tree.paths if p.is_dir()}
    for file in tree.cpp_in("tests"):
        if not file.path.startswith("tests/unit/"):
            continue
        mirrored = file.folder[len("tests/unit/") :]
        if mirrored in folders:
            continue
        if file.folder in allowed:
            used.add(file.folder)
        else:
            yield Violation(file.path, 1, f"tests {mirrored}/, which is not there; a test lies where its source lies")
    for path, line in allowed.items():
        if path not in used:
            yield Violation(f"tests/arch/{LIST}", line, f"{path} needs no exception (any more): take the line out")
