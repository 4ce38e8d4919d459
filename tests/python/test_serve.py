# SPDX-License-Identifier: MIT
"""The serve protocol: what a friendly and what a hostile client may see."""

import json
import os
import pathlib
import re
import sys

import pytest

from scripts import accept, asking, branch, document, leaf, query
from wfpcheck import serve

LINE_MAX = 4 * 1024 * 1024
VECTOR = "query-records-redirected"


@pytest.fixture
def fresh(program, monkeypatch):
    # Else AddressSanitizer keeps what was freed, and the process seems to grow.
    monkeypatch.setenv("ASAN_OPTIONS", os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1")
    running = serve.Server(program)
    yield running
    running.kill()


def fake(path, code):
    """How to start a program that only Python knows."""
    path.write_text(code)
    return {"program": str(path), "prefix": [sys.executable]}


def saying(path, line):
    """A program that says this line and then reads until its input ends."""
    return fake(path, f"import sys\nprint({line!r}, flush=True)\nsys.stdin.read()\n")


# The greeting.


def test_greeting(server):
    greeting = server.greeting
    assert greeting.version == "0.1.0"
    assert (greeting.backend, greeting.target) == ("simulator", "model")
    assert greeting.profiles == ("documented", "observed", "unsupported")
    assert {"redirect", "kernel-face", "bad-pointers"} <= set(greeting.capabilities)
    assert greeting.vectors == len({case["vector"] for case in server.list()})


def test_another_protocol_is_refused(tmp_path):
    other = saying(tmp_path / "fake.py", '{"wfpcheck": "9", "protocol": 2}')
    with pytest.raises(serve.ProtocolError, match="expected protocol 1, found 2"):
        serve.Server(**other)


@pytest.mark.parametrize("line", ["hello", "[]", '{"protocol": 1}'])
def test_no_greeting(tmp_path, line):
    with pytest.raises(serve.ProtocolError):
        serve.Server(**saying(tmp_path / "fake.py", line))


def test_program_that_ends_at_once(tmp_path):
    ends = fake(tmp_path / "fake.py", "import sys\nsys.exit('no vectors here')\n")
    with pytest.raises(serve.ProtocolError, match="ended with 1: no vectors here"):
        serve.Server(**ends)


def test_silent_program(tmp_path):
    with pytest.raises(serve.TimedOutError, match="within 0.1 s"):
        serve.Server(**fake(tmp_path / "fake.py", "input()\n"), timeout=0.1)


def test_no_program(tmp_path, monkeypatch):
    with pytest.raises(serve.NoProgramError, match="nowhere"):
        serve.Server(str(tmp_path / "nowhere"))
    monkeypatch.setenv("WFPCHECK", str(tmp_path / "nothing"))
    with pytest.raises(serve.NoProgramError, match="nothing"):
        serve.find_program()


# Answers.


def test_run(server):
    case, = server.run(vector=VECTOR)
    assert case["case"] == f"{VECTOR}[observed]"
    assert (case["verdict"], case["answered_by"]) == ("pass", "model")
    assert case["actual"] == "OK/780"


def test_run_without_details_is_short(server):
    wrong = asking(branch(leaf("OK/7")))
    short, = server.run(document=wrong)
    long, = server.run(document=wrong, details=True)
    assert (short["verdict"], long["verdict"]) == ("fail", "fail")
    assert short["detail"] is None and "OK" in long["detail"]


def test_set_moves_the_answer(server):
    asked = {"vector": "buffer-sizes-records", "member": "N-1", "profile": "documented"}
    answers = [server.run(**asked, set=[f"too-small={answer}"])[0]["actual"]
               for answer in ("ERROR_INSUFFICIENT_BUFFER/N", "WSAEFAULT/N", "WSAEINVAL/0")]
    assert answers == ["ERROR_INSUFFICIENT_BUFFER/780", "WSAEFAULT/780", "WSAEINVAL/0"]


def test_list_names_the_files(server):
    cases = server.list(profile="documented")
    assert {case["profile"] for case in cases} == {"documented"}
    assert all(pathlib.Path(case["path"]).stem == case["vector"] for case in cases)
    assert len({case["case"] for case in cases}) == len(cases)


def test_every_listed_case_runs(server):
    cases = server.list()
    wanted = ({"do": "run", **{name: case[name] for name in ("vector", "member", "profile")
                               if case[name] is not None}} for case in cases)
    for case, response in zip(cases, server.ask_all(wanted)):
        assert [result["case"] for result in response["cases"]] == [case["case"]]


def test_play_judges_nothing(server):
    plain = asking(branch(leaf("OK/7")))
    response = server.ask("play", document=plain, profile="documented")
    assert [step["answer"] for step in response["steps"]][-1] == "OK/780"
    assert response["steps"][-1]["n"] == 780
    assert response["trouble"] is None


def test_play_needs_no_expectation(server):
    bare = document([accept(), query()], ["redirect"])
    assert server.ask("play", document=bare)["steps"][-1]["answer"] == "OK/780"


def test_inline_sweep(server):
    sweep = {"of": "out.size", "bands": [
        {"band": "N", "members": ["N"], "expect": branch(leaf("OK/N"))},
        {"band": "above", "members": ["N+1", 4096], "expect": branch(leaf("OK/N"))}]}
    made = document([accept(), {"do": "ioctl", "on": "proxy", "code": "QUERY_RECORDS",
                                "sweep": sweep}], ["redirect"])
    cases = server.run(document=made)
    assert [(case["member"], case["band"]) for case in cases] == [
        ("N", "N"), ("N+1", "above"), ("4096", "above")]
    case, = server.run(document=made, member="N+1", profile="documented")
    assert (case["case"], case["verdict"]) == ("made-by-a-test@N+1[documented]", "pass")


def test_what_list_says_can_be_asked(server):
    """Where a case has no member, list says null: so may who asks."""
    case = next(case for case in server.ask("list")["cases"] if case["member"] is None)
    names = ("vector", "member", "profile")
    asked = server.ask("run", document=None, set=None, **{name: case[name] for name in names})
    assert [done["case"] for done in asked["cases"]] == [case["case"]]


def test_profile(server):
    keys = server.ask("profile", profile="documented", set=["too-small=WSAEFAULT/N"])["keys"]
    assert keys["too-small"] == ["WSAEFAULT/N"]
    assert keys["tiny-buffer"] == ["WSAEINVAL/0"]


def test_any_id_comes_back(server):
    for number in (None, 0, -1.5, "ten", ["a", {"b": None}]):
        server.send_line(json.dumps({"id": number, "do": "profile"}).encode())
        assert server.read()["id"] == number


# Requests that are refused, one after the other, by one server that goes on.


REFUSED = {
    "no-request": (b"[]", "request"),
    "number": (b"7", "request"),
    "do-missing": (b'{"id": 1}', "do"),
    "do-unknown": (b'{"id": 1, "do": "dance"}', "do"),
    "do-number": (b'{"id": 1, "do": 1}', "do"),
    "member-unknown": (b'{"id": 1, "do": "profile", "colour": "red"}', "colour"),
    "vector-unknown": (b'{"id": 1, "do": "run", "vector": "no-such-vector"}', "vector"),
    "vector-missing": (b'{"id": 1, "do": "run"}', "vector"),
    "vector-number": (b'{"id": 1, "do": "run", "vector": 3}', "vector"),
    "member-of-no-sweep": (b'{"id": 1, "do": "run", "vector": "query-records-redirected", '
                           b'"member": "N-1"}', "member"),
    "profile-unknown": (b'{"id": 1, "do": "profile", "profile": "imagined"}', "profile"),
    "profile-list": (b'{"id": 1, "do": "profile", "profile": []}', "profile"),
    "profile-is-a-path": (b'{"id": 1, "do": "profile", "profile": "../observed"}', "observed"),
    "set-without-value": (b'{"id": 1, "do": "profile", "set": ["too-small"]}', "set"),
    "set-key-unknown": (b'{"id": 1, "do": "profile", "set": ["too-smal=WSAEFAULT/N"]}', "too-sma"),
    "set-value-illegal": (b'{"id": 1, "do": "profile", "set": ["too-small=OK/N"]}', "too-small"),
    "set-text": (b'{"id": 1, "do": "profile", "set": "too-small=WSAEFAULT/N"}', "set"),
    "set-number": (b'{"id": 1, "do": "profile", "set": [1]}', "set"),
    "document-text": (b'{"id": 1, "do": "run", "document": "x"}', "document|request"),
    "document-empty": (b'{"id": 1, "do": "run", "document": {}}', "id|kind"),
    "details-text": (b'{"id": 1, "do": "run", "vector": "query-records-redirected", '
                     b'"details": "yes"}', "details"),
    "not-json": (b"hello", "JSON"),
    "cut-off": (b'{"id": 1, "do": "profile"', "JSON"),
    "not-utf-8": (b'{"id": 1, "do": "\xff\xfe"}', "JSON"),
    "overlong-utf-8": (b'{"id": "\xc0\xaf", "do": "profile"}', "JSON"),
    "nul-byte": (b'{"id": 1, "do": "prof\x00ile"}', "JSON"),
    "nul-escape": (b'{"id": 1, "do": "prof\\u0000ile"}', "JSON"),
    "duplicate-member": (b'{"id": 1, "do": "profile", "do": "list"}', "JSON"),
    "two-values": (b'{"id": 1, "do": "profile"} {}', "JSON"),
    "huge-number": (b'{"id": 1, "do": 1e999}', "JSON"),
    "deep": (b'{"id": ' + b"[" * 100000 + b"]" * 100000 + b', "do": "profile"}', "JSON"),
    "deep-but-readable": (b'{"id": 1, "do": "run", "document": ' + b'{"a":' * 500 + b"1"
                          + b"}" * 500 + b"}", "."),
    "empty": (b"", "."),
    "blank": (b"   ", "."),
    "too-long": (b'{"id": 1, "do": "' + b"x" * LINE_MAX + b'"}', "."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(server, name):
    line, field = REFUSED[name]
    server.send_line(line)
    response = server.read()
    assert set(response) == {"id", "error"}, response
    assert response["id"] in (None, 1)
    place, _, rest = response["error"].partition(": expected ")
    assert place and ", found " in rest, response
    assert re.search(field, response["error"]), response
    assert server.run(vector=VECTOR)[0]["verdict"] == "pass"


def test_longest_line_is_read(server):
    line = b'{"id": 1, "do": "profile"}'
    server.send_line(line[:-1] + b" " * (LINE_MAX - 1 - len(line)) + b"}")
    assert "keys" in server.read()


def test_requests_of_windows_may_end_in_crlf(server):
    server.send_line(b'{"id": 1, "do": "profile"}\r')
    assert "keys" in server.read()


def test_client_sees_the_refusal(server):
    with pytest.raises(serve.RequestError, match="vector: expected .*, found no-such-vector"):
        server.run(vector="no-such-vector")


# Long lives.


def resident(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def load(count):
    requests = [
        {"do": "run", "vector": VECTOR},
        {"do": "run", "document": asking(branch(leaf("OK/7"))), "details": True},
        {"do": "play", "document": asking(branch(leaf("OK/N"))), "set": ["record-hop=9000"]},
        {"do": "profile", "profile": "unsupported"},
        {"do": "run", "document": {"id": []}},
        {"do": "list", "profile": "nobody"},
    ]
    return (requests[index % len(requests)] for index in range(count))


def test_ten_thousand_requests(fresh):
    """Answers keep their order, and the process does not grow by what it was asked."""
    warm = sum(1 for _ in fresh.ask_all(load(3000)))
    before = resident(fresh.pid) if sys.platform == "linux" else 0
    answered = sum(1 for _ in fresh.ask_all(load(10000)))
    assert (warm, answered) == (3000, 10000)
    if sys.platform == "linux":
        assert resident(fresh.pid) - before < 2048
    assert fresh.close() == 0


def test_answers_nobody_waits_for(fresh):
    """Who stops in the middle does not spoil the next request."""
    answers = fresh.ask_all(load(600))
    assert next(answers)["id"] == 1
    answers.close()
    assert fresh.run(vector=VECTOR)[0]["verdict"] == "pass"


def test_end_of_input(fresh):
    assert fresh.close() == 0


def test_end_of_input_in_a_line(fresh):
    fresh._process.stdin.write(b'{"id": 1, "do": "profile"}')  # pylint: disable=protected-access
    assert fresh.close() == 0
    assert "keys" in fresh.read()


def test_killed_server(fresh):
    fresh.kill()
    with pytest.raises(serve.ProtocolError, match="ended with"):
        fresh.run(vector=VECTOR)
