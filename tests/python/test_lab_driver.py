# SPDX-License-Identifier: MIT
"""A proxy that does not start without its driver (tests/proxies/hooks/device.c), in the lab."""

import json
import subprocess

import pytest

import lab
from tree import load

DEVICE = lab.built("hook_device")
STAND_IN = lab.PROXIES / "device-stand-in.json"


@pytest.fixture
def run(native, tmp_path):
    if lab.missing():
        pytest.skip(lab.missing())

    def started(*options):
        listen = lab.free_address("127.0.0.1")
        trace = tmp_path / "trace.jsonl"
        done = subprocess.run(
            [native, "proxy", "--listen", listen, "--context", lab.RECIPE,
             "--shim", lab.BUILT, "--scenario", "plain", "--profile", "documented", "--trace", trace,
             "--allow-undecided", *options, "--", DEVICE, "--listen", listen],
            capture_output=True, check=False, text=True, encoding="utf-8", timeout=120)
        events = [json.loads(line) for line in trace.read_text("utf-8").splitlines()] if (
            trace.exists()) else []
        return done, events
    return started


def of_kind(events, kind):
    return [event for event in events if event.get("kind") == kind]


def test_a_stand_in_is_as_good_as_the_driver(run):
    """The proxy compares what the device says by port, and by its events, with each context."""
    done, events = run("--stand-in", STAND_IN)
    assert done.returncode == 0, done.stderr
    ends = of_kind(events, "client-end")
    assert [(end["how"], end["size"]) for end in ends] == [("closed", 1000)] * 3
    told = [event for event in of_kind(events, "device-control")
            if event.get("code") == "0x00222008" and event.get("count") == 264]
    assert [event["out"][:16] for event in told] == ["06000000" + pid for pid in
                                                     ("a10f0000", "a20f0000", "a30f0000")]


def test_what_pends_is_in_the_trace_twice_at_most(run):
    _, events = run("--stand-in", STAND_IN)
    operations = [event["operation"] for event in of_kind(events, "device-control")]
    assert operations and max(map(operations.count, operations)) <= 2


def test_a_device_that_is_not_named_is_told(run, tmp_path):
    document = load(STAND_IN)
    del document["devices"][0]
    path = tmp_path / "less.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    done, _ = run("--stand-in", path)
    assert done.returncode == 3
    assert r"device \\.\WfpcheckExample: passed to the system, error 2" in done.stderr
    assert "driver: the device cannot be opened" in done.stderr


def test_a_code_without_an_answer_is_told(run, tmp_path):
    document = load(STAND_IN)
    codes = document["devices"][0]["controls"]
    codes[:] = [control for control in codes if control["code"] != "0x00222004"]
    path = tmp_path / "less.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    done, _ = run("--stand-in", path)
    assert done.returncode == 3
    assert (r"device \\.\WfpcheckExample: DeviceIoControl 0x00222004 with 4 bytes in and room for 0 "
            "is not named") in done.stderr
    assert "driver: no target" in done.stderr
