# SPDX-License-Identifier: MIT
"""Takes steps side by side, each in a process of its own, and tells what became of them."""

import dataclasses
import os
import sys
import time
import typing

from process import BUILD, WINDOWS, Failed, begin, end, say, shown

OUTPUTS = BUILD / "steps"
AT_A_TIME = os.cpu_count() or 1
PAUSE = 0.1  # seconds between two looks at what goes on
SILENCE = 60  # seconds after which what goes on is told
GIVES_WAY = () if WINDOWS else ("nice", "-n", "10")


@dataclasses.dataclass(frozen=True)
class Step:
    name: str
    action: typing.Callable[[], None]
    # Tells why the step cannot be taken here, or None.
    missing: typing.Callable[[], typing.Optional[str]] = lambda: None
    # The steps that must have ended. Those that are not to be taken are supposed to have been.
    needs: typing.Tuple[str, ...] = ()
    # What there is only one of: who uses it does so one after the other.
    uses: typing.Optional[str] = None
    # It only computes: what has time limits goes first.
    gives_way: bool = False


@dataclasses.dataclass
class Taken:
    verdict: str = "not run"
    seconds: float = 0.0
    why: str = ""
    code: int = 0


class Running:
    """A step that goes on. Its output is kept, to be shown in one piece."""

    def __init__(self, step, command):
        OUTPUTS.mkdir(parents=True, exist_ok=True)
        self.step, self.started = step, time.monotonic()
        self.output = OUTPUTS / (step.name.replace(": ", "-").replace(" ", "-") + ".txt")
        with open(self.output, "wb") as output:
            self.process = begin([*(GIVES_WAY if step.gives_way else ()), *command], output)

    @property
    def seconds(self):
        return time.monotonic() - self.started

    def show(self):
        sys.stdout.flush()
        sys.stdout.buffer.write(self.output.read_bytes())
        sys.stdout.flush()


def take(steps, words):
    """All of the steps that this program has with these arguments, or up to the first that fails.
    The last lines list them. Returns an exit code."""
    schedule = Schedule(steps, words)
    try:
        while schedule.goes_on():
            schedule.begin()
            schedule.look()
    finally:
        schedule.stop()
        schedule.tell()
    return schedule.code()


def take_one(steps, name):
    """In this process, with its output let through."""
    step = next((step for step in steps if step.name == name), None)
    if not step:
        raise Failed(f"--step: expected one of {', '.join(step.name for step in steps)}; "
                     f"actual {name}", 2)
    reason = step.missing()
    if reason:
        say(f"skipped: {reason}")
        return 0
    step.action()
    spent = os.times()
    seconds = spent.user + spent.system + spent.children_user + spent.children_system
    say(f"{seconds:.1f} s of one processor")
    return 0


class Schedule:
    def __init__(self, steps, words):
        self.steps, self.words = steps, words
        self.taken = {step.name: Taken() for step in steps}
        self.to_come = list(steps)
        self.running = []
        self.spoke = time.monotonic()

    def code(self):
        return next((taken.code for taken in self.taken.values() if taken.code), 0)

    def goes_on(self):
        return not self.code() and (self.to_come or self.running)

    def begin(self):
        for step in list(self.to_come):
            if len(self.running) < AT_A_TIME and not self.code() and self.can_begin(step):
                self.to_come.remove(step)
                self.begin_one(step)

    def can_begin(self, step):
        going_on = [running.step for running in self.running]
        open_ends = {other.name for other in (*self.to_come, *going_on)}
        in_use = {other.uses for other in going_on} - {None}
        return open_ends.isdisjoint(step.needs) and step.uses not in in_use

    def begin_one(self, step):
        taken = self.taken[step.name]
        try:
            taken.why = step.missing() or ""
        except Failed as failure:
            taken.verdict, taken.why, taken.code = "failed", str(failure), failure.code
            return
        if taken.why:
            taken.verdict = "skipped"
            return
        self.say(f"{step.name} ...")
        self.running.append(Running(step, [sys.executable, *self.alone(step)]))

    def alone(self, step):
        return [sys.argv[0], *self.words, "--step", step.name]

    def look(self):
        time.sleep(PAUSE)
        for running in list(self.running):
            code = running.process.poll()
            if code is not None:
                self.running.remove(running)
                self.end_one(running, code)
        if self.running and time.monotonic() - self.spoke > SILENCE:
            self.say("going on: " + ", ".join(f"{running.step.name} ({running.seconds:.0f} s)"
                                              for running in self.running))

    def end_one(self, running, code):
        name = running.step.name
        taken = self.taken[name] = Taken("passed", running.seconds)
        if code:
            alone = shown(["python3", *self.alone(running.step)])
            taken.verdict, taken.why, taken.code = "failed", f"exit {code} from {alone}", code
        self.say(f"== {name}: {taken.verdict}")
        running.show()

    def stop(self):
        for running in self.running:
            end(running.process)
            self.taken[running.step.name] = Taken("stopped", running.seconds,
                                                  f"it printed {shown([running.output])}")

    def tell(self):
        print()
        for name, taken in self.taken.items():
            seconds = f"{taken.seconds:7.1f} s" if taken.seconds else 9 * " "
            print(f"  {taken.verdict:8}{seconds}  {name}" + (f": {taken.why}" if taken.why else ""))
        verdicts = [taken.verdict for taken in self.taken.values()]
        skipped = f", {verdicts.count('skipped')} skipped" if "skipped" in verdicts else ""
        print(f"\n{verdicts.count('passed')} passed, {verdicts.count('failed')} failed{skipped}",
              flush=True)

    def say(self, text):
        say(text)
        self.spoke = time.monotonic()
