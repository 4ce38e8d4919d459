# SPDX-License-Identifier: MIT
"""Reads a report of `run` or `proxy` (--format jsonl): a head, a line for each case, the totals."""

import dataclasses
import functools
import json
import typing

VERDICTS = ("pass", "fail", "known", "fixed", "unsupported", "undecided", "broken")

LINE_BYTES = 4 << 20
FILE_BYTES = 512 << 20


class Unreadable(Exception):
    """What a file is not; the text is `file:line: what: expected ..., found ...`."""


@dataclasses.dataclass(frozen=True)
class Head:
    """What was asked, and of whom."""

    planned: int
    version: str
    backend: str
    target: str
    profiles: typing.Sequence[str]
    date: str = ""
    os: str = ""
    build: str = ""
    architecture: str = ""
    redirector: str = ""


@dataclasses.dataclass(frozen=True)
class Case:
    """One verdict. What a line does not say is empty."""

    name: str
    topic: str
    verdict: str
    story: str
    clauses: typing.Sequence[str]
    message: str = ""
    detail: str = ""
    actual: str = ""
    rule: str = ""
    answered_by: str = ""


@dataclasses.dataclass(frozen=True)
class Report:
    """One run. `complete` is false where cases that were planned are not there."""

    path: str
    head: Head
    cases: typing.Sequence[Case]
    complete: bool


@functools.lru_cache
def _members(shape: type) -> typing.Mapping[str, typing.Tuple[type, bool]]:
    """Of what type each member is, and whether there must be one."""
    kinds = {int: int, str: str}
    return {field.name: (kinds.get(field.type, list), field.default is dataclasses.MISSING)
            for field in dataclasses.fields(shape)}


class Lines:
    """The lines of a file as objects; it names the one that is wrong."""

    def __init__(self, path: str, file: typing.BinaryIO) -> None:
        self.path = path
        self.file = file
        self.number = 0
        self.left = FILE_BYTES

    def wrong(self, what: str, expected: str, found: object) -> Unreadable:
        return Unreadable(f"{self.path}:{self.number}: {what}: expected {expected}, found {found}")

    def take(self) -> typing.Optional[typing.Dict[str, typing.Any]]:
        """The next line; None at the end of the file."""
        text = self.file.readline(LINE_BYTES + 1)
        if not text:
            return None
        self.number += 1
        self.left -= len(text)
        if len(text) > LINE_BYTES or self.left < 0:
            raise self.wrong("line", f"at most {LINE_BYTES} bytes, {FILE_BYTES} in all", "more")
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            raise self.wrong("line", "a JSON object", "something else") from None
        if not isinstance(line, dict):
            raise self.wrong("line", "a JSON object", type(line).__name__)
        if line.get("line") != self.number:
            raise self.wrong("line", self.number, json.dumps(line.get("line"))[:40])
        return line

    def fill(self, shape: type, line: typing.Mapping[str, typing.Any]) -> typing.Any:
        """What a line says of this shape."""
        members = {}
        for name, (kind, needed) in _members(shape).items():
            if name in line or needed:
                members[name] = self._member(line, name, kind)
        return shape(**members)

    def _member(self, line: typing.Mapping[str, typing.Any], name: str, kind: type) -> typing.Any:
        value = line.get(name)
        if type(value) is not kind or (kind is list and not all(type(x) is str for x in value)):
            wanted = {list: "an array of strings", int: "a whole number", str: "a string"}[kind]
            raise self.wrong(name, wanted, json.dumps(value)[:40])
        return value


def _head(lines: Lines) -> Head:
    line = lines.take()
    if line is None:
        raise lines.wrong("file", "a report of run or proxy with --format jsonl", "an empty file")
    if line.get("type") != "head":
        raise lines.wrong("type", '"head"', json.dumps(line.get("type"))[:40])
    return lines.fill(Head, line)


def _case(lines: Lines, line: typing.Mapping[str, typing.Any]) -> Case:
    case = lines.fill(Case, line)
    if case.verdict not in VERDICTS:
        raise lines.wrong("verdict", " or ".join(VERDICTS), json.dumps(case.verdict)[:40])
    return case


def _report(lines: Lines) -> Report:
    head = _head(lines)
    cases: typing.List[Case] = []
    totals = None
    for line in iter(lines.take, None):
        if totals is not None:
            raise lines.wrong("line", "nothing behind the totals", "one more")
        if line.get("type") == "totals":
            totals = line
        elif line.get("type") == "case":
            cases.append(_case(lines, line))
        else:
            raise lines.wrong("type", '"case" or "totals"', json.dumps(line.get("type"))[:40])
    complete = totals is not None and not totals.get("interrupted")
    return Report(lines.path, head, cases, complete and len(cases) == head.planned)


def read(path: str) -> Report:
    """A whole report, or one that ends early; Unreadable where it is none."""
    try:
        with open(path, "rb") as file:
            return _report(Lines(path, file))
    except OSError as error:
        raise Unreadable(f"{path}: expected a readable file, found: {error.strerror}") from None
