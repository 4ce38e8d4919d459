#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Folders are floors: includes go down only. The picture is ROOMS; the rest reads it."""

import argparse
import collections
import concurrent.futures
import fnmatch
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The first room whose patterns match a file is its room. A room sees itself and those it lists.
Room = collections.namedtuple("Room", "name floor patterns sees")
ROOMS = (
    Room("public", 0, ("sim/include/wfp/*",), ()),
    Room("model", 1, ("sim/*",), ("public",)),
    Room("status", 2, ("harness/status.h",), ()),
    Room("platform", 2, ("harness/platform/*",), ("status",)),
    Room("interpose", 2, ("harness/lab/interpose/*",), ("public",)),
    Room("shim", 2, ("harness/lab/shim/*",), ("public", "interpose")),
    Room("wire", 2, ("harness/lab/wire/*",), ("public", "model")),
    Room("dll", 3, ("harness/lab/dll/*",), ("public", "wire", "interpose")),
    Room("launch", 3, ("harness/lab/launch/*",), ("wire", "interpose")),
    Room("door", 4, ("harness/main.c", "harness/cli.h", "harness/cli_*"),
         ("public", "model", "status", "platform", "harness", "backend", "replay", "lab")),
    Room("backend", 3, ("harness/backend/*",),
         ("public", "model", "status", "platform", "harness", "shim")),
    Room("replay", 3, ("harness/replay/*",), ("public", "model", "status", "platform", "harness")),
    Room("lab", 3, ("harness/lab/context/*", "harness/lab/report/*", "harness/lab/rules/*",
                    "harness/lab/server/*", "harness/lab/trace/*"),
         ("public", "model", "status", "platform", "harness", "wire")),
    Room("harness", 2, ("harness/*",), ("public", "model", "status", "platform")),
)
CHECKED = ("sim", "harness")

# Where the operating system may be seen, in includes and in conditionals.
WINDOWS_ONLY = ("harness/platform/*windows*", "harness/backend/winsock*",
                "harness/lab/interpose/*", "harness/lab/shim/*", "harness/lab/dll/*",
                "harness/lab/launch/*")
SYSTEM = ("harness/platform/*",) + WINDOWS_ONLY

ISO = frozenset(f"{name}.h" for name in (
    "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal "
    "stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath "
    "threads time uchar wchar wctype").split())
# Any other <header> is taken for the operating system's.
LIBRARIES = {
    "jansson.h": ("harness", "backend", "replay", "lab", "door"),
    "uv.h": ("lab",),
    "pcap.h": ("replay",),
    "pcap/pcap.h": ("replay",),
}

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
CONDITION = re.compile(r"\s*#\s*(?:el)?if")
SYSTEM_MACRO = re.compile(
    r"\b(_?_?(?:WIN32|WIN64|WINDOWS|CYGWIN|MINGW32|MINGW64|MSC_VER|linux|unix|APPLE|POSIX)_?_?"
    r"|__(?:FreeBSD|OpenBSD|NetBSD|ANDROID|WINE)__)\b")
# Literals come first: a comment's beginning inside one is none.
LITERAL_OR_COMMENT = re.compile(
    r"""(?P<literal>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|/\*.*?\*/|//[^\n]*""", re.DOTALL)
# What a header consists of that only passes others on.
PASSING_ON = re.compile(r"#\s*(include|if|ifdef|ifndef|endif|pragma)\b|#\s*define\s+\w+$")


def main(words):
    parser = argparse.ArgumentParser(prog="check_floors.py", description=__doc__)
    parser.add_argument("--self-test", action="store_true",
                        help="demand that bad arrows in a made-up tree are noticed")
    parser.add_argument("--headers", action="store_true",
                        help="also demand that every header compiles alone")
    parser.add_argument("--cc", default=os.environ.get("CC") or "cc",
                        help="the compiler for --headers; one for mingw-w64 is shown all of them")
    parser.add_argument("--include", action="append", default=[], metavar="DIR",
                        help="where else that compiler finds the libraries' headers")
    parser.add_argument("--define", action="append", default=[], metavar="NAME",
                        help="a macro that it is given")
    arguments = parser.parse_args(words)
    if arguments.self_test:
        return self_test(arguments.cc)
    complaints = check_tree(ROOT)
    if arguments.headers:
        complaints += check_headers(ROOT, arguments.cc, arguments.include, arguments.define)
    for complaint in complaints:
        print(complaint)
    count = len(list(sources(ROOT)))
    print(f"{count} files, {len(complaints)} complaints")
    return 1 if complaints or not count else 0


def check_tree(root):
    complaints = []
    for path in sources(root):
        complaints += check_file(root, path)
    return complaints


def sources(root):
    for folder in CHECKED:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".c", ".h"):
                yield path.relative_to(root).as_posix()


def check_file(root, path):
    room = room_of(path)
    if room is None:
        return [f"{path}:1: in a folder that is on no floor"]
    text = without_comments((root / path).read_text(encoding="utf-8"))
    complaints = []
    for number, line in enumerate(text.split("\n"), 1):
        complaint = check_line(root, path, room, line)
        if complaint:
            complaints.append(f"{path}:{number}: {complaint}")
    if path.endswith(".h") and is_umbrella(text):
        complaints.append(f"{path}:1: umbrella header: it only includes others")
    return complaints


def without_comments(text):
    # Their line ends stay, so that line numbers hold.
    return LITERAL_OR_COMMENT.sub(
        lambda found: found["literal"] or "\n" * found.group().count("\n"), text)


def check_line(root, path, room, line):
    include = INCLUDE.match(line)
    if include:
        return check_include(root, path, room, include.group(1), include.group(2))
    macro = CONDITION.match(line) and SYSTEM_MACRO.search(line)
    if macro and not matches(path, SYSTEM):
        return f"asks for {macro.group()} (floor {room.floor}): not allowed"
    return None


def check_include(root, path, room, bracket, name):
    if name.endswith(".c"):
        return f"includes {name}: a source is never included"
    if bracket == "<" and not name.startswith("wfp/"):
        return check_foreign(path, room, name)
    target = f"sim/include/{name}" if bracket == "<" else name
    if not (root / target).is_file():
        return f"includes {name}: no such file from the root"
    below = room_of(target)
    if below is None or (below.name != room.name and below.name not in room.sees):
        floor = "none" if below is None else below.floor
        return f"includes {name} (floor {room.floor} -> {floor}): not allowed"
    return None


def check_foreign(path, room, name):
    if name in ISO:
        return None
    if name in LIBRARIES:
        allowed = room.name in LIBRARIES[name]
    else:
        allowed = matches(path, SYSTEM)
    return None if allowed else f"includes <{name}> (floor {room.floor}): not allowed"


def is_umbrella(text):
    return "#include" in text and all(
        PASSING_ON.match(line) or not line for line in map(str.strip, text.split("\n")))


def room_of(path):
    for room in ROOMS:
        if matches(path, room.patterns):
            return room
    return None


def matches(path, patterns):
    # A star stays within its folder.
    return any(fnmatch.fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
               for pattern in patterns)


def check_headers(root, cc, include=(), define=()):
    headers = [path for path in sources(root) if path.endswith(".h")]
    if "mingw" not in cc:
        headers = [path for path in headers if not matches(path, WINDOWS_ONLY)]
    # libuv's header takes the names of POSIX for granted.
    command = [cc, "-std=c11", "-D_DEFAULT_SOURCE", "-fsyntax-only", "-I.", "-Isim/include"]
    command += [*(f"-I{folder}" for folder in include), *(f"-D{name}" for name in define)]

    def compile_alone(path):
        done = subprocess.run(
            command + ["-x", "c", path], cwd=root, stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
        if done.returncode == 0:
            return []
        return [f"{path}:1: does not compile alone\n{done.stderr.rstrip()}"]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = sum(pool.map(compile_alone, headers), [])
    return complaints


GOOD = {
    "sim/include/wfp/sim.h": "#include <stdint.h>\n#ifdef __cplusplus\n#endif\nint wfp_sim(void);\n",
    "sim/record.h": "#include <wfp/sim.h>\nint record(void);\n",
    "sim/record.c": '#include "sim/record.h"\n#include <string.h>\n',
    "harness/platform/clock.h": "int clock_now(void);\n",
    "harness/platform/clock_windows.c": "#include <windows.h>\n#ifdef _WIN32\n#endif\n",
    "harness/backend.h": "#include <jansson.h>\nint backend(void);\n",
    "harness/run.c": '#include "harness/backend.h"\n#include "harness/platform/clock.h"\n',
    "harness/backend/simulator.h": '#include "harness/backend.h"\nint simulator(void);\n',
    "harness/backend/winsock.c": "#include <winsock2.h>\n#if defined(_MSC_VER)\n#endif\n",
    "harness/replay/flow.h": "int flow(void);\n",
    "harness/replay/flow.c": "#include <pcap/pcap.h>\n",
    "harness/lab/rules/rules.h": "int rules(void);\n",
    "harness/lab/shim/patch.c": "#include <windows.h>\n",
    "harness/cli_run.h": '#include "harness/backend/simulator.h"\nint cli_run(void);\n',
    "harness/main.c": '#include "harness/cli_run.h"\n// #include "nothing.h"\n',
    "harness/cli_list.c": 'const char all[] = "*/*";\n',
    "harness/limits.h": "#ifndef L\n#define L\n#include <stdint.h>\n#define SIZE 4\n#endif\n",
}
BAD = (
    ("sim/include/wfp/sim.h", '#include "sim/record.h"', "(floor 0 -> 1)"),
    ("sim/include/wfp/sim.h", "#include <unistd.h>", "<unistd.h> (floor 0)"),
    ("sim/record.h", '#include "harness/backend.h"', "(floor 1 -> 2)"),
    ("sim/record.c", "#include <jansson.h>", "<jansson.h> (floor 1)"),
    ("sim/record.c", "#include <winsock2.h>", "<winsock2.h> (floor 1)"),
    ("sim/record.c", "#ifdef _WIN32", "_WIN32 (floor 1)"),
    ("sim/record.c", "  #  elif defined(__linux__)", "__linux__ (floor 1)"),
    ("sim/record.c", "#if _MSC_VER > 1900", "_MSC_VER (floor 1)"),
    ("sim/record.c", '#include "record.h"', "no such file"),
    ("sim/record.c", '#include "sim/names.c"', "never included"),
    ("harness/platform/clock.h", '#include "harness/backend.h"', "(floor 2 -> 2)"),
    ("harness/platform/clock.h", "#include <wfp/sim.h>", "(floor 2 -> 0)"),
    ("harness/backend.h", '#include "harness/backend/simulator.h"', "(floor 2 -> 3)"),
    ("harness/run.c", '#include "harness/cli_run.h"', "(floor 2 -> 4)"),
    ("harness/run.c", "#include <sys/stat.h>", "<sys/stat.h> (floor 2)"),
    ("harness/run.c", "#include <pcap/pcap.h>", "<pcap/pcap.h> (floor 2)"),
    ("harness/backend/simulator.h", '#include "harness/replay/flow.h"', "(floor 3 -> 3)"),
    ("harness/backend/simulator.h", '#include "harness/cli_run.h"', "(floor 3 -> 4)"),
    ("harness/backend/simulator.h", "#include <unistd.h>", "<unistd.h> (floor 3)"),
    ("harness/replay/flow.c", '#include "harness/lab/rules/rules.h"', "(floor 3 -> 3)"),
    ("harness/lab/rules/rules.h", '#include "harness/backend/simulator.h"', "(floor 3 -> 3)"),
    ("harness/lab/shim/patch.c", '#include "harness/backend.h"', "(floor 2 -> 2)"),
    ("harness/main.c", "#include <windows.h>", "<windows.h> (floor 4)"),
    ("harness/other/new.c", "", "on no floor"),
    ("harness/cli_list.c", "#include <unistd.h> /* why */", "<unistd.h> (floor 4)"),
    ("harness/cli_list.c", "int x; /* \\n */\n#include <poll.h>", "cli_list.c:3: includes <poll.h>"),
    ("harness/all.h", '#include "harness/backend.h"\n', "umbrella header"),
)


def self_test(cc):
    """A checker that cannot say no is worth nothing."""
    missed = []
    with made_tree() as root:
        missed += [f"good tree: {complaint}" for complaint in check_tree(root)]
        for path, line, expected in BAD:
            if not any(found.startswith(path) and expected in found
                       for found in complaints_with(root, path, line)):
                missed.append(f"{path}: not noticed: {line.strip() or expected}")
        missed += self_test_headers(root, cc)
    for line in missed:
        print(line)
    print(f"{len(BAD) + 2} bad things tried, {len(missed)} wrong")
    return 1 if missed else 0


def self_test_headers(root, cc):
    if not shutil.which(cc):
        return [f"no compiler {cc}"]
    header = "sim/record.h"
    (root / "harness/backend.h").write_text("int backend(void);\n", encoding="utf-8")
    missed = [f"good tree: {complaint}" for complaint in check_headers(root, cc)]
    (root / header).write_text("uint32_t record(void);\n", encoding="utf-8")
    if not any(found.startswith(header) for found in check_headers(root, cc)):
        missed.append(f"{header}: not noticed: does not compile alone")
    return missed


def complaints_with(root, path, line):
    """The complaints about the tree with one more line in one file."""
    before = GOOD.get(path)
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((before or "") + line + "\n", encoding="utf-8")
    complaints = check_tree(root)
    if before is None:
        file.unlink()
    else:
        file.write_text(before, encoding="utf-8")
    return complaints


class made_tree(tempfile.TemporaryDirectory):
    def __enter__(self):
        root = pathlib.Path(super().__enter__())
        for path, text in GOOD.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return root


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
