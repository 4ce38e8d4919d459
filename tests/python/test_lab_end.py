# SPDX-License-Identifier: MIT
"""However a run of the lab ends: nothing of it stays, and what is written says what died."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

import lab

PATIENCE = 30  # seconds, for what has to be gone

pytestmark = [
    pytest.mark.skipif(lab.missing() is not None, reason=str(lab.missing())),
    pytest.mark.skipif(os.name == "nt", reason="looks for processes in /proc"),
]


def processes(address):
    """(process, its command line) of everything that was told of this address."""
    for folder in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
            if folder.name.isdigit() and address in line and int(folder.name) != os.getpid():
                yield int(folder.name), line


def listens(address):
    """Without a connection, which would be a client's."""
    port, listening = f":{int(address.rpartition(':')[2]):04X}", "0A"
    sockets = pathlib.Path("/proc/net/tcp6").read_text("ascii").splitlines()
    return any(fields[1].endswith(port) and fields[3] == listening
               for fields in map(str.split, sockets))


def until(true, what):
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Running:
    """The lab with the reference proxy, in the middle of its scenarios."""

    def __init__(self, wfpcheck, folder, env=None, pause=0.3):
        self.address, self.report = lab.free_address(), folder / "report.jsonl"
        self.told, self.trace = folder / "output.txt", folder / "trace.jsonl"
        command = lab.words(wfpcheck, [lab.built("reference_proxy")], folder, "--trace",
                            self.trace, listen=self.address)
        with open(self.told, "wb") as output:
            self.lab = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                        stderr=output, env={**os.environ, **(env or {})})
        until(lambda: listens(self.address), "no proxy listens")
        time.sleep(pause)
        assert self.lab.poll() is None, self.text()

    def of(self, program):
        """What runs that program, by the first word of its command line."""
        return [process for process, line in processes(self.address)
                if line.split("\0")[0].endswith(program)]

    def kill(self, found):
        for process in found:
            os.kill(process, signal.SIGKILL)

    def text(self):
        return self.told.read_text("utf-8", "replace")

    def all_gone(self):
        return self.lab.poll() is not None and not list(processes(self.address))


@pytest.fixture
def running(native, tmp_path):
    started = []

    def start(*options):
        started.append(Running(native, tmp_path, *options))
        return started[0]

    yield start
    for one in started:
        one.kill([process for process, _ in processes(one.address)])
        one.lab.wait(PATIENCE)


def test_killed_lab_leaves_nothing(running):
    run = running()
    run.lab.kill()
    until(run.all_gone, "a process outlives the lab")
    assert not run.report.exists()


def test_interrupted_lab_says_so(running):
    run = running()
    run.lab.send_signal(signal.SIGINT)
    until(run.all_gone, "a process outlives the lab")
    assert run.lab.returncode != 0 and "interrupted" in run.text()
    if run.report.exists():
        assert lab.read(run.report)[1]["interrupted"]


def test_killed_proxy_is_told(running):
    run = running()
    run.kill(run.of("reference_proxy.exe"))
    until(run.all_gone, "the lab does not come to its end")
    cases, totals = lab.read(run.report)
    assert run.lab.returncode == 1 and totals["planned"] == totals["executed"]
    told = [case for case in cases if case["verdict"] == "fail"]
    assert [case["topic"] for case in told] == ["PRX-12"]
    assert "process-end process 1 killed" in told[0]["detail"]
    assert "exit code" not in told[0]["detail"]


def assert_broken(run, words):
    """The run has ended there, and blames nobody else."""
    assert run.report.exists(), run.text()
    cases, _ = lab.read(run.report)
    told = [case for case in cases if case["verdict"] in ("fail", "broken")]
    assert run.lab.returncode == 3, run.text()
    assert [case["topic"] for case in told] == ["LAB"]
    assert told[0]["message"].startswith(words) and words in run.text()
    assert '"kind":"deadline"' not in run.trace.read_text("utf-8"), "waited for its time limits"


def test_killed_launcher_takes_the_proxy_with_it(running):
    run = running()
    launchers = run.of("wfpcheck-launch.exe")
    assert launchers
    run.kill(launchers)
    until(run.all_gone, "the lab does not come to its end")
    assert_broken(run, "wfpcheck-launch, which held the program, was killed by signal 9")


def link(source, target):
    """Only the registry is written to."""
    (shutil.copy2 if source.endswith(".reg") else os.link)(source, target)


def of_prefix(prefix):
    """What runs in that Wine: the services that it starts for itself, too."""
    wanted = f"WINEPREFIX={prefix}".encode()
    for folder in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


@pytest.fixture
def own_wine(tmp_path):
    """A prefix of its own: the end of a Wine is the end of all that runs in it."""
    prefix = tmp_path / "wine"
    shutil.copytree(os.environ["WINEPREFIX"], prefix, symlinks=True, copy_function=link)
    yield {**os.environ, "WINEPREFIX": str(prefix)}
    for process in of_prefix(prefix):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("how, pause", [("--kill", 0.3), ("--kill=9", 0.3), ("--kill=9", 0)])
def test_killed_wine_is_told(running, own_wine, how, pause):
    """With 9 its server has no time to end its clients, and those that wait would wait for ever.
    At once it is before the first scenario, or in it."""
    run = running(own_wine, pause)
    subprocess.run(["wineserver", how], env=own_wine, check=False, timeout=PATIENCE)
    until(run.all_gone, "the lab does not come to its end")
    assert_broken(run, "Wine's server ended, as far as the lab can tell: wfpcheck-launch")
    prefix = own_wine["WINEPREFIX"]
    until(lambda: not list(of_prefix(prefix)), "what Wine started for the lab is still there")
