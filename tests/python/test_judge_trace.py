# SPDX-License-Identifier: MIT
"""judge of a proxy's trace, and what is told of the rules that it is judged by."""

import json
import xml.etree.ElementTree

import pytest

import lab
from recordings import forge, wfpcheck

RULES = [f"PRX-{number:02}" for number in range(1, 41)]
HEAD = {"kind": "proxy-trace", "format": 1, "tool": "0.1.0", "system": "Linux", "wine": "8.0",
        "program": "my.exe", "profiles": "observed", "upstream": "",
        "date": "2026-01-31T12:00:00Z", "passed-through": False}
RECORD = "01" * 780


def event(kind, **fields):
    return {"kind": kind, "process": 1, **{name.replace("_", "-"): value
                                           for name, value in fields.items()}}


def served(set_it=True):
    """One client, whose record is had and, as it should be, set on the socket of the dial."""
    record = event("ioctl", socket=5, code="QUERY_RECORDS", out_size=1024, error="OK", count=780,
                   by="shim", out=RECORD)
    handed = event("ioctl", socket=7, code="SET_RECORDS", in_size=780, error="OK", count=0,
                   by="shim", **{"in": RECORD})
    return [
        event("socket", socket=1, family=2, type=1),
        event("listen", socket=1, backlog=1024, error="OK"),
        event("scenario", name="plain", text="observed"),
        event("client", client=1, flags=1, peer="198.18.0.1:443", local="127.0.0.1:5001"),
        event("accept", socket=1, other=5, peer="127.0.0.1:5001", error="OK"),
        record,
        event("socket", socket=7, family=2, type=1),
        *([handed] if set_it else []),
        event("connect", socket=7, peer="198.18.0.1:443", dial=1, error="OK", by="shim"),
        event("done", kind_of="connect", socket=7, error="OK"),
        event("arrival", dial=1, socket=7, client=1, peer="198.18.0.1:443"),
        event("arrival-data", dial=1, client=1, size=9, error=0),
        event("client-end", client=1, how="closed"),
        event("scenario-end", name="plain"),
    ]


@pytest.fixture
def trace(forge):
    def write(events, head=HEAD):
        return forge([head, *events, {"kind": "end", "events": len(events)}])
    return write


def verdicts(told):
    found = {}
    for line in map(json.loads, told.splitlines()):
        if line["type"] == "case":
            found.setdefault(line["verdict"], []).append(line["topic"])
    return found


def test_a_correct_proxy_is_well(wfpcheck, trace):
    told = wfpcheck("judge", trace(served()), "--format", "jsonl").out
    found = verdicts(told)
    assert "fail" not in found and "undecided" not in found
    assert "PRX-14" in found["pass"] and "PRX-25" in found["unsupported"]
    assert sorted({rule for rules in found.values() for rule in rules}) == RULES


def test_a_proxy_that_forgets_the_record_is_not(wfpcheck, trace):
    told = wfpcheck("judge", trace(served(set_it=False)), "--format", "jsonl", status=1).out
    assert verdicts(told)["fail"] == ["PRX-14"]
    told = wfpcheck("judge", trace(served(set_it=False)), status=1).out
    assert "call 9  connect s7 dial 1 to 198.18.0.1:443 -> OK" in told
    assert "<- no SET before this" in told


def test_what_is_undecided_can_be_allowed(wfpcheck, trace):
    path = trace(served()[:4] + served()[-1:])
    wfpcheck("judge", path, status=1)
    wfpcheck("judge", path, "--allow-undecided")


@pytest.mark.skipif(lab.missing() is not None, reason=str(lab.missing()))
def test_a_run_is_judged_later_as_it_was(native, wfpcheck, tmp_path):
    def told(line):
        return {name: value for name, value in line.items() if name not in ("line", "sum")}

    run = lab.run(native, [lab.built("mutant_proxy"), "--bug", "no-growth"], tmp_path,
                  "--scenario", "record-sizes@2049-*", "--scenario", "udp-plain",
                  "--trace", tmp_path / "trace.jsonl")
    later = wfpcheck("judge", tmp_path / "trace.jsonl", "--format", "jsonl", status=run.code).out
    lines = [json.loads(line) for line in later.splitlines()]
    assert "PRX-04" in run.rules("fail")
    assert [told(case) for case in run.cases] == [told(line) for line in lines
                                                  if line["type"] == "case"]


def test_junit_is_xml_and_tap_has_its_plan(wfpcheck, trace):
    path = trace(served(set_it=False))
    told = wfpcheck("judge", path, "--format", "junit", status=1).out
    root = xml.etree.ElementTree.fromstring(told)
    names = [case.get("name") for case in root.iter("testcase")]
    assert len(names) == int(root.get("tests")) == len(set(names))
    assert [case.get("name") for case in root.iter("testcase")
            if case.find("failure") is not None] == ["PRX-14[plain][observed]"]
    told = wfpcheck("judge", path, "--format", "tap", status=1).out
    lines = told.splitlines()
    assert lines[1] == f"1..{len(names)}"
    assert sum(line.startswith(("ok ", "not ok ")) for line in lines) == len(names)


def test_a_damaged_trace_is_not_judged(wfpcheck, trace):
    path = trace(served())
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:5] + lines[6:]))
    done = wfpcheck("judge", path, status=2)
    assert done.out == "" and f"{path}:6: line" in done.err


def test_a_trace_has_no_profile_to_choose(wfpcheck, trace):
    complaint = wfpcheck("judge", trace(served()), "--profile", "observed", status=2).err
    assert "--profile" in complaint


def test_a_trace_without_a_scenario_is_no_success(wfpcheck, trace):
    complaint = wfpcheck("judge", trace(served()[:2]), status=3).err
    assert "no scenario" in complaint


def test_each_rule_is_told(wfpcheck):
    told = wfpcheck("rules", "--proxy", "--format", "jsonl").out
    rows = [json.loads(line) for line in told.splitlines()]
    assert [row["id"] for row in rows] == RULES
    assert all(row["clauses"] and row["why"] and row["mend"] for row in rows)
    for row in rows:
        told = wfpcheck("explain", row["id"]).out
        assert told.startswith(f"{row['id']}  {row['title']}\n")


def test_no_diagram_of_rules_for_proxies(wfpcheck):
    complaint = wfpcheck("rules", "--proxy", "--format", "dot", status=2).err
    assert "--format" in complaint
