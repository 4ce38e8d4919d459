# SPDX-License-Identifier: MIT
"""The lab without Wine: interposer.py plays a proxy, good and bad, over the wire."""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

INTERPOSER = pathlib.Path(__file__).with_name("interposer.py")
PROGRAM = b"MZ".ljust(60, b"\0") + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86"
RECIPE = INTERPOSER.parents[1] / "proxies" / "recipe.json"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Lab:
    """What a run of wfpcheck proxy needs, and how it is started."""

    def __init__(self, native, folder):
        self.native, self.folder = native, folder
        self.port = free_port()
        self.trace = folder / "trace.jsonl"
        self.program = folder / "proxy.exe"
        self.program.write_bytes(PROGRAM)
        (folder / "wfpcheck-launch.exe").write_bytes(PROGRAM)
        self.wine = folder / "wine"
        self.wine.write_text("#!/bin/sh\n[ \"$1\" = --version ] && exec echo wine-0.1\n"
                             f"exec {sys.executable} {INTERPOSER} \"$@\"\n", encoding="utf-8")
        self.wine.chmod(self.wine.stat().st_mode | stat.S_IXUSR)

    def command(self, play, *options, scenario="plain", profile="observed"):
        return [self.native, "proxy", "--listen", f"127.0.0.1:{self.port}", "--context",
                RECIPE, "--shim", self.folder, "--profile", profile, "--allow-undecided",
                *(() if scenario is None else ("--scenario", scenario)), "--trace", self.trace,
                *options, "--", self.program, play, "127.0.0.1", str(self.port)]

    def environment(self, **more):
        return dict(os.environ, WFPCHECK_WINE=str(self.wine), **more)

    def run(self, play, *options, environment=None, **chosen):
        return subprocess.run(self.command(play, *options, **chosen), capture_output=True,
                              check=False, text=True, encoding="utf-8", timeout=120,
                              env=environment or self.environment())

    def start(self, play, *options, **chosen):
        return subprocess.Popen(self.command(play, *options, **chosen), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=self.environment())

    def events(self, kind=None):
        lines = map(json.loads, self.trace.read_text("utf-8").splitlines())
        return [event for event in lines if kind in (None, event["kind"])]

    def nobody_is_left(self):
        """No process that this run started lives on."""
        until = time.monotonic() + 10
        while self.processes() and time.monotonic() < until:
            time.sleep(0.05)
        return not self.processes()

    def processes(self):
        """The proxies, by what they were started with."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = path.read_bytes().split(b"\0")
                found += [path] if {str(self.program).encode(), str(INTERPOSER).encode()} <= (
                    set(words)) else []
        return found


@pytest.fixture
def lab(native, tmp_path):
    if os.name == "nt":
        pytest.skip("the launcher is replaced by way of Wine, which Windows does not need")
    return Lab(native, tmp_path)


def ends(lab, kind="client-end"):
    return [(event["how"], event["size"]) for event in lab.events(kind)]


def test_a_good_proxy_is_clean(lab):
    done = lab.run("well")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ends(lab) == ends(lab, "arrival-end") == [("closed", 1000)] * 3
    assert all(event["error"] == 0 for kind in ("client-data", "arrival-data")
               for event in lab.events(kind))
    assert [event["state"] for event in lab.events("told")] == ["REDIRECTED_BY_SELF"] * 3
    assert lab.events("proxy-trace")[0]["wine"] == "0.1"
    assert lab.nobody_is_left()


def test_the_original_destination_is_an_option_too(lab):
    """Of a redirected client; of others the system answers, which here nobody plays."""
    done = lab.run("by-option", "--scenario", "direct")
    assert done.returncode == 0, done.stdout + done.stderr
    asked = lab.events("option-get")
    assert {event["by"] for event in asked} == {"scenario", "provider"}
    served = [event for event in lab.events("client") if event["flags"] & 1]
    assert [end for end in ends(lab) if end[1]] == [("closed", 1000)] * len(served)


def test_every_connection_scenario_comes_to_an_end(lab):
    """What this proxy does wrong is told; nothing hangs, and no client is forgotten."""
    done = lab.run("well", scenario=None, profile="documented")
    assert done.returncode in (0, 1), done.stderr
    begun, over = lab.events("client"), lab.events("client-end")
    assert len(begun) == len(over) > 90
    assert not lab.events("deadline"), lab.events("deadline")


def test_a_record_that_is_not_set_is_a_loop(lab):
    done = lab.run("never-sets")
    assert done.returncode == 1
    assert "PRX-14" in done.stdout and "PRX-37" in done.stdout
    assert ends(lab) == [("closed", 1000)] * 3, "one bug shows as one: payload moves"
    assert [event["state"] for event in lab.events("told")] == ["NOT_REDIRECTED"] * 3
    assert len(lab.events("loop")) == 3


def failures(lab, done):
    assert done.returncode == 1, done.stderr
    return re.findall(r"^  FAIL  (PRX-\d+)", done.stdout, re.MULTILINE)


def test_a_proxy_that_dials_one_place_for_all_is_told_what_it_lacks(lab):
    """Not that payload was altered, or nobody dialled: whose dial is whose it cannot know."""
    done = lab.run("forward", "--scenario", "server-first", "--scenario", "half-close")
    assert failures(lab, done) == ["PRX-03", "PRX-37"]
    arrived = [event for event in lab.events("arrival-data") if event["size"] and not event["error"]]
    assert {event["client"] for event in arrived} == {1, 2, 3}, "known by what they sent"


def test_a_socket_of_datagrams_hears_of_no_network(lab):
    done = lab.run("network-reports")
    assert done.returncode == 0, done.stdout + done.stderr
    asked = next(event for event in lab.events("ioctl") if event["code"] == "0x9800000F")
    assert (asked["error"], asked["by"]) == ("OK", "shim")


@pytest.mark.parametrize("given, expected", [
    (None, "winedbg.exe=d"),
    ("mscoree=", "mscoree=;winedbg.exe=d"),
    ("winedbg.exe=b", "winedbg.exe=b"),
])
def test_no_debugger_prints_over_what_a_program_says(lab, given, expected):
    environment = lab.environment()
    environment.pop("WINEDLLOVERRIDES", None)
    done = lab.run("overrides", environment=dict(
        environment, **({} if given is None else {"WINEDLLOVERRIDES": given})))
    assert f"overrides: {expected} " in done.stderr


@pytest.mark.parametrize("play, expected", [
    ("exit", ["exit code 7", "no driver, no proxy"]),
    ("nowhere", ["exit code 1"]),
])
def test_a_program_that_does_not_start(lab, play, expected):
    done = lab.run(play)
    assert done.returncode == 3
    for words in expected + [f"127.0.0.1:{lab.port}"]:
        assert words in done.stderr


def test_a_program_that_listens_elsewhere_is_told_where(lab):
    """The lab waits as long as for any other; it may still come."""
    done = lab.run("elsewhere")
    assert done.returncode == 3
    assert (f"it runs, and does not; it listens on 127.0.0.2:{lab.port}, "
            f"it receives datagrams on 127.0.0.3:{lab.port}") in done.stderr


def test_a_wine_that_does_not_start_is_not_killed(lab):
    done = lab.run("no-wine")
    assert done.returncode == 3
    assert "Wine ended with exit code 1 before it ran" in done.stderr
    assert "wine: cannot start here" in done.stderr and "Wine's server" not in done.stderr


def test_what_a_proxy_printed_before_it_died_is_shown(lab):
    """Not what those printed that were started after it."""
    done = lab.run("last-words", "--scenario", "lost", environment=lab.environment(
        WFPCHECK_LAST_WORDS=str(lab.folder / "mark")))
    assert done.returncode == 1 and len(lab.events("process-end")) >= 2
    assert "the first to end" in done.stdout and "the second to end" not in done.stdout


def test_a_proxy_that_dies_is_told_and_started_again(lab):
    done = lab.run("death", scenario="lost")
    assert done.returncode == 1, done.stderr
    assert "PRX-12" in done.stdout
    deaths = lab.events("process-end")
    assert [event["how"] for event in deaths] == ["killed"] and "exit-code" not in deaths[0]
    assert lab.nobody_is_left()


def test_what_a_proxy_died_of_is_told(lab):
    """All of the code, of which a process of this system ends with the last eight bits."""
    done = lab.run("crash", scenario="lost")
    assert done.returncode == 1, done.stderr
    assert [(event["how"], event["exit-code"]) for event in lab.events("process-end")] == [
        ("died", 0xC0000005)]
    assert "Ended by an exception." in done.stdout and "exit code 0xC0000005" in done.stdout


DEATHS = {"wine-death": "Wine's server ended, as far as the lab can tell: wfpcheck-launch",
          "launcher-death": "wfpcheck-launch, which held the program, was killed by signal 9"}


@pytest.mark.parametrize("play", DEATHS)
def test_what_dies_under_the_lab_is_told_and_ends_the_run(lab, play):
    """At once, without another scenario; and it is no failure of the proxy's."""
    done = lab.run(play, "--format", "jsonl", scenario=None)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    told = [line for line in lines if line["type"] == "case"
            and line["verdict"] not in ("pass", "unsupported")]
    assert done.returncode == 3 and DEATHS[play] in done.stderr
    assert [(case["topic"], case["verdict"]) for case in told] == [("LAB", "broken")]
    assert DEATHS[play] in told[0]["message"] and lines[-1]["verdicts"]["broken"] == 1
    assert len(lab.events("scenario")) == 1 and lab.nobody_is_left()
    assert not lab.events("process-end") and not lab.events("deadline")
    later = subprocess.run([lab.native, "judge", lab.trace], capture_output=True, check=False,
                           text=True, encoding="utf-8", timeout=60)
    assert later.returncode == 3 and DEATHS[play] in later.stdout


def test_silence_is_a_deadline(lab):
    lab.run("silence")
    assert len(lab.events("deadline")) == 3
    assert ends(lab) == [("timeout", 0)] * 3


@pytest.mark.parametrize("kind", ["socks5", "http"])
def test_a_proxy_that_dials_through_another_server(lab, kind):
    done = lab.run(kind, "--upstream", f"{kind}=127.0.0.1:1080", "--scenario", "server-first",
                   "--scenario", "unreachable", "--scenario", "payload")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {event["peer"] for event in lab.events("arrival")} == {
        f"198.18.0.{number}:443" for number in (1, 2, 3, 4)}
    refused = [event["size"] for event in lab.events("client-end") if event["size"] == 0]
    assert len(refused) == 2 and not lab.events("deadline")
    assert all(event["error"] == 0 for event in lab.events("arrival-data"))


def test_connections_can_carry_http(lab):
    """Also those to one destination, which are told apart by what they ask for."""
    done = lab.run("well", "--payload", "http", "--scenario", "one-destination", "--scenario",
                   "payload")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {event["size"] for event in lab.events("client")} == {
        event["size"] for event in lab.events("client-end")}
    assert all(event["error"] == 0 and "client" in event
               for kind in ("client-data", "arrival-data") for event in lab.events(kind))
    assert not lab.events("deadline")


def test_what_is_no_dialogue_is_told(lab):
    lab.run("nonsense", "--upstream", "socks5=127.0.0.1:1080")
    assert [event["text"] for event in lab.events("note")] == [
        "what the proxy says to the server that it dials through is not understood"] * 3
    assert not lab.events("deadline")


def test_who_is_no_interposer_is_dropped(lab):
    done = lab.run("hostile")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ends(lab) == [("closed", 1000)] * 3
    assert len([event for event in lab.events("note") if "no interposer" in event["text"]]) >= 5


def test_the_report_is_a_file_when_it_is_complete(lab):
    report = lab.folder / "report.xml"
    done = lab.run("well", "--format", "junit", "--output", report)
    assert (done.returncode, done.stdout) == (0, "")
    assert report.read_text("utf-8").startswith("<?xml")
    assert not list(lab.folder.glob("report.xml?*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_lab_ends_in_the_middle(lab, number):
    """No process and no half of a report is left behind."""
    report = lab.folder / "report.xml"
    running = lab.start("silence", "--format", "junit", "--output", report, scenario=None)
    until = time.monotonic() + 30
    while not lab.processes() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)
    running.send_signal(number)
    _, errors = running.communicate(timeout=30)
    if number == signal.SIGKILL:
        assert running.returncode == -signal.SIGKILL
    else:
        assert running.returncode == 3 and b"interrupted" in errors
    assert lab.nobody_is_left()
    assert not report.exists() and not list(lab.folder.glob("report.xml?*"))


def test_passing_through_only_looks_on(lab):
    running = lab.start("well", "--pass-through", scenario=None)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(
                ("127.0.0.1", lab.port)) as client:
            client.sendall(b"here I am")
            break
        time.sleep(0.05)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode in (0, 1), errors
    assert lab.events("proxy-trace")[0]["passed-through"] is True
    assert lab.events("accept") and not lab.events("client")
    assert {event["by"] for event in lab.events("ioctl")} <= {"provider"}
    assert lab.nobody_is_left()


@pytest.mark.parametrize("options, environment, code, words", [
    ([], {"WFPCHECK_WINE": "/nowhere/wine"}, 3, "install it"),
    (["--scenario", "none-such"], {}, 2, "none-such"),
    (["--listen", "127.0.0.1"], {}, 2, "--listen"),
    (["--udp", "everywhere"], {}, 2, "--udp"),
    (["--upstream", "socks4=127.0.0.1:1080"], {}, 2, "socks5=HOST:PORT"),
    (["--second", "/nowhere.json"], {}, 2, "/nowhere.json"),
])
def test_a_wrong_setup_says_what_to_do(lab, options, environment, code, words):
    done = lab.run("well", *options, scenario=None,
                   environment=dict(lab.environment(), **environment))
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stderr


def test_a_program_that_is_none_for_windows(lab):
    lab.program.write_bytes(b"#!/bin/sh\n")
    done = lab.run("well")
    assert done.returncode == 2 and "a Windows program" in done.stderr
