# SPDX-License-Identifier: MIT
"""The shim on the winsock backend: the Windows code gives what the model in process gives."""

import json
import subprocess

import pytest

from wfpcheck import serve

# What enters elsewhere than through WSAIoctl, never leaves the kernel, or is no connection.
BEYOND = ("needs kernel-entry", "needs provider-entry", "needs a callout inside the kernel",
          "needs kernel-face", "needs datagrams", "needs clock")


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
    assert sum(case["verdict"] == "pass" for case in shim.values()) > 400


@pytest.mark.parametrize("error", ["WSAEFAULT", "ERROR_INSUFFICIENT_BUFFER"])
def test_shim_answers_as_the_profile_says(wfpcheck, error):
    text = wfpcheck("run", "buffer-sizes-records@N-1", "--backend", "winsock", "--redirector",
                    "shim", "--set", f"too-small={error}/N", "--format", "jsonl")
    _, told = cases(text)
    assert [case["actual"] for case in told.values()] == [f"{error}/780"]


def test_recording_says_who_answered(wfpcheck, tmp_path):
    path = tmp_path / "shim.jsonl"
    wfpcheck("record", "query-records", "--backend", "winsock", "--redirector", "shim",
             "--output", path)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines[0]["redirector"] == "shim"
    assert {line["by"] for line in lines if line["kind"] == "step"} == {"shim"}
    assert "nothing here was observed" in wfpcheck("judge", path)
