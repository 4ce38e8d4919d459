#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does the work of this project on a machine that has nothing: installs, builds, runs, tests.

Needs Python 3.9 and no other module. Debian and Ubuntu get their packages from apt-get, Windows
from vcpkg; everything made here stays under build/.
"""

import argparse
import sys

import cross
import lab
import packages
import packaging
import presets
import quality
import schedule
import steps
import winsock
from process import exit_code, say


def setup(_arguments):
    packages.need_test_tools()
    packages.need_venv()
    reason = steps.windows_half_missing()
    if reason:
        say(f"nothing set up for mingw-w64 and Wine: {reason}")
        return
    cross.set_up(*cross.TARGETS)


def conform(_arguments):
    packages.need_build_tools()
    presets.build("release", "wfpcheck")
    presets.use("run", "--profile", "all")


def test(arguments):
    packages.need_test_tools()
    chosen = steps.steps_of(arguments.preset) if arguments.preset else steps.every_step()
    return take(chosen, arguments)


def windows(arguments):
    return take(steps.winsock_steps(winsock.subject(arguments.program)), arguments)


def lint(arguments):
    packages.need_test_tools()
    return take(steps.lint_steps(), arguments)


def take(chosen, arguments):
    """All of the steps, or the one that was asked for."""
    if arguments.step:
        return schedule.take_one(chosen, arguments.step)
    return schedule.take(chosen, arguments.words)


def model(_arguments):
    packages.need_test_tools()
    steps.check_model("--full")


def set_up_lab(_arguments):
    packages.need_build_tools()
    lab.set_up()


def package(_arguments):
    packaging.for_windows()


def hostile(_arguments):
    packages.need_build_tools()
    steps.damaged_captures()


def bench(_arguments):
    packages.need_build_tools()
    presets.build("release", "wfpcheck")
    presets.use("bench")


def format_sources(_arguments):
    packages.need_test_tools()
    packages.need_venv()
    quality.format_sources()


COMMANDS = (
    ("setup", setup, "install what building and testing need"),
    ("conform", conform, "build the program and run every vector with every profile"),
    ("test", test, "every test, every check, every preset that this machine can build"),
    ("windows", windows, "try a built program for Windows on this machine's Winsock, or Wine's"),
    ("lab", set_up_lab, "set up and build what puts a Windows proxy under test, and tell how"),
    ("package", package, "put what was built for Windows into folders to be carried there"),
    ("hostile", hostile, "read damaged captures, more of them than a test does"),
    ("bench", bench, "build the program and measure it"),
    ("format", format_sources, "format the C sources in place"),
    ("lint", lint, "check floors, headers and format, and run clang-tidy"),
    ("model", model, "check loop prevention exhaustively with Spin, within the full bounds"),
)


def parse(words):
    parser = argparse.ArgumentParser(prog="do.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, function, help_line in COMMANDS:
        command = commands.add_parser(name, help=help_line, description=help_line)
        command.set_defaults(function=function)
        if function in (test, windows, lint):
            command.add_argument("--step", metavar="NAME",
                                 help="take only this step; those that it needs were taken before")
        if function is test:
            command.add_argument("--preset", action="append", choices=presets.ALL,
                                 help="build and test only this preset; may be repeated")
        if function is windows:
            command.add_argument("--program", metavar="FILE",
                                 help="the program; without it, the one that is built here")
    return parser.parse_args(words)


def main(words):
    arguments = parse(words)
    arguments.words = words
    return exit_code(lambda: arguments.function(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
