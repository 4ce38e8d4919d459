# SPDX-License-Identifier: MIT
"""The shim on the winsock backend: the Windows code gives what the model in process gives."""

import json
import subprocess

import pytest

from wfpcheck import serve

# What enters below Winsock, never leaves the kernel, or is laid out as in a process of another kind.
BEYOND = ("needs kernel-entry", "needs provider-entry", "needs a driver inside the kernel",
          "needs kernel-face", "needs layout-32", "needs layout-64")
HANGS = {
    "id": "hangs", "kind": "calls",
    "story": "A program sends into a connection that nobody reads from, until a call hangs.",
    "clauses": ["MSG-10"], "needs": ["datagrams"],
    "source": {"kind": "inferred", "reference": "made up"},
    "steps": [{"do": "plain-accept", "as": "proxy"}] + 20 * [
        {"do": "send", "on": "proxy", "how": "sendto", "data": {"size": 1000000, "fill": 7},
         "expect": {"answer": "OK/1000000", "by": ["MSG-10"]}}],
}
GOES_ON = {
    **HANGS, "id": "outlives-it", "story": "A datagram to oneself, once the other script has hung.",
    "steps": [{"do": "socket", "as": "one", "type": "udp"}, {"do": "bind", "on": "one"},
              {"do": "send", "on": "one", "to": "one", "how": "sendto", "data": {"hex": "6869"},
               "expect": {"answer": "OK/2", "by": ["MSG-10"]}}],
}


@pytest.fixture(scope="session")
def wfpcheck(program):
    def run(*words, status=0):
        done = subprocess.run([*serve.find_prefix(), program, *map(str, words)],
                              capture_output=True, timeout=300, check=False)
        assert done.returncode == status, (done.stdout + done.stderr)[-2000:].decode()
        return done.stdout.decode("utf-8")
    return run


@pytest.fixture(scope="session", autouse=True)
def winsock(program):
    done = subprocess.run([*serve.find_prefix(), program, "run", "probe-codes", "--backend",
                           "winsock"], capture_output=True, timeout=60, check=False)
    if done.returncode == 3:
        pytest.skip("needs the winsock backend: $WFPCHECK and $WFPCHECK_PREFIX name none")


def cases(text):
    lines = [json.loads(line) for line in text.splitlines()]
    return lines[0], {line["name"]: line for line in lines if line["type"] == "case"}


@pytest.mark.parametrize("profile", ["documented", "observed", "unsupported"])
def test_shim_and_model_agree(wfpcheck, profile):
    _, model = cases(wfpcheck("run", "--profile", profile, "--format", "jsonl"))
    head, shim = cases(wfpcheck("run", "--backend", "winsock", "--redirector", "shim",
                                "--profile", profile, "--format", "jsonl"))
    assert head["redirector"] == "shim" and shim.keys() == model.keys() and len(shim) > 500
    for name, case in shim.items():
        if case.get("message") in BEYOND:
            continue
        assert case["verdict"] == model[name]["verdict"], name
        assert case.get("actual") == model[name].get("actual"), name
        assert case.get("answered_by") in (None, "shim"), name
    assert sum(case["verdict"] == "pass" for case in shim.values()) > 450


@pytest.mark.parametrize("topic", ["options", "control-messages", "messages", "datagrams"])
def test_datagrams_are_answered_by_the_shim(wfpcheck, topic):
    _, told = cases(wfpcheck("run", topic, "--backend", "winsock", "--redirector", "shim",
                             "--format", "jsonl"))
    answered = [case for case in told.values() if case["verdict"] == "pass"]
    assert {case["answered_by"] for case in answered} == {"shim"}
    assert len(answered) > len(told) / 2


@pytest.mark.parametrize("error", ["WSAEFAULT", "ERROR_INSUFFICIENT_BUFFER"])
def test_shim_answers_as_the_profile_says(wfpcheck, error):
    text = wfpcheck("run", "buffer-sizes-records@N-1", "--backend", "winsock", "--redirector",
                    "shim", "--set", f"too-small={error}/N", "--format", "jsonl")
    _, told = cases(text)
    assert [case["actual"] for case in told.values()] == [f"{error}/780"]


@pytest.mark.parametrize("topic", ["query-records", "datagrams"])
def test_recording_says_who_answered(wfpcheck, tmp_path, topic):
    path = tmp_path / "shim.jsonl"
    wfpcheck("record", topic, "--backend", "winsock", "--redirector", "shim",
             "--output", path)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines[0]["redirector"] == "shim"
    assert {line["by"] for line in lines if line["kind"] == "step"} == {"shim"}
    assert "nothing here was observed" in wfpcheck("judge", path)


def test_call_that_hangs_is_ended_and_the_run_goes_on(wfpcheck, tmp_path):
    for vector in (HANGS, GOES_ON):
        (tmp_path / f"{vector['id']}.json").write_text(json.dumps(vector), "utf-8")
    text = wfpcheck("run", tmp_path, "--backend", "winsock", "--profile", "unsupported",
                    "--format", "jsonl", "--jobs", "1", status=1)
    _, told = cases(text)
    assert told["hangs[unsupported]"]["verdict"] == "broken"
    assert "hung: the step did not come back" in told["hangs[unsupported]"]["message"]
    assert told["outlives-it[unsupported]"]["verdict"] == "pass"
