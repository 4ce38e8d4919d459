# SPDX-License-Identifier: MIT
"""Programs that are started, and go on, in other ways than a console program that never ends
(tests/proxies/hooks/start.c, prefork.c)."""

import json

import pytest

import lab

SCENARIO = ("--scenario", "plain", "--profile", "observed")
# How it is started, and what the lab is told besides.
WAYS = {
    "--until-enter": (),
    "--child": ("--follow",),
    "--again": ("--follow",),
}

pytestmark = pytest.mark.skipif(lab.missing() is not None, reason=str(lab.missing()))


def start(native, folder, way, *options):
    return lab.run(native, [lab.built("hook_start"), way], folder, *SCENARIO, *options, udp=False)


def stand_in(folder, service):
    path = folder / "stand-in.json"
    path.write_text(json.dumps({"story": "What starts the program as a service.",
                                "services": [{"name": service, "begins": "stopped"}]}), "utf-8")
    return "--stand-in", path


@pytest.mark.parametrize("way", WAYS)
def test_program_is_followed_and_clean(native, tmp_path, way):
    run = start(native, tmp_path, way, *WAYS[way])
    assert run.code == 0, run.output
    assert run.rules("fail") == set() and run.rules("pass") >= {"PRX-12", "PRX-14", "PRX-31"}


def test_a_child_that_inherits_the_listener_is_followed(native, tmp_path):
    run = lab.run(native, [lab.built("hook_prefork")], tmp_path, *SCENARIO, "--follow", udp=False)
    assert run.code == 0, run.output
    assert run.rules("fail") == set() and run.rules("pass") >= {"PRX-03", "PRX-14", "PRX-31"}


def test_a_service_that_a_stand_in_names_runs_as_one(native, tmp_path):
    run = start(native, tmp_path, "--service", *stand_in(tmp_path, "WfpcheckExample"))
    assert run.code == 0, run.output
    assert run.rules("pass") >= {"PRX-12", "PRX-14", "PRX-31"}


def test_a_service_that_is_not_named_is_told(native, tmp_path):
    run = start(native, tmp_path, "--service", *stand_in(tmp_path, "Another"))
    assert run.code == 3
    assert ("service manager StartServiceCtrlDispatcherW WfpcheckExample: passed to the system, "
            "error 1063") in run.output


def test_a_process_that_is_not_followed_is_told(native, tmp_path):
    run = start(native, tmp_path, "--again")
    assert run.code == 3
    assert "it has started others, which --follow looks into" in run.output
