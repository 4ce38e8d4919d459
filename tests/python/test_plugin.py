# SPDX-License-Identifier: MIT
"""The pytest plugin, in sessions of its own."""

import json
import pathlib
import re
import sys

import pytest

from scripts import accept, asking, branch, document, leaf, query
from tree import VECTORS
from wfpcheck import serve

# Hypothesis would be imported anew by every session.
PLUGIN = ("-p", "no:hypothesispytest", "-p", "wfpcheck.plugin")
ASKED = (*PLUGIN, "--wfpcheck")


@pytest.fixture
def run(pytester, program):
    """Runs pytest over folders of vectors."""
    def run_pytest(*arguments):
        return pytester.runpytest(*ASKED, f"--wfpcheck-program={program}", *arguments)
    return run_pytest


def write(folder, name, vector):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({**vector, "id": name}))


def test_nothing_happens_unasked(pytester):
    pytester.makepyfile("def test_one(): pass")
    result = pytester.runpytest(*PLUGIN)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*wfpcheck:*")


def test_every_shipped_case_is_an_item(run, server):
    result = run("--wfpcheck-profile=documented", "--collect-only", "-q")
    wanted = [f"wfpcheck::{case['case']}" for case in server.list(profile="documented")]
    assert [line for line in result.outlines if "::" in line] == wanted


def test_profiles_default_to_all(run):
    result = run(f"--wfpcheck-vectors={VECTORS}/buffer-sizes/buffer-sizes-records.json", "-v")
    assert re.search("collected [1-9][0-9]+ items", result.stdout.str())
    result.stdout.fnmatch_lines([
        "wfpcheck: *, 1 vectors, simulator, model, profiles documented, observed, unsupported",
        "*buffer-sizes-records@N-1?documented? PASSED*",
        "*buffer-sizes-records@N-1?observed? PASSED*",
        "*buffer-sizes-records@N-1?unsupported? SKIPPED (needs a record)*"])


def test_items_stand_beside_ordinary_tests(run, pytester):
    pytester.makepyfile("def test_one(): pass")
    result = run("--wfpcheck-profile=observed",
                 f"--wfpcheck-vectors={VECTORS}/query-records/query-records-redirected.json")
    result.assert_outcomes(passed=2)


def test_selection_by_keyword(run):
    result = run("--wfpcheck-profile=observed", "-k", "buffer-sizes-records-large")
    outcomes = result.parseoutcomes()
    assert set(outcomes) == {"passed", "deselected"} and outcomes["passed"] > 1


def test_failure_shows_what_the_program_says(run, pytester, program):
    write(pytester.path / "mine", "wrong-count", asking(branch(leaf("OK/7"))))
    with serve.Server(program, [str(pytester.path / "mine")]) as own:
        detail = own.run(vector="wrong-count", details=True)[0]["detail"]
    result = run("--wfpcheck-profile=observed", "--wfpcheck-vectors=mine")
    result.assert_outcomes(failed=1)
    assert result.ret == 1
    output = result.stdout.str()
    assert "OK/7" in detail and "OK/780" in detail
    assert f"FAIL  {detail}".rstrip() in output
    assert "Traceback" not in output and "plugin.py" not in output


@pytest.mark.parametrize("verdict, vector", [
    ("undecided", asking({"profile": {"documented": leaf("OK/N")}})),
    ("broken", document([accept(), query(7, on="invalid"), query(expect=leaf("OK/N"))],
                        ["redirect"])),
])
def test_other_verdicts_fail_too(run, pytester, verdict, vector):
    write(pytester.path / "mine", "verdict", vector)
    result = run("--wfpcheck-profile=observed", "--wfpcheck-vectors=mine")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{verdict.upper()}*verdict?observed?*"])


def test_unsupported_is_skipped_with_its_reason(run, pytester):
    write(pytester.path / "mine", "sized", asking(leaf("OK/N"), "N"))
    result = run("--wfpcheck-profile=unsupported", "--wfpcheck-vectors=mine", "-rs")
    result.assert_outcomes(skipped=1)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["SKIPPED*needs a record"])


def test_answered_by_is_recorded(run, pytester):
    write(pytester.path / "mine", "right", asking(leaf("OK/N")))
    run("--wfpcheck-profile=observed", "--wfpcheck-vectors=mine", "--junit-xml=out.xml")
    assert 'name="answered_by" value="model"' in (pytester.path / "out.xml").read_text("utf-8")


# What a user may get wrong: one line each.


def complaint(result):
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stderr.str() + result.stdout.str()
    assert "Traceback" not in text
    return text


def test_no_program(pytester):
    result = pytester.runpytest(*ASKED, "--wfpcheck-program=nowhere/wfpcheck")
    assert "there is no program nowhere/wfpcheck" in complaint(result)


def test_no_such_profile(run):
    assert "imagined" in complaint(run("--wfpcheck-profile=imagined"))


def test_no_such_vectors(run):
    assert "nowhere" in complaint(run("--wfpcheck-vectors=nowhere"))


def test_malformed_vector(run, pytester):
    write(pytester.path / "mine", "right", asking(leaf("OK/N")))
    write(pytester.path / "mine", "malformed", document([]))
    assert "malformed.json:1: steps: expected" in complaint(run("--wfpcheck-vectors=mine"))


# Once installed, the entry point is there too.


@pytest.mark.parametrize("options", [[], ["-p", "wfpcheck.plugin"], ["-p", "wfpcheck"]])
def test_beside_the_entry_point(pytester, program, monkeypatch, options):
    package = pathlib.Path(sys.modules["wfpcheck"].__file__).parents[1]
    info = pytester.mkdir("site") / "wfpcheck-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wfpcheck\nVersion: 0\n")
    (info / "entry_points.txt").write_text("[pytest11]\nwfpcheck = wfpcheck.plugin\n")
    monkeypatch.setenv("PYTHONPATH", f"{info.parent}:{package}")
    vector = VECTORS / "query-records" / "query-records-redirected.json"
    result = pytester.runpytest_subprocess(
        *options, "--wfpcheck", f"--wfpcheck-program={program}", f"--wfpcheck-vectors={vector}",
        "--wfpcheck-profile=observed")
    result.assert_outcomes(passed=1)
