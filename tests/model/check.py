#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks loop prevention exhaustively: Spin drives the model, in every order, with every conduct.

Needs Spin and a C compiler. README.md beside this file says what is checked.
Exit codes: 0 all as it must be, 1 not so, 3 the check could not be made.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import counterexample

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "model"
TRAIL = "loops.pml.trail"
DEPTH = 3_000_000
CYCLE_MARK = -1  # in a trail
STEPPERS = ("asking.c", "hop.c", "journey.c", "services.c", "setting.c", "tell.c")


class Broken(Exception):
    """Why the check could not be made."""


@dataclasses.dataclass(frozen=True)
class Shape:
    """What is compiled in."""
    services: int
    journeys: int = 1
    room: int = 0  # redirects that a record has room for; 0: one more than services
    fine: bool = True
    cycles: bool = False

    @property
    def folder(self):
        kind = ("fine" if self.fine else "parts") + ("-cycles" if self.cycles else "")
        return BUILD / f"services{self.services}-journeys{self.journeys}-room{self.room}-{kind}"

    @property
    def defines(self):
        room = self.room or self.services + 1
        return [f"-DSERVICES={self.services}", f"-DJOURNEYS={self.journeys}", f"-DLIST_ROOM={room}"]


@dataclasses.dataclass(frozen=True)
class Check:
    claim: str
    shape: Shape
    words: str = ""
    # None: it must hold. Else what the counterexample must say.
    fails: str = None


TOO_MANY = "more redirects than there are handles"
CYCLE = "a cycle of hops that are not counted as to blame"


def holding(full):
    one = [Shape(1), Shape(2), Shape(3) if full else Shape(3, room=3)]
    checks = [Check("careful services: the path ends", shape, "careful") for shape in one]
    checks += [Check("any conduct: a hop is to blame", shape) for shape in one]
    checks += [Check("every step gives the same bytes again", shape, "twice") for shape in one[:2]]
    checks += [Check("every cycle has a hop to blame", dataclasses.replace(shape, cycles=True))
               for shape in one[:2]]
    checks += [Check("two journeys, careful: both end", Shape(n, 2, n, False), "careful")
               for n in (1, 2)]
    checks.append(Check("two journeys, the second careful: a hop is to blame",
                        Shape(1, 2, 1, False), "second own"))
    if full:
        checks += [Check("two journeys, any conduct: a hop is to blame",
                         Shape(1, 2, 1, False), "own"),
                   Check("two journeys, careful, call by call: both end", Shape(1, 2, 1),
                         "careful own"),
                   Check("every cycle has a hop to blame", Shape(3, room=3, cycles=True))]
        checks += [Check(f"two journeys, careful, order {order} of 6: both end",
                         Shape(3, 2, 3, False), f"careful own order={order}")
                   for order in range(6)]
    return checks


def failing():
    """That the check can say no, and that there are cycles to speak of."""
    altered = [("state.by-self:guard-false", 1), ("state.by-self:answer", 1),
               ("state.previously-by-self:guard-false", 2), ("set.attached:guard-false", 1)]
    checks = [Check(f"altered rule {rule}", Shape(services), f"careful {rule}", TOO_MANY)
              for rule, services in altered]
    return checks + [Check("a proxy that passes nothing on makes a cycle",
                           Shape(services, cycles=True), "heedful indulgent fixed", CYCLE)
                     for services in (1, 2)]


# ---- building ----

def run(command, cwd=ROOT, env=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(env or {})}, encoding="utf-8", errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Broken(f"exit {done.returncode} from {command[0]}:\n{done.stdout.strip()}")
    return done.stdout


def compiler():
    found = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if not found or not shutil.which("spin"):
        raise Broken("needs Spin and a C compiler; Debian and Ubuntu: apt-get install spin gcc")
    return found


def compile_one(source, target, *options):
    run([compiler(), "-std=c11", "-O2", "-Wall", "-Wextra", "-I", ROOT / "sim" / "include",
         "-I", ROOT, *options, "-c", source, "-o", target])
    return target


def in_parallel(function, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))


def build_model():
    folder = BUILD / "objects"
    folder.mkdir(parents=True, exist_ok=True)
    sources = [*sorted((ROOT / "sim").glob("*.c")), ROOT / "harness" / "mutation.c",
               ROOT / "harness" / "word.c"]
    return in_parallel(lambda source: compile_one(source, folder / (source.stem + ".o")), sources)


def build(shape, objects):
    """The program that searches all states of this shape."""
    folder = shape.folder
    folder.mkdir(parents=True, exist_ok=True)
    options = [*shape.defines, f"-DWORLD_BYTES={world_bytes(shape, objects)}"]
    steppers = [compile_one(HERE / name, folder / (name + ".o"), *options) for name in STEPPERS]
    run(["spin", "-a", *(["-DFINE"] if shape.fine else []), HERE / "loops.pml"], cwd=folder)
    # Spin's own output is not free of warnings.
    run([compiler(), "-O2", "-w", "-DVECTORSZ=32768", "-DNP" if shape.cycles else "-DSAFETY",
         *options, "-I", ROOT / "sim" / "include",
         "-I", ROOT, "pan.c", *steppers, *objects, "-o", "pan"], cwd=folder)


def world_bytes(shape, objects):
    size = shape.folder / "size"
    steppers = [compile_one(HERE / name, shape.folder / (name + ".size.o"), *shape.defines)
                for name in (*STEPPERS, "size.c")]
    run([compiler(), *steppers, *objects, "-o", size])
    return run([size]).strip()


# ---- searching ----

@dataclasses.dataclass
class Found:
    errors: int
    states: int
    megabytes: float
    seconds: float
    complaint: str = ""
    lines: list = dataclasses.field(default_factory=list)


def search(check):
    folder, started = check.shape.folder, time.monotonic()
    (folder / TRAIL).unlink(missing_ok=True)
    options = ["-l"] if check.shape.cycles else []
    # A counterexample that is looked for is made shorter until nothing shorter is met.
    options += ["-i"] if check.fails and not check.shape.cycles else []
    text = run([folder / "pan", f"-m{DEPTH}", *options], cwd=folder, env={"WFP_MODEL": check.words})
    errors = number(text, r"errors: (\d+)")
    for complaint in ("max search depth too small", "out of memory"):
        if complaint in text and not errors:
            raise Broken(f"{check.claim}: {complaint}")
    found = Found(int(errors), int(number(text, r"([\d.e+]+) states, stored")),
                  number(text, r"([\d.]+)\s+total actual memory"), time.monotonic() - started)
    if errors:
        found.complaint = re.findall(r"pan:\d+: (.*)", text)[-1]
        found.lines = replay(check)
    return found


def replay(check):
    """What the steps print that lead to the error."""
    trail = (check.shape.folder / TRAIL).read_text(encoding="ascii")
    player = dataclasses.replace(check.shape, cycles=False)
    if check.shape.cycles:
        (player.folder / TRAIL).write_text(without_claim(trail), encoding="ascii")
    return run([player.folder / "pan", "-r", TRAIL], cwd=player.folder,
               env={"WFP_MODEL": check.words}).splitlines()


def without_claim(trail):
    """
    Lines are step:process:transition, and below 0 marks. In a search for cycles process 0 is the
    claim, whose own steps pan does not find again.
    """
    kept = []
    for line in trail.splitlines():
        step, process, transition = map(int, line.split(":"))
        if step == CYCLE_MARK:
            kept.append(line)
        elif step >= 0 and process > 0:
            kept.append(f"{step}:{process - 1}:{transition}")
    return "\n".join(kept) + "\n"


def number(text, pattern):
    match = re.search(pattern, text)
    if not match:
        raise Broken(f"no answer from the search:\n{text[-2000:]}")
    return float(match.group(1))


def path_of(check, found):
    path = counterexample.Path(counterexample.events_of(found.lines), check.shape.journeys)
    if path.wrong is None and found.errors:
        # What depends on garbage need not show again while the trail is followed.
        path.wrong = CYCLE if check.shape.cycles else found.complaint
    return path


# ---- the report ----

def judge(check, found):
    """Whether it is as it must be, and the counterexample if there is one."""
    if not found.errors:
        return check.fails is None, None
    path = path_of(check, found)
    return bool(check.fails and path.wrong.startswith(check.fails)), path


def show(check, found, good):
    what = f"{check.shape.services} services" if check.shape.services > 1 else "1 service"
    verdict = "ok" if good else "FAIL"
    print(f"  {verdict:5}{found.states:>10,} states {found.seconds:6.1f} s "
          f"{found.megabytes:7.0f} MB  {what}: {check.claim}", flush=True)


def explain(check, path):
    expected = check.fails or "no counterexample"
    print(f"        expected {expected}\n        actual   {path.wrong if path else 'none'}")
    if path:
        vector = counterexample.vector_of(path, path.wrong)
        print(json.dumps(vector or path.as_json(), indent=2), flush=True)


def check_all(checks, verbose):
    objects, built, good = build_model(), set(), True
    started = time.monotonic()
    print(f"{len(checks)} checks planned", flush=True)
    for check in checks:
        # What searches for cycles needs the other to follow a trail.
        for shape in {check.shape, dataclasses.replace(check.shape, cycles=False)} - built:
            build(shape, objects)
            built.add(shape)
        found = search(check)
        as_it_must_be, path = judge(check, found)
        show(check, found, as_it_must_be)
        if not as_it_must_be or (verbose and path):
            explain(check, path)
        good &= as_it_must_be
    print(f"{'all as it must be' if good else 'NOT as it must be'}, "
          f"{time.monotonic() - started:.1f} s", flush=True)
    return 0 if good else 1


def main(words):
    parser = argparse.ArgumentParser(prog="check.py", description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="the full bounds: minutes, gigabytes")
    parser.add_argument("--show", action="store_true",
                        help="also print the counterexamples that must be found")
    arguments = parser.parse_args(words)
    try:
        return check_all(holding(arguments.full) + failing(), arguments.show)
    except Broken as broken:
        print(f"check.py: {broken}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
