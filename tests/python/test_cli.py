# SPDX-License-Identifier: MIT
"""The command line as a contract: exit codes, report formats, files that appear whole."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree

import pytest

from scripts import asking, branch, leaf
from tree import validator

WELL, VERDICTS, USAGE, BROKEN = range(4)
ONE = "query-records-redirected"
FORMATS = ("human", "tap", "junit", "jsonl")
COMPLAINT = re.compile(r"[^\n]+: expected [^\n]+, found [^\n]+\n")


@pytest.fixture(scope="module")
def wfpcheck(native):
    def run(*arguments, **options):
        return subprocess.run([native, *map(str, arguments)], capture_output=True, check=False,
                              text=True, encoding="utf-8", timeout=120, **options)
    return run


def write(folder, name, vector):
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**vector, "id": name}), "utf-8")
    return path


@pytest.fixture
def mixed(tmp_path):
    """A vector that passes, one that fails, one that nobody can decide."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    write(folder, "right", asking(branch(leaf("OK/N"))))
    write(folder, "wrong", asking(branch(leaf("OK/7"))))
    write(folder, "open", asking({"profile": {"documented": leaf("OK/N")}}))
    return folder


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


# Exit codes.


def test_all_well(wfpcheck):
    done = wfpcheck("run", ONE)
    assert (done.returncode, done.stderr) == (WELL, "")


def test_everything_shipped_is_well(wfpcheck):
    done = wfpcheck("run", "--profile", "all", "--format", "jsonl")
    head, *cases, totals = lines(done.stdout)
    assert (done.returncode, done.stderr) == (WELL, "")
    assert {case["verdict"] for case in cases} <= {"pass", "unsupported"}
    assert len(cases) == totals["executed"] == head["planned"] > 1000


def test_failing_verdict(wfpcheck, mixed):
    assert wfpcheck("run", mixed / "right.json").returncode == WELL
    assert wfpcheck("run", mixed / "wrong.json").returncode == VERDICTS
    assert wfpcheck("run", mixed / "open.json").returncode == VERDICTS
    assert wfpcheck("run", mixed / "open.json", "--allow-undecided").returncode == WELL
    assert wfpcheck("run", mixed, "--allow-undecided").returncode == VERDICTS


@pytest.mark.parametrize("arguments, hint", [
    (["--formt", "tap"], "--format"),
    (["--format", "tab"], "tap"),
    (["--profile", "imagined"], "imagined"),
    (["--set", "too-smal=WSAEFAULT/N"], "too-smal"),
    (["--set", "too-small=OK/N"], "WSAENOBUFS/N"),
    (["--set", "too-small"], "too-small"),
    (["--jobs", "0"], "--jobs"),
    (["--jobs"], "--jobs"),
    (["--known", "no-such-file.json"], "no-such-file.json"),
])
def test_wrong_usage(wfpcheck, arguments, hint):
    done = wfpcheck("run", *arguments)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert COMPLAINT.match(done.stderr) and hint in done.stderr


@pytest.mark.parametrize("path", ["no-such-vector", "no-such-file.json"])
@pytest.mark.parametrize("command", ["run", "list", "lint", "serve"])
def test_nothing_of_that_name(wfpcheck, command, path):
    done = wfpcheck(command, path, stdin=subprocess.DEVNULL)
    assert done.returncode == USAGE
    assert COMPLAINT.match(done.stderr) and path in done.stderr


@pytest.mark.parametrize("arguments", [
    [], ["dance"], ["--dance"], ["show"], ["show", "no-such-vector"], ["explain"],
    ["explain", "QRY-99"], ["rules", "query.records"], ["serve", "--port", "80"]], ids=" ".join)
def test_wrong_usage_of_others(wfpcheck, arguments):
    done = wfpcheck(*arguments)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr


def test_nothing_executed(wfpcheck, tmp_path):
    done = wfpcheck("run", tmp_path)
    assert done.returncode == BROKEN and "nothing was executed" in done.stderr
    assert wfpcheck("run", "--select", "no-such-*").returncode == BROKEN


def test_unreadable_file(wfpcheck, tmp_path):
    folder = tmp_path / "folder.json"
    folder.mkdir()
    done = wfpcheck("run", folder)
    assert done.returncode == USAGE
    assert COMPLAINT.match(done.stderr) and "folder.json" in done.stderr


def test_unwritable_output(wfpcheck, tmp_path):
    done = wfpcheck("run", ONE, "--output", tmp_path / "nowhere" / "report")
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert COMPLAINT.match(done.stderr) and "nowhere" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_full_disk(native):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([native, "run", ONE], stdout=full, stderr=subprocess.PIPE,
                              check=False)
    assert done.returncode == BROKEN and done.stderr


# Known gaps, and profiles of one's own.


def gap(folder, case, message="expected OK/7", until="2099-12-31"):
    path = folder.parent / "known.json"
    entry = {"case": case, "verdict": "fail", "message": message, "until": until,
             "reason": "It is like that here.", "link": "https://example.invalid/1"}
    path.write_text(json.dumps({"target": "model", "entries": [entry]}), "utf-8")
    validator("known").validate(json.loads(path.read_text("utf-8")))
    return path


@pytest.mark.parametrize("case, more, verdict, code", [
    ("wrong[observed]", {}, "known", WELL),
    ("wrong[observed]", {"message": "another message"}, "fail", VERDICTS),
    ("wrong[observed]", {"until": "2020-12-31"}, "fail", VERDICTS),
    ("wrong[documented]", {}, "fail", VERDICTS),
    ("right[observed]", {}, "fixed", VERDICTS),
])
def test_known_gap(wfpcheck, mixed, case, more, verdict, code):
    path = mixed / case.partition("[")[0]
    done = wfpcheck("run", f"{path}.json", "--known", gap(mixed, case, **more), "--format", "jsonl")
    _, result, _ = lines(done.stdout)
    assert (result["verdict"], done.returncode) == (verdict, code)


def test_stale_gap_fails_a_whole_run(wfpcheck, mixed):
    known = gap(mixed, "no-such-vector[observed]")
    done = wfpcheck("run", "--known", known)
    assert done.returncode == VERDICTS
    assert COMPLAINT.match(done.stderr) and "no-such-vector[observed]" in done.stderr
    assert wfpcheck("run", ONE, "--known", known).returncode == WELL


def test_profile_of_ones_own(wfpcheck, tmp_path):
    path = tmp_path / "mine.json"
    choice = {"value": ["WSAENOBUFS/N"], "source": {"kind": "observed", "reference": "a test"}}
    profile = {"name": "mine", "title": "A profile of a test", "extends": "observed",
               "keys": {"too-small": choice}}
    path.write_text(json.dumps(profile), "utf-8")
    done = wfpcheck("run", "buffer-sizes-records@N-1", "--profile", path, "--format", "jsonl")
    _, case, _ = lines(done.stdout)
    assert (done.returncode, case["actual"]) == (WELL, "WSAENOBUFS/780")
    path.write_text(json.dumps({**profile, "extends": "nobody"}), "utf-8")
    done = wfpcheck("run", ONE, "--profile", path)
    assert done.returncode == USAGE and COMPLAINT.match(done.stderr)


# Formats.


def test_human_counts(wfpcheck, mixed):
    done = wfpcheck("run", mixed, "--profile", "documented", "--profile", "observed")
    assert done.stdout.startswith("wfpcheck 0.1.0 · 3 vectors, 6 cases planned · simulator · "
                                  "profiles documented, observed\n")
    assert re.search(r"^  mixed +2 pass 1 fail +1 pass 1 fail 1 undecided$", done.stdout, re.M)
    assert re.search(r"^  3 pass · 2 fail · 1 undecided · [0-9.]+ s$", done.stdout, re.M)
    assert done.stdout.count("\nFAIL  wrong") == 2
    assert "\nUNDECIDED  open" in done.stdout
    assert "\x1b" not in done.stdout


def test_tap(wfpcheck, mixed):
    version, plan, *rest = wfpcheck("run", mixed, "--format", "tap").stdout.splitlines()
    points = [line for line in rest if re.match(r"(not )?ok ", line)]
    assert (version, plan) == ("TAP version 14", "1..3")
    assert points == ["not ok 1 - open[observed]", "ok 2 - right[observed]",
                      "not ok 3 - wrong[observed]"]
    assert rest.count("  ---") == rest.count("  ...") == 2
    assert not any(line.startswith("Bail out!") for line in rest)


def test_tap_skips_with_a_reason(wfpcheck):
    case = "buffer-sizes-records@N-1"
    report = wfpcheck("run", case, "--format", "tap", "--profile", "unsupported").stdout
    assert f"ok 1 - {case}[unsupported] # SKIP needs a record" in report


def test_junit(wfpcheck, mixed):
    root = xml.etree.ElementTree.fromstring(wfpcheck("run", mixed, "--format", "junit").stdout)
    suite, = root.findall("testsuite")
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    assert root.get("tests") == suite.get("tests") == "3"
    assert suite.get("failures") == "2"
    assert set(cases) == {"open[observed]", "right[observed]", "wrong[observed]"}
    assert "OK/780" in cases["wrong[observed]"].find("failure").text
    assert len(cases["right[observed]"]) == 0


def test_jsonl(wfpcheck, mixed):
    head, *cases, totals = lines(wfpcheck("run", mixed, "--format", "jsonl").stdout)
    assert (head["type"], head["planned"], head["vectors"]) == ("head", 3, 3)
    assert [case["verdict"] for case in cases] == ["undecided", "pass", "fail"]
    assert (totals["type"], totals["executed"]) == ("totals", 3)
    assert totals["verdicts"]["pass"] == totals["verdicts"]["fail"] == 1


def unhurried(text):
    """Without what the clock says, and without the sums over that."""
    return re.sub(r"[0-9.]+(e-[0-9]+)?( s$|,\"interrupted)|(seconds|time)\W+[0-9.e-]+"
                  r"|\"(date|sum)\":\"[^\"]*\"", "", text, flags=re.M)


@pytest.mark.parametrize("form", FORMATS)
def test_jobs_change_nothing(wfpcheck, form):
    asked = ["run", "buffer-sizes", "--profile", "all", "--format", form]
    one, many = (wfpcheck(*asked, "--jobs", jobs).stdout for jobs in (1, 4))
    assert unhurried(one) == unhurried(many)


def test_again_line_repeats_the_failure(wfpcheck, mixed):
    report = wfpcheck("run", mixed / "wrong.json", "--set", "record-hop=600").stdout
    again = re.search(r"again: wfpcheck (.*)$", report, re.M).group(1)
    assert "--profile observed" in again and "--set 'record-hop=600'" in again


# The most uncertain answer in each reading.


SIBLINGS = ("ERROR_INSUFFICIENT_BUFFER/N", "WSAEFAULT/N", "WSAEINVAL/0")


def test_too_small_in_three_readings(wfpcheck):
    answers = set()
    for sibling in SIBLINGS:
        done = wfpcheck("run", "--set", f"too-small={sibling}", "--format", "jsonl")
        cases = {case["name"]: case for case in lines(done.stdout) if case["type"] == "case"}
        assert done.returncode == WELL
        answers.add(cases["buffer-sizes-records@N-1[observed]"]["actual"])
    assert answers == {sibling.replace("/N", "/780") for sibling in SIBLINGS}


# Files.


def test_output_file_equals_standard_output(wfpcheck, mixed, tmp_path):
    report = tmp_path / "report"
    done = wfpcheck("run", mixed, "--format", "tap", "--output", report)
    assert (done.returncode, done.stdout) == (VERDICTS, "")
    assert unhurried(report.read_text("utf-8")) == unhurried(
        wfpcheck("run", mixed, "--format", "tap").stdout)
    assert {path.name for path in tmp_path.iterdir()} == {"mixed", "report"}


def big_run(native, report):
    return subprocess.Popen([native, "run", "--profile", "all", "--format", "jsonl",
                             "--output", str(report)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def interrupt_once_it_writes(process, folder, names):
    """Waits for the temporary file, so that the run is under way, however fast it is."""
    while process.poll() is None:
        if {path.name for path in folder.iterdir()} - names:
            process.send_signal(signal.SIGINT)
            return
    raise AssertionError("the run ended before it wrote anything")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process")
@pytest.mark.parametrize("old", [None, "old\n"], ids=["new file", "old file"])
def test_interrupted_run_leaves_no_half_report(native, tmp_path, old):
    report = tmp_path / "report"
    if old is not None:
        report.write_text(old)
    for _ in range(5):
        before = {path.name for path in tmp_path.iterdir()}
        process = big_run(native, report)
        interrupt_once_it_writes(process, tmp_path, before)
        _, complaint = process.communicate(timeout=60)
        assert {path.name for path in tmp_path.iterdir()} <= {"report"}
        if process.returncode == WELL:
            # It was faster than the signal: then the report is whole.
            old = report.read_text("utf-8")
            assert lines(old)[-1]["type"] == "totals"
            continue
        assert process.returncode in (BROKEN, -signal.SIGINT)
        assert process.returncode != BROKEN or b"interrupted" in complaint
        assert (report.read_text() if report.exists() else None) == old
        return
    pytest.fail("no run could be interrupted")


# The other commands.


@pytest.mark.parametrize("command", ["run", "list", "show", "explain", "coverage", "rules", "lint",
                                     "serve", "bench"])
def test_help(wfpcheck, command):
    done = wfpcheck(command, "--help")
    assert (done.returncode, done.stderr) == (WELL, "")
    assert done.stdout.startswith(f"usage: wfpcheck {command}")
    assert f"\n  {command} " in wfpcheck("--help").stdout


def test_version(wfpcheck):
    assert wfpcheck("--version").stdout == "wfpcheck 0.1.0\n"


def test_explain_a_clause_that_contradicts_another(wfpcheck):
    said = wfpcheck("explain", "QRY-08").stdout
    assert "CON-01" in said and "CON-02" in said
    tiny = said[said.index("key tiny-buffer"):]
    for profile, value in (("documented", "WSAEINVAL/0"), ("observed", "pass"),
                           ("unsupported", "pass")):
        assert re.search(rf"^  {profile} +{value} ", tiny, re.M)


@pytest.mark.parametrize("name", ["CON-02", "UNK-06", "BUF-05"])
def test_explain_others(wfpcheck, name):
    done = wfpcheck("explain", name)
    assert done.returncode == WELL and done.stdout.startswith(name)


def test_show(wfpcheck):
    said = wfpcheck("show", ONE).stdout
    assert said.startswith(ONE) and "QUERY_RECORDS" in said and "QRY-05" in said


def test_list(wfpcheck, server):
    ids = [vector["vector"] for vector in lines(wfpcheck("list", "--format", "jsonl").stdout)]
    assert sorted(ids) == sorted({case["vector"] for case in server.list()})
    assert all(pathlib.Path(case["path"]).is_file() for case in server.list())


@pytest.mark.parametrize("command", ["rules", "coverage"])
def test_json_of_others(wfpcheck, command):
    said = lines(wfpcheck(command, "--format", "jsonl").stdout)
    assert said and all(isinstance(line, dict) for line in said)


def test_rules_as_a_drawing(wfpcheck):
    said = wfpcheck("rules", "--format", "dot").stdout
    assert said.startswith("digraph") and said.count("{") == said.count("}")
    assert "query.too-small" in said


def test_lint_of_what_is_shipped(wfpcheck):
    done = wfpcheck("lint")
    assert (done.returncode, done.stderr) == (WELL, "")
