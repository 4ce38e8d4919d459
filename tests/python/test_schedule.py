# SPDX-License-Identifier: MIT
"""ci/schedule.py: steps side by side, in order where there is one, and an end to all of them."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

CI = pathlib.Path(__file__).resolve().parents[2] / "ci"
PATIENCE = 30  # seconds
HEAD = f"""
import pathlib, subprocess, sys, time
sys.path.insert(0, {str(CI)!r})
import process, schedule
from schedule import Step
HERE = pathlib.Path(__file__).parent

def note(word):
    with open(HERE / "notes.txt", "a") as notes:
        notes.write(word + "\\n")

def meet(other, name):
    (HERE / name).touch()
    deadline = time.monotonic() + {PATIENCE}
    while not (HERE / other).exists():
        if time.monotonic() > deadline:
            raise process.Failed("alone")
        time.sleep(0.05)

def last(name):
    note("begin " + name)
    time.sleep(0.3)
    note("end " + name)

def fail():
    print("last words", flush=True)
    raise process.Failed("it cannot be done", 7)

def sleep():
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as sleeper:
        (HERE / "sleeper").write_text(str(sleeper.pid))
        sleeper.wait()
"""
FOOT = """
schedule.AT_A_TIME = 2
if "--step" in sys.argv:
    sys.exit(process.exit_code(lambda: schedule.take_one(STEPS, sys.argv[-1])))
sys.exit(process.exit_code(lambda: schedule.take(STEPS, ["some", "words"])))
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends processes as POSIX does")


@pytest.fixture
def start(tmp_path):
    def started(steps):
        script = tmp_path / "do.py"
        script.write_text(f"{HEAD}\nSTEPS = [{steps}]\n{FOOT}", "utf-8")
        return subprocess.Popen([sys.executable, script], stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return started


@pytest.fixture
def take(start):
    def taken(steps):
        process = start(steps)
        text, _ = process.communicate(timeout=2 * PATIENCE)
        return process.returncode, text
    return taken


def lines(text):
    """The list at the end, without seconds: verdict and the rest."""
    return [(line[2:10].strip(), line[21:]) for line in text.splitlines() if line.startswith("  ")]


def sleeper(folder):
    place = folder / "sleeper"
    deadline = time.monotonic() + PATIENCE
    while not (place.exists() and place.read_text("ascii")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(place.read_text("ascii"))


def runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_two_at_a_time(take):
    code, text = take('Step("one", lambda: meet("b", "a")), Step("two", lambda: meet("a", "b"))')
    assert code == 0, text
    assert lines(text) == [("passed", "one"), ("passed", "two")]
    assert text.endswith("\n2 passed, 0 failed\n")


def test_never_three_at_a_time(take, tmp_path):
    code, text = take(", ".join(f'Step("{name}", lambda: last("{name}"))' for name in "abcd"))
    assert code == 0, text
    going_on = most = 0
    for note in (tmp_path / "notes.txt").read_text("utf-8").splitlines():
        going_on += 1 if note.startswith("begin") else -1
        most = max(most, going_on)
    assert most == 2


@pytest.mark.parametrize("options", ['uses="it"', 'needs=("one",)'])
def test_one_after_the_other(take, tmp_path, options):
    first = options if options.startswith("uses") else ""
    code, text = take(f'Step("one", lambda: last("one"), {first}), '
                      f'Step("two", lambda: last("two"), {options})')
    assert code == 0, text
    notes = (tmp_path / "notes.txt").read_text("ascii").splitlines()
    assert notes == ["begin one", "end one", "begin two", "end two"]


def test_what_comes_first_need_not_stand_first(take):
    code, text = take('Step("late", lambda: note("late"), needs=("early",)), '
                      'Step("early", lambda: note("early"), needs=("not among them",))')
    assert code == 0, text
    assert lines(text) == [("passed", "late"), ("passed", "early")]


def test_failure_ends_the_others_and_tells_how_to_repeat_it(take, tmp_path):
    code, text = take('Step("slow", sleep), '
                      'Step("bad", lambda: (meet("sleeper", "x"), fail())), '
                      'Step("after", lambda: note("after"), needs=("bad",))')
    again = f"python3 {tmp_path / 'do.py'} some words --step bad"
    assert code == 7
    assert "last words\n" in text and "it cannot be done\n" in text
    stopped, bad, after = lines(text)
    assert stopped == ("stopped", "slow: it printed build/steps/slow.txt")
    assert bad == ("failed", f"bad: exit 7 from {again}") and after == ("not run", "after")
    assert text.endswith("\n0 passed, 1 failed\n")
    assert not runs(sleeper(tmp_path)) and not (tmp_path / "notes.txt").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_leaves_nothing(start, tmp_path, how):
    process = start('Step("slow", sleep), Step("after", sleep, needs=("slow",))')
    left = sleeper(tmp_path)
    assert runs(left)
    process.send_signal(how)
    text, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "interrupted" in text
    assert [verdict for verdict, _ in lines(text)] == ["stopped", "not run"]
    assert not runs(left)


def test_what_cannot_be_taken_is_skipped_with_its_reason(take):
    code, text = take('Step("here", lambda: None, lambda: "no such thing"), '
                      'Step("there", lambda: None, needs=("here",))')
    assert code == 0, text
    assert lines(text) == [("skipped", "here: no such thing"), ("passed", "there")]
    assert text.endswith("\n1 passed, 0 failed, 1 skipped\n")


def test_step_that_there_is_none_of(tmp_path, start):
    start('Step("one", fail)').communicate(timeout=PATIENCE)
    done = subprocess.run([sys.executable, tmp_path / "do.py", "--step", "two"], check=False,
                          capture_output=True, timeout=PATIENCE, text=True)
    assert done.returncode == 2
    assert "--step: expected one of one; actual two" in done.stderr


NEEDS = """
import json, process, sys
process.WINDOWS = sys.argv[1] == "True"
import presets, steps
chosen = presets.NATIVE if process.WINDOWS else presets.ALL
lists = steps.every_step(), steps.steps_of(chosen)
print(json.dumps([{step.name: step.needs for step in listed} for listed in lists]))
"""


@pytest.mark.parametrize("windows", [False, True])
def test_every_need_is_a_step_of_a_full_test(windows):
    """A word that names none would be taken for a step that was taken before."""
    told = subprocess.run([sys.executable, "-c", NEEDS, str(windows)], cwd=CI, check=True,
                          capture_output=True, timeout=PATIENCE, text=True).stdout
    needs, of_presets = json.loads(told)
    assert len(needs) > 20
    assert needs.keys() >= set().union(*needs.values(), *of_presets.values())
    while needs:
        ready = {name for name in needs if needs.keys().isdisjoint(needs[name])}
        assert ready, needs
        needs = {name: needs[name] for name in needs.keys() - ready}
