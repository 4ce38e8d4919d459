# SPDX-License-Identifier: MIT
"""What a full test consists of: each step, and what must have ended before it.

Of the steps that could begin the first in the list does: what others wait for stands before what
only takes time.
"""

import dataclasses
import functools
import os
import sys

import cross
import lab
import packages
import packaging
import presets
import quality
import winsock
from presets import CROSS, CROSS32
from process import BUILD, ROOT, WINDOWS, Failed, run
from schedule import Step

PYTHON = "Python packages"
CONFIGURED = f"{presets.NATIVE[0]}: configure"
PROGRAM = "release: build"
INSTALLED = "release: install"
WHEEL = "wheel"
SOURCES = "libraries for Windows: sources"
WINE_READY = "Wine: set up"
# There is one set of Wine's own processes, which each step ends when it does.
WINE = "Wine"


def every_step():
    steps = [*python_steps(), *quick_steps()]
    if not WINDOWS:
        steps += windows_half()
    steps += [*package_steps(), *program_steps()]
    if not WINDOWS:
        steps += windows_half_32()
    for preset in presets.NATIVE:
        steps += preset_steps(preset)
    if WINDOWS:
        steps += winsock_steps(winsock.subject(), "msvc: build")
    return once([*steps, *model_steps(), *fuzz_steps(), *pytest_steps(), *thorough_steps()])


def steps_of(chosen):
    """Only the tests of some presets."""
    halves = {CROSS: windows_half, CROSS32: windows_half_32}
    steps = python_steps()
    for preset in chosen:
        steps += halves[preset]() if preset in halves else preset_steps(preset)
    return once(steps)


def lint_steps():
    return [*python_steps(), *quick_steps(), *thorough_steps()]


def once(steps):
    """Each name at its first place."""
    return list({step.name: step for step in steps}.values())


# ---- what is said about the sources ----

def python_steps():
    return [Step(PYTHON, packages.need_venv)]


def quick_steps():
    return [Step("floors notice bad arrows", quality.floors_say_no),
            Step("floors", quality.floors),
            Step("format", quality.check_format, needs=(PYTHON,))]


def configure_steps():
    return [Step(CONFIGURED, lambda: presets.configure(presets.NATIVE[0]))]


def thorough_steps():
    return [Step("headers compile alone", quality.headers, gives_way=True),
            *configure_steps(),
            Step("tidy", lambda: quality.tidy(presets.NATIVE[0]), needs=(PYTHON, CONFIGURED),
                 gives_way=True)]


# ---- what is built here for here ----

def preset_steps(preset):
    configured = configure_steps() if CONFIGURED.startswith(preset + ":") else []
    return [*configured,
            Step(f"{preset}: build", lambda: presets.build(preset),
                 needs=tuple(step.name for step in configured), gives_way=True),
            Step(f"{preset}: tests", lambda: presets.ctest(preset), needs=(f"{preset}: build",))]


def optimised_steps():
    return [Step(PROGRAM, packaging.build, gives_way=True)]


def package_steps():
    return [*optimised_steps(),
            Step(WHEEL, packaging.wheel, needs=(PYTHON,), gives_way=True),
            Step(INSTALLED, packaging.install, needs=(PROGRAM,)),
            Step("consumer by CMake package", lambda: packaging.consume("package"),
                 needs=(INSTALLED,)),
            Step("consumer by pkg-config", lambda: packaging.consume("pkg-config"),
                 lambda: "no pkg-config on Windows" if WINDOWS else None, needs=(INSTALLED,))]


def program_steps():
    return [Step("vectors are well formed", lambda: presets.use("lint"), needs=(PROGRAM,)),
            Step("coverage", lambda: presets.use("coverage"), needs=(PROGRAM,))]


def pytest_steps():
    # The plugin that pytest loads is the wheel's.
    return [Step("pytest", pytest, needs=(PROGRAM, WHEEL))]


def pytest():
    # Where Wine stands in, it is used by one step at a time.
    elsewhere = () if WINDOWS else lab.TESTS
    run([packages.venv_program("python"), "-m", "pytest", "-q", "-n", "auto",
         *(f"--ignore=tests/python/{name}" for name in elsewhere)],
        env={"WFPCHECK": str(presets.program("release"))})


def fuzz_steps():
    return [Step("fuzz: build", lambda: presets.build("fuzz"), fuzzer_missing, gives_way=True),
            # It has a time, not an amount: it would do less if it gave way.
            Step("fuzz: tests", lambda: presets.ctest("fuzz"), fuzzer_missing,
                 needs=("fuzz: build",))]


def fuzzer_missing():
    return "no libFuzzer there" if WINDOWS else None


def model_steps():
    return [Step("loops, exhaustively", check_model,
                 lambda: "no Spin on Windows" if WINDOWS else None, gives_way=True)]


def check_model(*options):
    """Loop prevention with every choice in every order; fails, too, if it cannot say no."""
    run([sys.executable, ROOT / "tests" / "model" / "check.py", *options])


def damaged_captures():
    """Every capture at hand cut at every place, and with many more bytes altered."""
    presets.build("asan", "test_replay_hostile")
    folders = (ROOT / "vectors" / "replay", ROOT.parent / "shared" / "captures")
    run([BUILD / "asan" / "tests" / "test_replay_hostile", "--exhaustive",
         *(folder for folder in folders if folder.is_dir())])


# ---- what is built for Windows, and runs there or in Wine ----

@functools.lru_cache(maxsize=None)
def windows_half_missing():
    reason = cross.missing()
    if reason and not WINDOWS and os.environ.get("CI"):
        raise Failed(f"the Windows half must run in CI: {reason}")
    return reason


def windows_builds(preset):
    libraries = f"{preset}: libraries"
    return [Step(SOURCES, lambda: cross.need_sources(CROSS, CROSS32)),
            Step(libraries, lambda: cross.need_libraries(preset), needs=(SOURCES,),
                 gives_way=True),
            Step(f"{preset}: build", lambda: presets.build(preset), needs=(libraries,),
                 gives_way=True)]


def windows_half():
    ready = (f"{CROSS}: build", WINE_READY)
    steps = [*windows_builds(CROSS),
             Step(WINE_READY, cross.need_wine_prefix, uses=WINE),
             *optimised_steps(),
             Step(f"{CROSS}: tests", lambda: presets.ctest_wine(CROSS), needs=ready, uses=WINE),
             *winsock_steps(winsock.subject(), *ready),
             Step("Wine: pytest", winsock.pytest, needs=(*ready, PYTHON, WHEEL), uses=WINE),
             Step("Wine: proxies in the lab", lab.test, needs=(*ready, PYTHON, WHEEL, PROGRAM),
                  uses=WINE),
             Step("Wine: ten thousand connections", lab.leak, needs=(*ready, PROGRAM), uses=WINE),
             Step(f"{CROSS}: headers compile alone", quality.windows_headers,
                  needs=(f"{CROSS}: libraries",), gives_way=True)]
    return [dataclasses.replace(step, missing=windows_half_missing) for step in steps]


def windows_half_32():
    steps = [dataclasses.replace(step, missing=windows_half_missing)
             for step in windows_builds(CROSS32)]
    return [*steps,
            Step(f"{CROSS32}: tests", lambda: presets.ctest_wine(CROSS32),
                 lambda: windows_half_missing() or cross.missing_wine32(),
                 needs=(f"{CROSS32}: build", WINE_READY), uses=WINE)]


def winsock_steps(subject, *needs):
    """What is tried on the Winsock of this machine, or of Wine; one uses what another leaves."""
    where = "Windows" if WINDOWS else WINE
    steps = []
    for name, action in winsock.actions(subject):
        steps.append(Step(f"{where}: {name}", action, needs=needs, uses=where))
        needs = (*needs, steps[-1].name)
    return steps
