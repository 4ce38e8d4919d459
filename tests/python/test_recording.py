# SPDX-License-Identifier: MIT
"""record, judge and diff: what a recording tells where the target is not at hand."""

import json
import pathlib
import shutil
import subprocess

import pytest

from recordings import (answers, cases, compared, fnv, forge, judged,
                        record, step, wfpcheck)
from wfpcheck import serve

PROFILES = ("documented", "observed", "unsupported")
LINE_MAX = 4 * 1024 * 1024


@pytest.fixture(scope="session")
def recordings(wfpcheck, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    paths = {}
    for profile in PROFILES:
        paths[profile] = folder / f"{profile}.jsonl"
        wfpcheck("record", "--profile", profile, "--output", paths[profile])
    return paths


@pytest.fixture
def profile(tmp_path):
    """Writes a profile that is the observed one but for these keys."""
    def write(**keys):
        path = tmp_path / "other.json"
        source = {"kind": "inferred", "reference": "this test"}
        path.write_text(json.dumps({
            "name": "other", "title": "The observed one but for a few keys", "extends": "observed",
            "keys": {key.replace("_", "-"): {"value": value, "source": source}
                     for key, value in keys.items()}}), "utf-8")
        return path
    return write


# Recording and judging.


@pytest.mark.parametrize("profile", PROFILES)
def test_what_the_model_answers_is_allowed(wfpcheck, recordings, profile):
    told = judged(wfpcheck, recordings[profile], "--profile", profile)
    totals = told[-1]
    assert totals["planned"] == told[0]["planned"] == len(cases(told)) > 200
    assert totals["answers"]["pass"] == len(answers(told)) == sum(totals["answers"].values())
    assert totals["cases"]["pass"] + totals["cases"]["unsupported"] == len(cases(told))
    assert all(answer["rule"] in [allowed["rule"] for allowed in answer["allowed"]]
               for answer in answers(told))


def test_head_and_end_say_what_was_recorded(recordings):
    lines = recordings["documented"].read_text("utf-8").splitlines()
    head, end = json.loads(lines[0]), json.loads(lines[-1])
    assert head["format"] == 1 and head["tool"] == "0.1.0"
    assert (head["backend"], head["target"], head["redirector"]) == ("simulator", "model", "none")
    assert head["profile"] == "documented"
    assert head["os"] and head["build"] and head["architecture"]
    assert head["date"].endswith("Z") and head["cases"] == end["cases"]
    assert end["steps"] == sum(json.loads(line)["kind"] in ("step", "call") for line in lines)
    assert [json.loads(line)["line"] for line in lines] == list(range(1, len(lines) + 1))


def test_vectors_are_not_needed_to_judge(wfpcheck, forge, record):
    lines = record("query-records-redirected", "--profile", "observed")
    case = next(line for line in lines if line["kind"] == "case")
    case["case"] = case["vector"]["id"] = "nobody-has-this-vector"
    told = judged(wfpcheck, forge(lines))
    assert cases(told)[0]["name"] == "nobody-has-this-vector"


def test_human_report_states_counts_and_rules(wfpcheck, recordings):
    said = wfpcheck("judge", recordings["observed"]).out
    assert "cases recorded · judged against profile observed" in said.splitlines()[0]
    assert "query.too-small" in said and said.rstrip().endswith("0 fail")


def test_profile_is_for_the_model_only(wfpcheck):
    said = wfpcheck("record", "--backend", "winsock", "--profile", "observed", status=2).err
    assert "--profile" in said


def test_the_vectors_expectation_plays_no_part(wfpcheck, forge, record):
    lines = record("query-records-redirected", "--profile", "observed")
    case = next(line for line in lines if line["kind"] == "case")
    for written in case["vector"]["steps"]:
        if "expect" in written:
            written["expect"] = {"answer": "OK/12345", "by": ["QRY-05"]}
    judged(wfpcheck, forge(lines))


# Wrong answers.


def test_wrong_answer_is_told_with_what_was_allowed(wfpcheck, forge, record):
    lines = record("query-records-retry-with-returned-size", "--profile", "observed")
    wrong = step(lines, 2)
    right, wrong["answer"] = wrong["answer"], "WSAENOBUFS/0"
    path = forge(lines)
    told = judged(wfpcheck, path, status=1)
    failed = [answer for answer in answers(told) if answer["verdict"] == "fail"]
    assert [answer["step"] for answer in failed] == [2]
    assert [allowed["answer"] for allowed in failed[0]["allowed"]] == [right]
    assert f"expected {right}, actual WSAENOBUFS/0" in failed[0]["message"]
    assert failed[0]["line"] == wrong["line"]
    assert any(answer["step"] > 2 for answer in answers(told)), "judging went on"
    said = wfpcheck("judge", path, status=1).out
    assert f"line {wrong['line']}, answered by model" in said
    assert "rule query." in said


def test_every_wrong_answer_is_noticed(wfpcheck, forge, recordings):
    """Each answer of a whole recording in turn is one that nothing allows: each is told."""
    lines = [json.loads(line) for line in recordings["documented"].read_text("utf-8").splitlines()]
    told = answers(judged(wfpcheck, recordings["documented"], "--profile", "documented"))
    by_line = {answer["line"]: answer for answer in told}
    for line in lines:
        if line["line"] in by_line and line["step"] == 1 + line["line"] % 3:
            line["answer"] = "12345/6"
    wrong = {line["line"] for line in lines if line.get("answer") == "12345/6"}
    assert len(wrong) > 100
    after = answers(judged(wfpcheck, forge(lines), "--profile", "documented", status=1))
    verdicts = {answer["line"]: answer["verdict"] for answer in after}
    assert all(verdicts[line] != "pass" for line in wrong & set(verdicts))
    assert sum(verdicts.get(line) == "fail" for line in wrong) > len(wrong) * 0.95


def test_the_world_follows_the_observed_answer(wfpcheck, forge, record):
    """A SET that failed, contrary to the model, has attached nothing."""
    lines = record("redirect-state-after-set", "--profile", "observed")
    steps = {line["call"].split()[0]: line for line in lines if line["kind"] == "step"}
    setting = next(line for line in lines if line["kind"] == "step"
                   and "SET_RECORDS" in line["call"])
    assert steps["state"]["answer"] == "REDIRECTED_BY_SELF"
    setting["answer"] = "WSAEINVAL/0"
    told = {answer["step"]: answer["verdict"]
            for answer in answers(judged(wfpcheck, forge(lines), status=1))}
    assert told[setting["step"]] == "fail" and told[steps["state"]["step"]] == "fail"
    steps["state"]["answer"] = "NOT_REDIRECTED"
    told = {answer["step"]: answer["verdict"]
            for answer in answers(judged(wfpcheck, forge(lines), status=1))}
    assert told[setting["step"]] == "fail" and told[steps["state"]["step"]] == "pass"


def test_another_profile_is_told_case_by_case(wfpcheck, recordings):
    told = judged(wfpcheck, recordings["documented"], "--profile", "observed", status=1)
    assert told[-1]["answers"]["fail"] > 50 and told[-1]["answers"]["pass"] > 50
    judged(wfpcheck, recordings["documented"], "--profile", "observed", "--set",
           "too-small=ERROR_INSUFFICIENT_BUFFER/N|WSAEFAULT/N", status=1)


def test_open_key_allows_each_of_its_values(wfpcheck, forge, record):
    lines = record("query-records-retry-with-returned-size", "--profile", "documented")
    path = forge(lines)
    judged(wfpcheck, path, "--profile", "observed", status=1)
    judged(wfpcheck, path, "--profile", "observed",
           "--set", "too-small=ERROR_INSUFFICIENT_BUFFER/N|WSAEFAULT/N",
           "--set", "zero-size-query=ERROR_INSUFFICIENT_BUFFER/N|WSAEFAULT/N")


def test_bytes_behind_the_returned_ones_must_stay(wfpcheck, forge, record):
    lines = record("query-records-redirected", "--profile", "observed")
    step(lines, 2)["returned"]["size"] += 1
    told = judged(wfpcheck, forge(lines), status=1)
    assert "at most 780 bytes changed, actual 781" in answers(told)[0]["message"]


PENDING = {"overlapped": ["WSA_IO_PENDING/unchanged"]}


def test_finished_early_is_allowed(wfpcheck, forge, record, profile):
    """A provider may finish a pending operation before anybody asks for it."""
    pending = profile(**PENDING)
    lines = record("event-while-pending", "--profile", pending)
    event = next(line for line in lines if line.get("call", "").startswith("event")
                 and line["answer"] == "WSA_WAIT_TIMEOUT/unchanged")
    event["answer"] = "OK/unchanged"
    told = {answer["line"]: answer
            for answer in answers(judged(wfpcheck, forge(lines), "--profile", pending))}
    assert told[event["line"]]["rule"] == "event.completed"
    assert len(told[event["line"]]["allowed"]) == 2


@pytest.mark.parametrize("answer", ["ERROR_INSUFFICIENT_BUFFER/N", "WSAEFAULT/N", "WSAEINVAL/0"])
def test_pended_operations_end_in_each_allowed_way(wfpcheck, forge, record, profile, answer):
    """The provider finishes out of sight; which of several answers it gave shows at the result."""
    path = forge(record("overlapped", "buffer-sizes", "--profile",
                        profile(**PENDING, too_small=[answer])))
    both = ["WSAENOBUFS/N", answer]
    told = judged(wfpcheck, path, "--profile", profile(**PENDING, too_small=both))
    assert told[-1]["answers"]["pass"] > 100
    others = [text for text in ("WSAENOBUFS/N", "WSAEFAULT/N") if text != answer]
    judged(wfpcheck, path, "--profile", profile(**PENDING, too_small=others[:1]), status=1)


@pytest.mark.parametrize("name", PROFILES)
def test_pending_calls_are_followed(wfpcheck, forge, record, profile, name):
    """What pended is judged where nothing pends, and the other way round, to the end of each case."""
    pending = profile(**PENDING)
    there = forge(record("overlapped", "interface", "--profile", pending))
    told = judged(wfpcheck, there, "--profile", pending)
    assert told[-1]["answers"]["pass"] == len(answers(told))
    judged(wfpcheck, there, "--profile", name, status=1)
    here = forge(record("overlapped", "interface", "--profile", name))
    judged(wfpcheck, here, "--profile", pending, status=1)


# What the trace cannot tell.


@pytest.mark.parametrize("sizes", [(400, 560), (64, 32), (1000, 33), (4096, 60000)])
def test_other_record_sizes_are_fitted(wfpcheck, tmp_path, profile, sizes):
    header, hop = sizes
    other = profile(record_header=[header], record_hop=[hop])
    path = tmp_path / "other.jsonl"
    for vectors in ("set-records", "query-records", "redirect-state",
                    "buffer-sizes-records-second-hop"):
        wfpcheck("record", vectors, "--profile", other, "--output", path)
        told = judged(wfpcheck, path, "--profile", "observed")
        assert told[-1]["answers"]["pass"] > 10


def test_unknown_bytes_are_undecided(wfpcheck, forge, record):
    """Where the model has no record, what was SET cannot be judged."""
    lines = record("set-twice", "--profile", "observed")
    vector = lines[1]["vector"]
    vector["steps"][0]["redirect"] = {"lost": True}
    vector["needs"].append("fault-injection")
    told = {answer["step"]: answer
            for answer in answers(judged(wfpcheck, forge(lines), status=1))}
    assert told[2]["verdict"] == "fail"
    assert told[4]["verdict"] == told[5]["verdict"] == "undecided"
    assert "does not know the bytes" in told[4]["message"]


def test_undecided_can_be_allowed(wfpcheck, forge, record):
    """A size that no record of the model can have."""
    lines = record("query-records-redirected", "--profile", "observed")
    query = step(lines, 2)
    query.update(n=17, answer="OK/17")
    query["returned"]["size"] = 17
    told = judged(wfpcheck, forge(lines), status=1)
    assert cases(told)[0]["verdict"] == "undecided"
    judged(wfpcheck, forge(lines), "--allow-undecided")


def test_nothing_judged_is_no_success(wfpcheck, forge, record):
    lines = record("query-records-redirected", "--profile", "observed")
    head, end = lines[0], lines[-1]
    head["cases"] = head["vectors"] = 0
    end.update(cases=0, steps=0, unsupported=0)
    assert "no answer to judge" in wfpcheck("judge", forge([head, end]), status=3).err
    assert "nothing to compare" in wfpcheck("diff", forge([head, end]), forge([head, end]),
                                            status=3).err


def test_unsupported_cases_are_told(wfpcheck, forge, record):
    lines = record("query-records-redirected", "--profile", "observed")
    case = next(line for line in lines if line["kind"] == "case")
    case["unsupported"] = "needs redirect"
    end = lines[-1]
    end.update(steps=0, unsupported=1)
    path = forge([lines[0], case, end])
    assert wfpcheck("judge", path, status=3).out.splitlines()[-2].endswith("1 unsupported")
    assert cases(judged(wfpcheck, path, status=3))[0]["message"] == "needs redirect"


# Damage.


def damage_altered(lines):
    lines[5] = lines[5].replace(b"answer", b"Answer", 1)
    return ":6: ", "altered"


def damage_dropped(lines):
    del lines[5]
    return ":6: ", "line 6 is missing"


def damage_reordered(lines):
    lines[5], lines[9] = lines[9], lines[5]
    return ":6: ", "reordered"


def damage_repeated(lines):
    lines.insert(6, lines[5])
    return ":7: ", "repeated"


def damage_cut(lines):
    del lines[-3:]
    return f":{len(lines)}: ", "cut off"


def damage_cut_inside(lines):
    lines[-1] = lines[-1][:20]
    return f":{len(lines)}: ", "cut off"


def damage_format(lines):
    lines[0] = lines[0].replace(b'"format":1', b'"format":2')
    return ":1: ", "format 2"


def damage_line_ends(lines):
    lines[:] = [line.replace(b"\n", b"\r\n") for line in lines]
    return ":1: ", "altered"


@pytest.mark.parametrize("damage", [damage_altered, damage_dropped, damage_reordered,
                                    damage_repeated, damage_cut, damage_cut_inside,
                                    damage_format, damage_line_ends])
@pytest.mark.parametrize("command", ["judge", "diff"])
def test_damage_is_named(wfpcheck, recordings, tmp_path, damage, command):
    lines = recordings["observed"].read_bytes().splitlines(keepends=True)
    place, what = damage(lines)
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(b"".join(lines))
    others = [] if command == "judge" else [recordings["observed"]]
    done = wfpcheck(command, path, *others, status=2)
    assert f"{path.name}{place}" in done.err and what in done.err
    assert not done.out, "nothing is made of a file that cannot be trusted"


def test_every_altered_byte_is_noticed(wfpcheck, forge, record, tmp_path):
    sound = forge(record("query-records-redirected", "--profile", "observed")).read_bytes()
    path = tmp_path / "altered.jsonl"
    for at in range(0, len(sound), len(sound) // 150 + 1):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1:])
        done = wfpcheck("judge", path, status=2)
        assert not done.out and "altered.jsonl:" in done.err, at


def test_another_version_of_the_tool_is_told_and_judged(wfpcheck, forge, record):
    lines = record("query-records-redirected", "--profile", "observed")
    lines[0]["tool"] = "0.0.9"
    done = wfpcheck("judge", forge(lines))
    assert ":1: tool: note: recorded by wfpcheck 0.0.9" in done.err


# Observations.


WINE = pathlib.Path(__file__).parents[2] / "vectors" / "recorded" / "wine-8.0.jsonl"


@pytest.fixture
def explain(native, tmp_path):
    """The program in a place of its own, with these recordings beside its vectors."""
    shutil.copy(native, tmp_path / "wfpcheck")
    vectors = tmp_path / "share" / "wfpcheck" / "vectors"
    shutil.copytree(WINE.parents[1], vectors)
    (tmp_path / "bin").mkdir()
    program = pathlib.Path(shutil.move(tmp_path / "wfpcheck", tmp_path / "bin" / "wfpcheck"))
    (vectors / "recorded" / WINE.name).unlink()

    def run(*recordings, about="UNK-04", status=0):
        for path in recordings:
            shutil.copy(path, vectors / "recorded")
        done = subprocess.run([program, "explain", about], capture_output=True, text=True,
                              check=False)
        assert done.returncode == status, done.stderr
        return done
    return run


def of_windows(**head):
    lines = [json.loads(line) for line in WINE.read_text("utf-8").splitlines()]
    lines[0].update(os="Windows", build="10.0.26100", **head)
    return lines


def test_explain_shows_what_was_observed(explain):
    said = explain(WINE).stdout
    place = next(line for line in said.splitlines() if "recorded/wine-8.0.jsonl" in line)
    head = json.loads(WINE.read_text("utf-8").splitlines()[0])
    for told in ("Wine 8.0", head["date"], f"wfpcheck {head['tool']}", "redirector none"):
        assert told in place
    assert "WSAEOPNOTSUPP/0            probe-records-tcp-states, 4 cases; line " in said


def test_explain_shows_each_system_by_itself(explain, forge):
    lines = of_windows()
    at = next(index for index, line in enumerate(lines) if line["kind"] == "case"
              and line["vector"]["id"] == "probe-records-tcp-states")
    next(line for line in lines[at:] if "QUERY_RECORDS" in line.get("call", ""))["answer"] = (
        "WSAENOTCONN/0")
    said = explain(WINE, forge(lines, "windows.jsonl")).stdout
    assert "Windows 10.0.26100" in said and "recorded/windows.jsonl" in said
    assert said.count("WSAENOTCONN/0              probe-records-tcp-states, 1 case;") == 1
    assert said.count("WSAEOPNOTSUPP/0            probe-records-tcp-states, 3 cases;") == 1


@pytest.mark.parametrize("change", [
    {"redirector": "shim"}, {"backend": "simulator", "profile": "observed"}])
def test_what_a_model_answered_is_no_observation(explain, forge, change):
    assert "observed in recordings" not in explain(forge(of_windows(**change))).stdout


def test_answers_of_the_shim_are_no_observation(explain, forge):
    lines = of_windows()
    for line in lines:
        if line["kind"] == "step":
            line["by"] = "shim"
    assert "observed in recordings" not in explain(forge(lines)).stdout


def test_a_damaged_recording_is_named_and_passed_by(explain, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(WINE.read_bytes().replace(b"WSAEOPNOTSUPP/0", b"WSAEOPNOTSUPP/8", 1))
    done = explain(WINE, broken)
    assert "broken.jsonl:2: " in done.stderr and "altered" in done.stderr
    assert done.stdout.count("recorded/wine-8.0.jsonl") == 1


# Hostile files.


def chained(forge, line, **other):
    """A recording whose one case is odd; its sums are right."""
    head = {"kind": "head", "format": 1, "tool": "0.1.0", "backend": "winsock", "target": "x",
            "os": "x", "build": "x", "architecture": "x", "elevated": False, "redirector": "none",
            "date": "x", "vectors": 1, "cases": 1, **other}
    end = {"kind": "end", "cases": 1, "steps": 0, "unsupported": 0, "broken": 0}
    return forge([head, line, end])


CASE = {"kind": "case", "case": "x", "vector": {"id": "x", "clauses": ["QRY-01"]}}
STEP = {"kind": "step", "seq": 1, "step": 1, "call": "x", "in_size": 0, "out_size": 0,
        "answer": "OK/0", "by": "model"}


@pytest.mark.parametrize("line", [
    {**CASE, "vector": 7},
    {**CASE, "vector": []},
    {**CASE, "vector": {}},
    {**CASE, "case": "x" * 1000},
    {**CASE, "case": None},
    {**CASE, "new": 1},
    {"kind": "case"},
    {"kind": "nothing"},
    {"kind": 7},
    {"kind": "end"},
    STEP,
    {**STEP, "step": 0},
    {**STEP, "step": 10 ** 18},
    {**STEP, "out_size": 4294967295},
    {**STEP, "out_size": -1},
    {**STEP, "in_size": 1.5},
    {**STEP, "answer": "perhaps"},
    {**STEP, "answer": "WSAEFAULT/N"},
    {**STEP, "in": {"size": 1, "bytes": "zz", "digest": "0" * 16}},
    {**STEP, "returned": {"size": 1, "bytes": "0" * 8194, "digest": "0" * 16}},
    {"kind": "stopped", "as": "pass", "why": "x"},
])
def test_odd_lines_are_refused_with_their_number(wfpcheck, forge, line):
    assert "forged.jsonl:2: " in wfpcheck("judge", chained(forge, line), status=2).err


def test_a_vector_that_is_none_is_refused(wfpcheck, forge, record):
    lines = record("query-records-redirected", "--profile", "observed")
    case = next(line for line in lines if line["kind"] == "case")
    case["vector"]["steps"][0]["do"] = "dance"
    assert "made" not in wfpcheck("judge", forge(lines), status=2).out
    case["vector"]["steps"][0]["do"] = "redirected-accept"
    case["vector"]["steps"].append({"do": "socket", "as": "more"})
    assert "as many steps" in wfpcheck("judge", forge(lines), status=2).err


def deep(depth):
    """A sound first line whose JSON is nested deeply."""
    text = '{"line":1,"kind":"head","deep":' + "[" * depth + "]" * depth
    total = fnv(text.encode(), fnv(b"0" * 16))
    return f'{text},"sum":"{total:016x}"}}\n'.encode()


@pytest.mark.parametrize("content", [
    b"", b"\n", b"\0" * 5000, b"[]\n", b"null\n", b"{}\n", b"{\"line\":1,\"kind\":\"head\"}\n",
    b'{"line":99999999999999999999,"kind":"head"}\n', b'{"line":1,"kind":"head","format":1e400}\n',
    b'{"line":1,"kind":"head","tool":"\xe2\x82"}\n', deep(100), deep(100000),
    b"x" * (LINE_MAX + 1) + b"\n", b"\n" * 1000000, b'{"line":1}\n' * 1000000,
], ids=lambda content: f"{len(content)} bytes")
def test_hostile_files_are_refused(wfpcheck, tmp_path, content):
    path = tmp_path / "hostile.jsonl"
    path.write_bytes(content)
    for words in (("judge", path), ("diff", path, path)):
        done = wfpcheck(*words, status=2)
        assert "hostile.jsonl:1:" in done.err and len(done.err) < 5000


def test_memory_is_bounded(wfpcheck, tmp_path, program):
    resource = pytest.importorskip("resource")
    if serve.find_prefix():
        pytest.skip("the limit would be that of Wine")
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as out:
        out.truncate(2 * 1024 ** 3)
    limit = 512 * 1024 ** 2
    done = subprocess.run([program, "judge", str(path)], capture_output=True, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    assert done.returncode == 2 and b"at most 4 MiB" in done.stderr


@pytest.mark.parametrize("path", ["", "nowhere.jsonl", "/"])
def test_what_is_no_file(wfpcheck, path):
    assert "readable" in wfpcheck("judge", path, status=2).err


# Comparing.


@pytest.mark.parametrize("profile", PROFILES)
def test_a_recording_is_like_itself(wfpcheck, recordings, profile):
    told = compared(wfpcheck, recordings[profile], recordings[profile], 0)
    assert [line["type"] for line in told] == ["head", "totals"] and told[-1]["cases"] == 0


def test_profiles_differ_by_clause(wfpcheck, recordings):
    told = compared(wfpcheck, recordings["documented"], recordings["observed"], 1)
    clauses = told[-1]["clauses"]
    assert clauses["QRY-06"] > 0 and clauses["BUF-05"] > 0 and "OVL-08" not in clauses
    short = next(line for line in told if line.get("case") == "buffer-sizes-records@N-1")
    assert (short["kind"], short["a"], short["b"]) == (
        "answer", "ERROR_INSUFFICIENT_BUFFER/N", "WSAEFAULT/N")
    assert "BUF-05" in short["clauses"]
    said = wfpcheck("diff", recordings["documented"], recordings["observed"], status=1).out
    assert "buffer-sizes-records@N-1" in said and "by clause" in said


def test_missing_cases_are_named(wfpcheck, forge, record):
    both = record("query-records-redirected", "set-twice", "--profile", "observed")
    one = record("set-twice", "--profile", "observed")
    told = compared(wfpcheck, forge(both), forge(one, "one.jsonl"), 1)
    assert [(line["kind"], line["case"]) for line in told[1:-1]] == [
        ("only-a", "query-records-redirected")]
    told = compared(wfpcheck, forge(one, "one.jsonl"), forge(both), 1)
    assert told[1]["kind"] == "only-b" and told[-1]["only-b"] == 1


def test_another_size_is_a_difference_of_its_own(wfpcheck, forge, record):
    lines = record("buffer-sizes-records@N-1", "--profile", "observed")
    path = forge(lines)
    query = step(lines, 2)
    query.update(n=800, answer="WSAEFAULT/800")
    told = compared(wfpcheck, path, forge(lines, "other.jsonl"), 1)
    assert [(line["kind"], line["a"], line["b"]) for line in told[1:-1]] == [
        ("size", "N = 780", "N = 800")]


def test_an_end_and_a_vector_can_differ(wfpcheck, forge, record):
    lines = record("query-records-redirected", "--profile", "observed")
    path = forge(lines)
    case, end = lines[1], lines[-1]
    case["vector"]["story"] += " Really."
    case["unsupported"] = "needs redirect"
    end.update(steps=0, unsupported=1)
    told = compared(wfpcheck, path, forge([lines[0], case, end], "other.jsonl"), 1)
    assert [line["kind"] for line in told[1:-1]] == ["vector", "end"]
    assert told[2]["b"] == "unsupported: needs redirect"
