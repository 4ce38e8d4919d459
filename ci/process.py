# SPDX-License-Identifier: MIT
"""Starting other programs and saying so."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
WINDOWS = os.name == "nt"
BROKEN = 3
INTERRUPTED = 130
PATIENCE = 10  # seconds, for what was asked to end

_started = time.monotonic()


class Failed(Exception):
    """What could not be done, in one sentence, and the exit code that says so."""

    def __init__(self, message, code=BROKEN):
        super().__init__(message)
        self.code = code


def exit_code(action):
    """Of a program that does this. Where it is not 0 it is told why."""
    signal.signal(signal.SIGTERM, interrupted)
    try:
        return action() or 0
    except Failed as failure:
        return complain(failure, failure.code)
    except OSError as error:
        return complain(error, BROKEN)
    except KeyboardInterrupt:
        return complain("interrupted", INTERRUPTED)


def interrupted(_signal, _frame):
    raise KeyboardInterrupt


def complain(why, code):
    print(f"do.py: {why}", file=sys.stderr)
    return code


def say(text):
    print(f"[{time.monotonic() - _started:6.1f} s] {text}", flush=True)


def shown(command):
    """The command as one would type it in the root of the tree."""
    words = (str(word).replace(str(ROOT) + os.sep, "") for word in command)
    return " ".join(f'"{word}"' if " " in word else word for word in words)


def run(command, env=None, cwd=ROOT, silent=False):
    """Runs a command with its output let through; raises Failed with its exit code."""
    say(shown(command))
    out = subprocess.DEVNULL if silent else None
    try:
        code = subprocess.run([str(word) for word in command], cwd=cwd, env=merged(env),
                              stdin=subprocess.DEVNULL, stdout=out, stderr=out).returncode
    except OSError as error:
        raise Failed(f"cannot start {command[0]}: {error.strerror}") from None
    if code != 0:
        # A death by signal n is told as a shell tells it.
        code = code if code > 0 else 128 - code
        raise Failed(f"exit {code} from: {shown(command)}", code)


def run_twice(command, **options):
    """For what depends on a network: one failure is tried again."""
    try:
        run(command, **options)
    except Failed as failure:
        say(f"{failure}; trying once more")
        run(command, **options)


def output(command, env=None):
    """Standard output of a command, or None where it cannot be had."""
    try:
        done = subprocess.run([str(word) for word in command], cwd=ROOT, env=merged(env),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, encoding="utf-8", errors="replace")
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def merged(env):
    return {**os.environ, **env} if env else None


def begin(command, file):
    """Starts a command beside this one, in a group of its own."""
    return subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                            stdout=file, stderr=file,
                            preexec_fn=None if WINDOWS else os.setpgrp)


def end(process):
    """Ends what was begun, with all that it has started."""
    if WINDOWS:
        output(["taskkill", "/T", "/F", "/PID", process.pid])
    else:
        send(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    if not WINDOWS:
        send(process, signal.SIGKILL)
    process.wait()


def send(process, number):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
