# SPDX-License-Identifier: MIT
"""Configures, builds and tests by the presets of CMakePresets.json."""

import cross
from process import BUILD, WINDOWS, run

NATIVE = ("msvc",) if WINDOWS else ("dev", "clang", "asan")
CROSS = "mingw"
CROSS32 = "mingw32"
ALL = (*NATIVE, "release", CROSS, CROSS32)


def program(preset):
    suffix = ".exe" if WINDOWS or preset in (CROSS, CROSS32) else ""
    return BUILD / preset / ("wfpcheck" + suffix)


def configure(preset):
    run(["cmake", "--preset", preset])


def build(preset, *targets):
    """All there is to build, or some of it."""
    configure(preset)
    run(["cmake", "--build", "--preset", preset, *(["--target", *targets] if targets else [])])


def use(*arguments):
    """Runs the optimised program."""
    run([program("release"), *arguments])


def ctest(preset):
    run(["ctest", "--preset", preset])


def ctest_wine(preset):
    with cross.wine_server():
        ctest(preset)
