"""What each header owes its reader: a guard, root-relative includes, threads named, shared ownership explained."""

import re

from source_tree import Violation

ROOTS = ("agent/", "cli/", "common/", "tests/")
CLASS = re.compile(r"^(template\b.*)?class\s+(\[\[\w+\]\]\s+)?(?P<name>\w+)[^;{]*(\{|$)")
SHARED_MEMBER = re.compile(r"^\s+(mutable\s+|const\s+|static\s+)*std::shared_ptr<.*>\s+\w+_?\s*(=[^;]*|\{[^;]*\})?;")


def check_guards(tree):
    """Each header begins with `#pragma once`."""
    for file in tree.cpp:
        if file.suffix == ".hpp":
            first = next((line.strip() for line in file.code.splitlines() if line.strip()), "")
            if first != "#pragma once":
                yield Violation(file.path, 1, "a header begins with `#pragma once`")


def check_includes(tree):
    """Includes are root-relative, own header first."""
    headers = {file.path for file in tree.cpp if file.suffix == ".hpp"}
    for file in tree.cpp:
        for line, target in file.includes:
            if not target.startswith(ROOTS):
                yield Violation(file.path, line, f'includes "{target}": our includes begin at the root ({", ".join(ROOTS)})')
        own = f"{file.folder}/{file.stem}.hpp"
        if file.suffix == ".cpp" and own in headers:
            first = next(iter(file.includes), (1, "nothing"))
            if first[1] != own:
                yield Violation(file.path, first[0], f'includes "{first[1]}" first: own header first ("{own}")')


def _comment_above(lines, index):
    """The comment block that ends right above a line, template heads between them aside."""
    block = []
    index -= 1
    while index >= 0 and (lines[index].strip().startswith("//") or re.match(r"(template|requires)\b", lines[index])):
        block.append(lines[index])
        index -= 1
    return "\n".join(block)


def _public_lines(code):
    """(index, line) of what stands outside `namespace detail` and `namespace internal`."""
    open_blocks = []
    for index, line in enumerate(code):
        if line.startswith("}") and open_blocks:
            open_blocks.pop()
        if not {"detail", "internal"} & set(open_blocks):
            yield index, line
        if line and not line[0].isspace() and line.rstrip().endswith("{"):
            match = re.match(r"namespace\s+(?:\w+::)*(\w+)", line)
            open_blocks.append(match.group(1) if match else "")


def check_threads(tree):
    """A public class of the agent says which threads may use it."""
    for file in tree.cpp_in("agent"):
        if file.suffix != ".hpp":
            continue
        lines, code = file.text.splitlines(), file.code.splitlines()
        for index, line in _public_lines(code):
            match = CLASS.match(line)
            if not match or line.rstrip().endswith(";"):
                continue
            if "Threads:" not in _comment_above(lines, index):
                yield Violation(
                    file.path, index + 1, f"class {match.group('name')} does not say `Threads:` in the comment above it"
                )


def check_shared_ptr(tree):
    """unique_ptr by default; a shared_ptr member says who shares it and why."""
    for file in tree.cpp_in("agent", "cli", "common"):
        lines, code = file.text.splitlines(), file.code.splitlines()
        for index, line in enumerate(code):
            member = SHARED_MEMBER.match(line)
            if not member or (file.suffix == ".cpp" and not re.search(r"\w_\s*(=[^;]*|\{[^;]*\})?;", line)):
                continue
            above = index
            while above > 0 and SHARED_MEMBER.match(code[above - 1]):
                above -= 1
            if "//" not in lines[index] and not lines[above - 1].strip().startswith("//"):
                yield Violation(file.path, index + 1, "a shared_ptr member needs a comment: who shares it, and why")
