"""The sources as the rules see them: which files there are, and their text without comments or strings."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", "data", ".cache"}
CPP_SUFFIXES = {".cpp", ".hpp"}

# One alternative each: raw string, string, character, line comment, block comment. A digit before
# the quote is a separator (1'000), not a character.
TOKEN = re.compile(
    r'R"(?P<tag>[^()\\ ]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])*'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.DOTALL,
)


@dataclass(frozen=True)
class Violation:
    """One place that breaks a rule."""

    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class SourceFile:
    """One file; paths are relative to the root, with forward slashes."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.folder = path.relative_to(root).parent.as_posix()
        self.stem = path.stem
        self.suffix = path.suffix
        self.text = path.read_text(encoding="utf-8", errors="replace")

    @cached_property
    def code(self):
        """The text with comments and literals blanked; line numbers stay."""
        return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), self.text)

    @cached_property
    def includes(self):
        """(line, path) of each quoted include, in order. A commented-out one is none."""
        found = []
        for number, (raw, code) in enumerate(
            zip(self.text.splitlines(), self.code.splitlines()), start=1
        ):
            if code.lstrip().startswith("#include"):
                match = re.match(r'\s*#include\s+"([^"]+)"', raw)
                if match:
                    found.append((number, match.group(1)))
        return found

    def matches(self, pattern, message):
        """A violation at each place where `pattern` stands in the code."""
        for match in re.finditer(pattern, self.code, re.MULTILINE):
            line = self.code.count("\n", 0, match.start()) + 1
            yield Violation(self.path, line, message.format(found=match.group().strip()))


class SourceTree:
    """All files below a root that belong to the project."""

    def __init__(self, root):
        self.root = Path(root).resolve()

    @cached_property
    def paths(self):
        """Files and folders, sorted."""
        found = []
        pending = [self.root]
        while pending:
            for path in pending.pop().iterdir():
                if path.name in SKIPPED_FOLDERS or path.is_symlink():
                    continue
                found.append(path)
                if path.is_dir():
                    pending.append(path)
        return sorted(found)

    @cached_property
    def cpp(self):
        return [SourceFile(self.root, p) for p in self.paths if p.suffix in CPP_SUFFIXES and p.is_file()]

    def cpp_in(self, *folders):
        """C++ files below any of these top-level folders."""
        return [f for f in self.cpp if f.path.split("/")[0] in folders]

    def list_file(self, name):
        """The entries of a list file in tests/arch: {first word: line number}; `#` begins a comment."""
        path = self.root / "tests/arch" / name
        entries = {}
        if path.exists():
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                words = line.split("#")[0].split()
                if words:
                    entries[words[0]] = number
        return entries
