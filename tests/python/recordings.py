# SPDX-License-Identifier: MIT
"""To make recordings, to write them anew with something altered, and to have them judged."""

import json
import subprocess

import pytest

from wfpcheck import serve

FNV_START = 0xCBF29CE484222325
FNV_PRIME = 0x100000001B3
MASK = (1 << 64) - 1


@pytest.fixture(scope="session")
def wfpcheck(program):
    def run(*words, status=0):
        done = subprocess.run([*serve.find_prefix(), program, *map(str, words)],
                              capture_output=True, timeout=120, check=False)
        done.out = done.stdout.decode("utf-8")
        done.err = done.stderr.decode("utf-8")
        assert done.returncode == status, done.out[-2000:] + done.err[-2000:]
        return done
    return run


@pytest.fixture
def record(wfpcheck, tmp_path):
    """Records some vectors and gives the lines as objects."""
    def make(*words):
        path = tmp_path / "made.jsonl"
        wfpcheck("record", *words, "--output", path)
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return make


@pytest.fixture
def forge(tmp_path):
    """Writes lines as a sound recording: the sums protect against accidents, not against us."""
    def write(lines, name="forged.jsonl"):
        path = tmp_path / name
        total = 0
        texts = []
        for number, line in enumerate(lines, 1):
            body = {"line": number, **{key: value for key, value in line.items()
                                       if key not in ("line", "sum")}}
            text = json.dumps(body, separators=(",", ":"))[:-1]
            total = fnv(text.encode("utf-8"), fnv(b"%016x" % total))
            texts.append(f'{text},"sum":"{total:016x}"}}\n')
        path.write_bytes("".join(texts).encode("utf-8"))
        return path
    return write


def fnv(data, total=FNV_START):
    for byte in data:
        total = (total ^ byte) * FNV_PRIME & MASK
    return total


def judged(wfpcheck, path, *words, status=0):
    lines = wfpcheck("judge", path, "--format", "jsonl", *words, status=status).out.splitlines()
    told = [json.loads(line) for line in lines]
    assert told[0]["type"] == "head" and told[-1]["type"] == "totals"
    return told


def answers(told):
    return [line for line in told if line["type"] == "answer"]


def cases(told):
    return [line for line in told if line["type"] == "case"]


def step(lines, number, case=None):
    """The recorded step of this number, of the first case or of the named one."""
    inside = case is None
    for line in lines:
        if line["kind"] == "case":
            inside = case is None or line["case"] == case
        if inside and line["kind"] == "step" and line["step"] == number:
            return line
    raise LookupError(number)


def compared(wfpcheck, a, b, status):
    return [json.loads(line) for line in
            wfpcheck("diff", a, b, "--format", "jsonl", status=status).out.splitlines()]
