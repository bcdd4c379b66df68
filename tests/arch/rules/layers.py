"""A folder may include folders on a lower line of layers.txt, never one above it or beside it."""

import re

from source_tree import Violation

WORD = re.compile(r"cli \([^)]*\)|\S+")


class Block:
    """One of the two stacks of layers.txt; level 0 is the highest.

    The unit is a folder. The files directly in cli/ are units too: those that one `cli (a, b)` names,
    and the ones that no line names belong to the lowest of these, with what every command may use.
    """

    def __init__(self, lines):
        self._levels = {}
        self._unit_of_file = {}
        for level, line in enumerate(lines):
            for word in WORD.findall(line):
                self._levels[word] = level
                files = re.fullmatch(r"cli \((.*)\)", word)
                for stem in files.group(1).split(",") if files else []:
                    self._unit_of_file[f"cli/{stem.strip()}"] = word

    def unit(self, path):
        """The folder (or group of files) that a path belongs to."""
        top, name = path.split("/")[:2]
        if top == "common":
            return "common"
        if path.count("/") > 1:
            return f"{top}/{name}"
        if top == "agent":
            return "agent/app"  # main.cpp is all that lies directly in agent/: the way into app.
        return self._unit_of_file.get(f"cli/{name.split('.')[0]}") or list(self._unit_of_file.values())[-1]

    def level(self, unit):
        """None for a folder that the file does not know."""
        if unit not in self._levels and unit.startswith("cli/"):
            return self._levels.get("cli/<noun>")
        return self._levels.get(unit)

    def stages(self):
        """The folders of the line that has several: none includes another."""
        lines = list(self._levels.values())
        return {unit for unit, level in self._levels.items() if lines.count(level) > 1}


def parse(text):
    """{"agent": Block, "cli": Block}"""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    agent = [line for line in lines if line.startswith("agent/")]
    cli = [line for line in lines if line.startswith("cli")]
    return {"agent": Block([*agent, "common"]), "cli": Block([*cli, "common"])}


def _problem(blocks, source, target):
    """Why a file may not include another, or None."""
    source_top, target_top = source.split("/")[0], target.split("/")[0]
    if target_top == "tests":
        return "the product never includes its tests"
    if target_top not in ("agent", "cli", "common"):
        return None
    if source_top == "common":
        return None if target_top == "common" else "common/ knows neither agent/ nor cli/"
    if target_top not in (source_top, "common"):
        return "cli/ and agent/ never include each other"
    block = blocks[source_top]
    from_unit, to_unit = block.unit(source), block.unit(target)
    if from_unit == to_unit:
        return None
    if block.level(to_unit) is None:
        return f"{to_unit} is not in layers.txt"
    if block.level(to_unit) > block.level(from_unit):
        return None
    side = "beside" if block.level(to_unit) == block.level(from_unit) else "above"
    return f"{to_unit} stands {side} {from_unit} in layers.txt; a folder includes lower lines only"


def check(tree):
    blocks = parse((tree.root / "tests/arch/layers.txt").read_text())
    for file in tree.cpp_in("agent", "cli", "common"):
        top = file.path.split("/")[0]
        if top != "common" and blocks[top].level(blocks[top].unit(file.path)) is None:
            yield Violation(file.path, 1, f"{blocks[top].unit(file.path)} is not in tests/arch/layers.txt")
            continue
        for line, target in file.includes:
            problem = _problem(blocks, file.path, target)
            if problem:
                yield Violation(file.path, line, f'includes "{target}": {problem}')
