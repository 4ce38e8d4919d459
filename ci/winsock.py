# SPDX-License-Identifier: MIT
"""What a program for Windows does on a real Winsock: this machine's, or Wine's."""

import contextlib
import dataclasses
import functools
import json
import pathlib
import typing

import cross
import packages
from process import BUILD, ROOT, WINDOWS, Failed, run, say

VERDICTS = 1  # the exit code of a program that worked and found something
RECORDED = ROOT / "vectors" / "recorded"
# What two recordings must have in common to have to be alike.
SAME = ("tool", "os", "build", "architecture", "elevated", "redirector")
# Tests of the Python side that start the program or are about its Winsock. The others look at what
# is the same on every system, and would take this step beyond a minute.
PYTESTS = ("test_serve.py", "test_plugin.py", "test_schema.py", "test_redirector.py",
           "test_shim.py")


@dataclasses.dataclass(frozen=True)
class Subject:
    program: pathlib.Path
    recording: pathlib.Path

    @property
    def prefix(self) -> typing.Tuple[str, ...]:
        return () if WINDOWS else ("wine",)

    @property
    def profile(self):
        return "observed" if WINDOWS else "unsupported"


def subject(program=None):
    built = BUILD / ("msvc" if WINDOWS else "mingw") / "wfpcheck.exe"
    return Subject(pathlib.Path(program).resolve() if program else built, BUILD / "recorded.jsonl")


@contextlib.contextmanager
def surroundings():
    if WINDOWS:
        yield None
        return
    with cross.wine_server():
        yield cross.WINE_ENV


def use(subject, *arguments, findings=None):
    """Runs the program. `findings` says why verdicts are no failure here, or is None."""
    with surroundings() as env:
        try:
            run([*subject.prefix, subject.program, *arguments], env=env)
        except Failed as failure:
            if failure.code != VERDICTS or not findings:
                raise
            say(f"no failure: {findings}")


def record(subject):
    subject.recording.parent.mkdir(parents=True, exist_ok=True)
    use(subject, "record", "probe", "--backend", "winsock", "--output", subject.recording)


def alike(subject):
    """The committed recordings of the same version, system, build and rights."""
    now = head(subject.recording)
    return [path for path in committed() if all(head(path)[key] == now[key] for key in SAME)]


def committed():
    return sorted(RECORDED.glob("*.jsonl"))


def head(path):
    with open(path, encoding="utf-8") as file:
        return json.loads(file.readline())


def judge(subject):
    known = None if alike(subject) else "nothing of this system is recorded yet: this is news"
    use(subject, "judge", subject.recording, "--profile", subject.profile, findings=known)


def compare(subject):
    same = alike(subject)
    for path in committed():
        use(subject, "diff", path, subject.recording,
            findings=None if path in same else f"{path.name} is of another system")


def pytest():
    """With the program that is built here for Windows."""
    tests = [ROOT / "tests" / "python" / name for name in PYTESTS]
    built = subject()
    with surroundings() as env:
        run([packages.venv_program("python"), "-m", "pytest", "-q", "-n", "auto", *tests],
            env={**(env or {}), "WFPCHECK": str(built.program),
                 "WFPCHECK_PREFIX": " ".join(built.prefix),
                 "WFPCHECK_FAKE_REDIRECTOR":
                     str(built.program.parent / "tests" / "fake_redirector.exe")})


def actions(subject):
    """(name, action), in order."""
    bare = ("run", "--backend", "winsock", "--profile", subject.profile)
    news = "what this system answers is what is to be found out" if WINDOWS else None
    return (
        ("vectors in the model", functools.partial(use, subject, "run", "--profile", "all")),
        ("vectors through the shim", functools.partial(
            use, subject, "run", "--backend", "winsock", "--redirector", "shim", "--profile",
            "all", "--jobs", "2")),
        ("vectors on the bare Winsock", functools.partial(use, subject, *bare, findings=news)),
        ("probes recorded", functools.partial(record, subject)),
        ("recording judged", functools.partial(judge, subject)),
        ("recording compared with those committed", functools.partial(compare, subject)),
    )
