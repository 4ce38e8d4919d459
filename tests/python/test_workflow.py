# SPDX-License-Identifier: MIT
"""What Windows machines are told to do is what ci/do.py does here, and nothing else."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORKFLOW = (ROOT / ".github" / "workflows" / "windows.yml").read_text("utf-8")
# The container has neither Python nor git: without them no call can be made.
FIRST = "apt-get update && apt-get install -y --no-install-recommends ca-certificates git python3"
STEPS = re.findall(r"^ +(?:- )?run: (.+)$", WORKFLOW, re.MULTILINE)
CALLS = sorted({step for step in STEPS if step != FIRST})


def test_there_are_steps_for_each_job():
    assert len(CALLS) >= 4
    assert "run: |" not in WORKFLOW and "run: >" not in WORKFLOW


@pytest.mark.parametrize("step", CALLS)
def test_step_is_a_call_of_do(step):
    python, script, command, *options = step.split()
    assert python in ("python", "python3") and script == "ci/do.py"
    told = subprocess.run([sys.executable, ROOT / script, command, "--help"], check=True,
                          capture_output=True, timeout=60, text=True).stdout
    assert all(option in told for option in options if option.startswith("--"))
