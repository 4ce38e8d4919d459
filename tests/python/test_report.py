# SPDX-License-Identifier: MIT
"""python -m wfpcheck.report: a page of HTML from what run and proxy write."""

import html.parser
import json
import subprocess
import sys

import pytest

from scripts import asking, branch, leaf
from wfpcheck import serve
from wfpcheck.report import compare, read
from wfpcheck.report.__main__ import main

HEAD = {"type": "head", "planned": 1, "version": "0.1.0", "backend": "winsock",
        "target": "Windows", "profiles": ["observed"]}
CASE = {"type": "case", "name": "a[observed]", "topic": "a", "verdict": "pass", "story": "Asks.",
        "clauses": ["QRY-01"], "answered_by": "provider"}
TOTALS = {"type": "totals", "interrupted": False}


def written(path, *lines):
    """A report of these lines, numbered unless they say otherwise."""
    text = (json.dumps({"line": number, **line}) for number, line in enumerate(lines, 1))
    path.write_text("".join(f"{line}\n" for line in text), "utf-8")
    return str(path)


def several(path, *cases, **head):
    return written(path, {**HEAD, "planned": len(cases), **head},
                   *({**CASE, **case} for case in cases), TOTALS)


class Page(html.parser.HTMLParser):
    """The text of a page; it counts elements, and asserts that they are nested."""

    VOID = {"meta", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def page(tmp_path, capsys):
    def make(*runs):
        path = tmp_path / "page.html"
        assert main([*map(str, runs), "-o", str(path)]) == 0, capsys.readouterr().err
        return Page(path.read_text("utf-8"))
    return make


# What it shows.


def test_all_cases_of_a_run(page, program, tmp_path):
    (tmp_path / "wrong.json").write_text(
        json.dumps({**asking(branch(leaf("OK/7"))), "id": "wrong"}), "utf-8")
    done = subprocess.run([*serve.find_prefix(), program, "run", "--format", "jsonl",
                           "query-records-redirected", "wrong.json"],
                          cwd=tmp_path, capture_output=True, check=False, timeout=120)
    (tmp_path / "run.jsonl").write_bytes(done.stdout)
    shown = page(tmp_path / "run.jsonl")
    for text in ("query-records-redirected[observed]", "1 pass", "1 fail", "OK/780",
                 "query.records", "expected OK/7, actual OK/"):
        assert text in shown.text


def test_markup_of_a_report_is_text(page, tmp_path):
    hostile = "<script>alert(1)</script><p class='"
    case = {name: hostile for name in ("name", "topic", "story", "message", "detail", "actual",
                                       "rule")}
    shown = page(several(tmp_path / "run.jsonl", {**case, "verdict": "fail", "clauses": [hostile]},
                         target=hostile, profiles=[hostile]))
    assert "script" not in shown.seen
    assert shown.text.count("<script>") >= 9


def test_rule_of_proxies_is_told_once(page, tmp_path):
    cases = [{"name": f"PRX-14[{name}]", "topic": "PRX-14", "verdict": "fail", "detail": name}
             for name in ("first", "second", "third")]
    path = several(tmp_path / "lab.jsonl", *cases, backend="lab")
    assert [group.first.detail for group in compare.failures(read.read(path))] == ["first"]
    shown = page(path)
    assert "PRX-14[first] Asks. and 2 more" in " ".join(shown.text.split())
    assert "PRX-14[third]" in shown.text


def test_each_failing_case_is_told(tmp_path):
    path = several(tmp_path / "run.jsonl", *({"name": name, "verdict": verdict} for name, verdict in
                                             zip("abcdefg", read.VERDICTS)))
    assert [group.first.name for group in compare.failures(read.read(path))] == list("bdfg")


def test_reasons_come_by_frequency(tmp_path):
    path = several(tmp_path / "run.jsonl", *(
        {"name": name, "verdict": "unsupported", "message": message}
        for name, message in (("a", "rare"), ("b", "often"), ("c", "often"))))
    assert [(group.first.message, len(group.cases))
            for group in compare.unsupported(read.read(path))] == [("often", 2), ("rare", 1)]


def test_runs_are_compared_where_both_ran(page, tmp_path):
    left = several(tmp_path / "left.jsonl", {"name": "same", "actual": "OK/1"},
                   {"name": "answer", "actual": "OK/1"}, {"name": "verdict", "actual": "OK/1"},
                   {"name": "missing"}, {"name": "not-there"})
    right = several(tmp_path / "right.jsonl", {"name": "same", "actual": "OK/1"},
                    {"name": "answer", "actual": "OK/2"},
                    {"name": "verdict", "actual": "OK/1", "verdict": "fail"},
                    {"name": "missing", "verdict": "unsupported"})
    reports = [read.read(left), read.read(right)]
    assert [row.name for row in compare.differences(reports)] == ["answer", "verdict"]
    assert compare.lacking(reports) == [0, 2]
    assert f"{right} lacks 2 cases" in page(left, right).text
    assert "In no case" in page(left, left).text


@pytest.mark.parametrize("case, head, nothing", [
    ({"answered_by": "model"}, {}, True),
    ({"answered_by": "shim"}, {}, True),
    ({"answered_by": "provider"}, {"os": "Wine"}, True),
    ({"answered_by": "provider"}, {"os": "Windows"}, False),
])
def test_only_a_windows_provider_speaks_of_windows(page, tmp_path, case, head, nothing):
    shown = page(several(tmp_path / "run.jsonl", case, **head))
    assert ("says nothing of what Windows does" in shown.text) == nothing


@pytest.mark.parametrize("lines", [
    ({**HEAD, "planned": 2}, CASE, TOTALS),
    (HEAD, CASE),
    (HEAD,),
    (HEAD, CASE, {**TOTALS, "interrupted": True}),
])
def test_incomplete_run_does_not_look_whole(page, tmp_path, lines):
    assert "is incomplete" in page(written(tmp_path / "run.jsonl", *lines)).text
    assert "is incomplete" not in page(several(tmp_path / "whole.jsonl", CASE)).text


# What it refuses.


@pytest.mark.parametrize("text, complaint", [
    ("", ":0: file: expected a report of run or proxy with --format jsonl, found an empty file"),
    ("{", ":1: line: expected a JSON object, found something else"),
    ("[" * 100000, ":1: line: expected a JSON object, found something else"),
    ("\xff", ":1: line: expected a JSON object, found something else"),
    ("[1]", ":1: line: expected a JSON object, found list"),
    ('{"line":1,"kind":"head"}', ':1: type: expected "head", found null'),
    ('{"type":"head"}', ":1: line: expected 1, found null"),
])
def test_file_that_is_no_report(tmp_path, capsys, text, complaint):
    path = tmp_path / "run.jsonl"
    path.write_bytes(text.encode("latin-1"))
    assert main([str(path), "-o", str(tmp_path / "page.html")]) == 2
    assert capsys.readouterr().err == f"{path}{complaint}\n"
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("lines, complaint", [
    (({**HEAD, "planned": "1"},), ':1: planned: expected a whole number, found "1"'),
    (({**HEAD, "planned": True},), ":1: planned: expected a whole number, found true"),
    (({**HEAD, "profiles": [1]},), ":1: profiles: expected an array of strings, found [1]"),
    ((HEAD, {**CASE, "name": None}), ":2: name: expected a string, found null"),
    ((HEAD, {**CASE, "verdict": "good"}),
     f':2: verdict: expected {" or ".join(read.VERDICTS)}, found "good"'),
    ((HEAD, {**CASE, "line": 7}), ":2: line: expected 2, found 7"),
    ((HEAD, {"type": "step"}), ':2: type: expected "case" or "totals", found "step"'),
    ((HEAD, CASE, TOTALS, CASE), ":4: line: expected nothing behind the totals, found one more"),
])
def test_line_that_cannot_be_read(tmp_path, capsys, lines, complaint):
    path = written(tmp_path / "run.jsonl", *lines)
    assert main([path, "-o", str(tmp_path / "page.html")]) == 2
    assert capsys.readouterr().err == f"{path}{complaint}\n"


def test_line_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "LINE_BYTES", 1000)
    monkeypatch.setattr(read, "FILE_BYTES", 2000)
    with pytest.raises(read.Unreadable, match=":2: line: expected at most 1000 bytes"):
        read.read(several(tmp_path / "long.jsonl", {"story": "x" * 1000}))
    with pytest.raises(read.Unreadable, match="2000 in all, found more"):
        read.read(several(tmp_path / "many.jsonl", *[CASE] * 20))


def test_missing_run(tmp_path, capsys):
    assert main([str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl: expected a readable file, found: No such file" in capsys.readouterr().err


def test_page_that_cannot_be_written(tmp_path, capsys):
    path = tmp_path / "none" / "page.html"
    assert main([several(tmp_path / "run.jsonl", CASE), "-o", str(path)]) == 3
    assert capsys.readouterr().err.startswith(f"{path}: expected a file that can be written")


def test_without_jinja2(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert main([several(tmp_path / "run.jsonl", CASE), "-o", str(tmp_path / "page.html")]) == 3
    assert capsys.readouterr().err == ("wfpcheck.report: expected Jinja2, found none: "
                                       "pip install 'wfpcheck[report]'\n")


@pytest.mark.parametrize("words", [[], ["--nonsense"], ["run.jsonl", "-o"]])
def test_wrong_usage(words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
