# SPDX-License-Identifier: MIT
"""Formatting, static analysis and the include picture."""

import concurrent.futures
import json
import os
import subprocess
import sys

import cross
import packages
from process import BUILD, ROOT, Failed, output, run, say

FORMATTED = ("sim", "harness", "tests")
TIDIED = ("sim", "harness")
# Jansson's inline reference counting makes the analyzer's default of 225,000 cost minutes.
ANALYZER_NODES = 50_000
SUFFIXES = (".c", ".h", ".cpp")
FLOORS = ROOT / "ci" / "check_floors.py"


def sources():
    return sorted(path.relative_to(ROOT) for folder in FORMATTED
                  for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES)


def floors_say_no():
    run([sys.executable, FLOORS, "--self-test"])


def floors():
    run([sys.executable, FLOORS])


def headers():
    run([sys.executable, FLOORS, "--headers"])


def windows_headers():
    run([sys.executable, FLOORS, "--headers", "--cc", cross.COMPILER,
         "--include", cross.INSTALLED / "include", *(f"--define={name}" for name in cross.DEFINED)])


def format_sources():
    clang_format("-i")


def check_format():
    clang_format("--dry-run", "-Werror")


def clang_format(*options):
    say(f"clang-format {' '.join(options)} over {len(sources())} files")
    done = subprocess.run([str(packages.venv_program("clang-format")), *options,
                           *map(str, sources())], cwd=ROOT, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Failed("not formatted; python3 ci/do.py format mends it", done.returncode)


def tidy(preset):
    files = compiled(preset)
    say(f"clang-tidy over {len(files)} files")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        bad = sum(pool.map(lambda path: tidy_one(preset, path), files))
    if bad:
        raise Failed(f"clang-tidy complains about {bad} of {len(files)} files", 1)


def compiled(preset):
    with open(BUILD / preset / "compile_commands.json", encoding="utf-8") as file:
        entries = json.load(file)
    folders = tuple(str(ROOT / folder) + os.sep for folder in TIDIED)
    return sorted({entry["file"] for entry in entries if entry["file"].startswith(folders)})


def tidy_one(preset, path):
    """Whether there was something to say; said in one piece, as several run at a time."""
    options = [*own_headers(), "-Xclang", "-analyzer-config",
               "-Xclang", f"max-nodes={ANALYZER_NODES}"]
    command = [str(packages.venv_program("clang-tidy")), "--quiet", "-p", str(BUILD / preset),
               *(f"--extra-arg={option}" for option in options), path]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    if done.returncode != 0:
        # Standard error mostly counts what was suppressed, and is wanted where nothing else is.
        print(done.stdout or done.stderr, end="", flush=True)
    return done.returncode != 0


def own_headers():
    # The packaged clang-tidy comes without the compiler's own headers.
    folder = output(["clang", "-print-resource-dir"])
    return [f"-resource-dir={folder.strip()}"] if folder else []
