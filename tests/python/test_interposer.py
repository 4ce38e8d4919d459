# SPDX-License-Identifier: MIT
"""The interposer and its launcher, with tests/interposed in them, and a lab that is played here."""

import os
import pathlib
import queue
import shutil
import socket
import struct
import subprocess
import threading

import pytest

import wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = pathlib.Path(os.environ.get("WFPCHECK_MINGW", ROOT / "build" / "mingw"))
LAUNCHER = BUILT / "wfpcheck-launch.exe"
PROGRAM = BUILT / "tests" / "interposed.exe"
PATIENCE = 30

DESTINATION = ("198.18.0.1", 443)
CLIENT = ("203.0.113.9", 1234)
VENDOR = 0x18000000


def is_asked(kind, fields):
    return kind in wire.ASKED and (kind != "ioctl" or fields["code"] & VENDOR == VENDOR)


class Lab:
    """Answers as `answers` says, kind by kind, and keeps the events of each process in order."""

    def __init__(self, answers):
        self.answers = {"hello": {"process": 1}, **answers}
        self.links = []
        self.ended = queue.SimpleQueue()
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def place(self):
        return f"{self.listener.getsockname()[1]}:token"

    def accept(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(link,), daemon=True).start()

    def serve(self, link):
        events = []
        self.links.append(events)
        try:
            while (event := wire.receive(link)) is not None:
                events.append(event)
                if is_asked(*event) and not self.answer(link, *event):
                    break
        except ConnectionError:
            pass
        link.close()
        self.ended.put(events)

    def answer(self, link, kind, fields):
        answer = self.answers.get(kind)
        answer = answer(fields) if callable(answer) else answer
        if answer == "silence":
            return False
        link.sendall(wire.encode("pass") if answer is None else wire.encode("answer", **answer))
        return True

    def events(self):
        """Of the process whose link ended next."""
        return self.ended.get(timeout=PATIENCE)


@pytest.fixture
def lab():
    labs = []

    def made(**answers):
        labs.append(Lab({kind.replace("_", "-"): answer for kind, answer in answers.items()}))
        return labs[-1]
    yield made
    for one in labs:
        one.listener.close()


@pytest.fixture
def start():
    if not LAUNCHER.exists() or (os.name != "nt" and shutil.which("wine") is None):
        pytest.skip("needs the mingw preset's programs, and Wine or Windows")
    started = []

    def begun(*arguments, lab=None, launcher=LAUNCHER):
        environment = {"WINEDEBUG": "-all", "WINEPREFIX": str(ROOT / "build" / "wine"),
                       "WINEDLLOVERRIDES": "mscoree,mshtml=", **os.environ}
        if lab:
            environment["WFPCHECK_LAB"] = lab.place
        wine = [] if os.name == "nt" else ["wine"]
        started.append(subprocess.Popen(
            [*wine, launcher, *arguments], env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return started[-1]
    yield begun
    for process in started:
        process.kill()
        process.wait(PATIENCE)
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


@pytest.fixture
def run(start):
    def done(*arguments, **how):
        process = start(*arguments, **how)
        # communicate() would end the standard input, and with it the program.
        out, err = process.stdout.read(), process.stderr.read()
        return process.wait(PATIENCE), out, err
    return done


def of_kind(events, wanted):
    return [fields for kind, fields in events if kind == wanted]


# ---- the launcher ----

@pytest.mark.parametrize("arguments, words", [
    ((), "usage: wfpcheck-launch [--follow] -- PROGRAM ARG..."),
    (("--",), "usage: "),
    (("--follow", "--"), "usage: "),
    (("program", "--"), "usage: "),
    (("--", "no-such-program.exe"), "no-such-program.exe: no such program: error 2"),
    (("--", __file__), "expected a Windows program, found none"),
    (("--", BUILT / "wfpcheck-shim.dll"), "expected a Windows program, found none"),
])
def test_what_cannot_be_launched_is_named(run, arguments, words):
    code, out, err = run(*arguments)
    assert code == 125 and words in err and out == ""


def test_a_program_of_other_bits_is_named(run, tmp_path):
    image = bytearray(PROGRAM.read_bytes())
    head = struct.unpack_from("<I", image, 0x3C)[0]
    struct.pack_into("<H", image, head + 4, 0x14C)
    other = tmp_path / "other.exe"
    other.write_bytes(image)
    code, _, err = run("--", other)
    assert code == 125
    assert "is a program for 32-bit x86; this launcher starts those for 64-bit x86" in err


def test_a_launcher_without_its_dll_says_so(run, tmp_path):
    alone = shutil.copy(LAUNCHER, tmp_path)
    code, _, err = run("--", PROGRAM, "nothing", launcher=alone)
    assert code == 125 and "must stand beside wfpcheck-launch.exe" in err


def test_arguments_arrive_as_they_were_written(run):
    code, out, _ = run("--", PROGRAM, 'a "quoted" one\\')
    assert code == 2 and 'no such action: a "quoted" one\\' in out


@pytest.mark.parametrize("action, code", [("die", 0xC0000005), ("none", 2)])
def test_how_a_program_ended_is_said_at_last(run, lab, action, code):
    """All 32 bits of it, on an output that is the launcher's own, and Wine's."""
    _, _, err = run("--", PROGRAM, action, lab=lab())
    assert err.splitlines()[-1] == f"wfpcheck-launch: ended: 0x{code:08X}"


def test_the_end_of_standard_input_ends_the_program(start, lab):
    process = start("--", PROGRAM, "wait", lab=lab())
    assert process.stdout.readline().strip() == "waiting"
    process.stdin.close()
    assert process.wait(PATIENCE) == 125
    assert process.stdout.read() == ""


# ---- the interposer ----

def test_a_program_introduces_itself(run, lab):
    played = lab()
    code, _, _ = run("--", PROGRAM, "duplicates", lab=played)
    events = played.events()
    assert code == 0
    kind, hello = events[0]
    assert kind == "hello" and hello["protocol"] == 2 and hello["bits"] == 64
    assert hello["name"] == "token" and hello["text"].endswith("interposed.exe")
    module = of_kind(events, "module")[0]
    assert module["text"] == hello["text"] and module["size"] > 10
    assert events[-1][0] == "exit"


def test_a_module_that_comes_late_is_followed(run, lab):
    played = lab()
    code, _, _ = run("--", PROGRAM, "late-module", lab=played)
    events = played.events()
    assert code == 0
    late = [fields["size"] for fields in of_kind(events, "module")
            if fields["text"].endswith("interposed_late.dll")]
    assert len(late) == 1 and late[0] >= 2
    assert [fields["family"] for fields in of_kind(events, "socket")] == [23]
    assert len(of_kind(events, "close")) == 1


def test_copies_of_a_socket_have_numbers_of_their_own(run, lab):
    played = lab()
    run("--", PROGRAM, "duplicates", lab=played)
    events = played.events()
    assert [fields["socket"] for fields in of_kind(events, "socket")] == [1]
    assert [(fields["socket"], fields["other"]) for fields in of_kind(events, "duplicate")] == [
        (1, 2), (1, 3)]
    assert [fields["socket"] for fields in of_kind(events, "close")] == [2, 3, 1]
    assert all(fields["handles"] >= 0 for fields in of_kind(events, "close"))


@pytest.fixture
def destination():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        yield listener


def test_a_dial_goes_where_the_lab_says(run, lab, destination):
    played = lab(connect={"real": destination.getsockname()}, ioctl={"error": 10014, "count": 780})
    _, out, _ = run("--", PROGRAM, "dial", lab=played)
    assert out.split("\n")[:3] == [
        "query 10014 count 780", "connect 0", "peer 198.18.0.1:443"]
    with destination.accept()[0] as arrived:
        assert arrived.recv(16) == b"file"
    events = played.events()
    asked = of_kind(events, "connect")[0]
    assert asked["peer"] == DESTINATION and asked["name"] == "connect"
    assert of_kind(events, "done")[-1]["error"] == 0
    assert of_kind(events, "peer-name")[0]["peer"] == DESTINATION
    assert len(of_kind(events, "stream-send")) == 1
    assert [fields["how"] for fields in of_kind(events, "shutdown")] == [1]


def test_a_count_that_is_not_answered_stays(run, lab):
    played = lab(connect={"error": 10061}, ioctl={"error": 10022})
    _, out, _ = run("--", PROGRAM, "dial", lab=played)
    assert out.split("\n")[:2] == ["query 10022 count 77", "connect 10061"]
    assert not of_kind(played.events(), "done")


def test_what_the_system_says_later_is_told(run, lab):
    played = lab()
    _, out, _ = run("--", PROGRAM, "overlapped-query", lab=played)
    events = played.events()
    ends = [fields for fields in of_kind(events, "done")
            if fields["kind-of"] == wire.KINDS.index("ioctl")]
    assert out.startswith(f"query {ends[-1]['error']} count ") and ends[-1]["error"] != 0
    assert {end["operation"] for end in ends} == {of_kind(events, "ioctl")[0]["operation"]}


@pytest.mark.parametrize("delay", [{}, {"delay": 50}])
def test_an_overlapped_query_is_answered(run, lab, delay):
    played = lab(ioctl={"count": 780, "out": b"r" * 780, **delay})
    _, out, _ = run("--", PROGRAM, "overlapped-query", lab=played)
    assert out.startswith("query 0 count 780")
    assert len(of_kind(played.events(), "ioctl-end")) == len(delay)


def test_a_name_leads_where_the_lab_says(run, lab, destination):
    played = lab(connect={"real": destination.getsockname()}, resolve={"peer": (DESTINATION[0], 0)})
    code, out, _ = run("--", PROGRAM, "connect-by-name", lab=played)
    assert code == 0
    assert out.split("\n")[:2] == ["remote 198.18.0.1:443", "peer 198.18.0.1:443"]
    destination.accept()[0].close()
    events = played.events()
    assert of_kind(events, "resolve")[0]["text"] == "example.test"
    assert of_kind(events, "connect")[0]["name"] == "WSAConnectByNameW"


def test_a_name_that_is_none_is_told(run, lab):
    code, out, _ = run("--", PROGRAM, "connect-by-name", lab=lab(resolve={"error": 11001}))
    assert code == 1 and out.startswith("failed 11001")


WAYS = ("recvfrom", "event", "routine", "message", "port", "port-at-once", "pool")


def test_datagrams_come_from_where_the_lab_says(run, lab):
    def received(fields):
        control = {"control": b"c" * 32} if fields.get("control-size", 0) >= 32 else {}
        return {"peer": CLIENT, **control}

    played = lab(datagram_send={"real": ("127.0.0.1", 18053)}, datagram_receive=received)
    _, out, _ = run("--", PROGRAM, "datagrams", lab=played)
    assert out.split("\n")[:-1] == [
        f"{way} 8 203.0.113.9:1234 {32 if way == 'message' else 0} 0" for way in WAYS]
    events = played.events()
    assert [fields["peer"] for fields in of_kind(events, "datagram-send")] == [
        ("198.18.0.1", 53)] * len(WAYS)
    assert [fields["size"] for fields in of_kind(events, "datagram-receive")] == [8] * len(WAYS)


def test_a_child_is_told(run, lab):
    played = lab()
    code, _, _ = run("--", PROGRAM, "child", lab=played)
    child = of_kind(played.events(), "child")[0]
    assert code == 0 and child["flags"] == 0 and child["text"].endswith("duplicates")
    assert len(played.links) == 1


def test_a_child_is_followed(run, lab):
    played = lab()
    run("--follow", "--", PROGRAM, "child", lab=played)
    child, parent = sorted((played.events(), played.events()),
                           key=lambda events: bool(of_kind(events, "child")))
    told = of_kind(parent, "child")[0]
    hello = of_kind(child, "hello")[0]
    assert told["flags"] == 1 and told["system-process"] == hello["system-process"]
    assert hello["parent"] == of_kind(parent, "hello")[0]["system-process"]


# ---- a lab that is not there ----

def test_a_lab_that_is_gone_makes_dials_fail(run, lab):
    _, out, _ = run("--", PROGRAM, "dial", lab=lab(ioctl="silence"))
    assert out.split("\n")[:2] == ["query 10050 count 77", "connect 10050"]


def test_a_lab_that_does_not_want_the_program_gets_nothing(run, lab):
    played = lab(hello={"error": 1})
    run("--", PROGRAM, "duplicates", lab=played)
    assert [kind for kind, _ in played.events()] == ["hello"]
