#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does the work of this project on a machine that has nothing: installs, builds, runs, tests.

Needs Python 3.9 and no other module. Debian and Ubuntu get their packages from apt-get, Windows
from vcpkg; everything made here stays under build/.
"""

import argparse
import sys

import packages
import quality
import steps
import winsock
from process import Failed, say


def setup(_arguments):
    packages.need_test_tools()
    reason = steps.windows_half_missing()
    if reason:
        say(f"nothing set up for mingw-w64 and Wine: {reason}")
        return
    steps.prepare_wine()


def conform(_arguments):
    packages.need_build_tools()
    steps.build("release", "--target", "wfpcheck")
    steps.use("run", "--profile", "all")


def test(arguments):
    chosen = steps.steps_of(arguments.preset) if arguments.preset else steps.every_step()
    return steps.take(chosen)


def windows(arguments):
    return steps.take(steps.winsock_steps(winsock.subject(arguments.program)))


def lab(_arguments):
    packages.need_build_tools()
    steps.set_up_lab()


def package(_arguments):
    steps.package()


def hostile(_arguments):
    packages.need_test_tools()
    steps.damaged_captures()


def bench(_arguments):
    packages.need_build_tools()
    steps.build("release", "--target", "wfpcheck")
    steps.use("bench")


def format_sources(_arguments):
    packages.need_test_tools()
    quality.format_sources()


def lint(_arguments):
    packages.need_test_tools()
    return steps.take(steps.lint_steps())


def model(_arguments):
    return steps.take(steps.model_steps("--full"))


COMMANDS = (
    ("setup", setup, "install what building and testing need"),
    ("conform", conform, "build the program and run every vector with every profile"),
    ("test", test, "every test, every check, every preset that this machine can build"),
    ("windows", windows, "try a built program for Windows on this machine's Winsock, or Wine's"),
    ("lab", lab, "set up and build what puts a Windows proxy under test, and tell how"),
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
        if function is test:
            command.add_argument("--preset", action="append", choices=steps.ALL_PRESETS,
                                 help="build and test only this preset; may be repeated")
        if function is windows:
            command.add_argument("--program", metavar="FILE",
                                 help="the program; without it, the one that is built here")
    return parser.parse_args(words)


def main(words):
    arguments = parse(words)
    try:
        return arguments.function(arguments) or 0
    except Failed as failure:
        print(f"do.py: {failure}", file=sys.stderr)
        return failure.code
    except OSError as error:
        print(f"do.py: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("do.py: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
