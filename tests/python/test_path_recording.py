# SPDX-License-Identifier: MIT
"""record, judge and diff of paths: every call of a path, in order, judged where it stands."""

import json

import pytest

from recordings import (answers, cases, compared, forge, judged, record, wfpcheck)

PROFILES = ("documented", "observed", "unsupported")
TWO = ("path-two-services", "--profile", "observed")


@pytest.fixture(scope="session")
def paths(wfpcheck, tmp_path_factory):
    folder = tmp_path_factory.mktemp("paths")
    made = {}
    for profile in PROFILES:
        made[profile] = folder / f"{profile}.jsonl"
        wfpcheck("record", "paths", "--backend", "sim", "--profile", profile, "--output",
                 made[profile])
    return made


def lines_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def call(lines, name, number=0, hop=None):
    """The call of this name, the first being number 0, of the whole path or of one hop."""
    found = [line for line in lines if line["kind"] == "call" and line["call"] == name
             and (hop is None or line["hop"] == hop)]
    return found[number]


def wrong(told):
    return [answer for answer in answers(told) if answer["verdict"] != "pass"]


# Recording and judging.


@pytest.mark.parametrize("profile", PROFILES)
def test_what_the_model_does_is_allowed(wfpcheck, paths, profile):
    told = judged(wfpcheck, paths[profile], "--profile", profile)
    totals = told[-1]
    assert totals["cases"]["pass"] == len(cases(told)) == told[0]["planned"] > 100
    recorded = [line for line in lines_of(paths[profile])
                if line["kind"] == "call" and "answer" in line]
    assert totals["answers"]["pass"] == len(answers(told)) == len(recorded) > 4000
    assert all(answer["rule"] in [allowed["rule"] for allowed in answer["allowed"]]
               for answer in answers(told))


def test_a_recording_has_the_whole_path(record):
    """Who is asked, what he is told and does, what his proxy passes on, and the end: in order."""
    lines = record("path-one-service-propagates", "--profile", "observed")
    assert lines[0]["backend"] == "simulator" and lines[0]["profile"] == "observed"
    assert [line["kind"] for line in lines[:2]] == ["head", "case"]
    assert lines[1]["vector"]["services"] == [{"name": "A"}]
    made = [line for line in lines if line["kind"] == "call"]
    assert [line["step"] for line in made] == list(range(1, len(made) + 1))
    assert {line["by"] for line in made} == {"model"}
    order = [(line["hop"], line["party"], line["call"]) for line in made]
    story = [(1, "app", "connect-begin"), (1, "engine", "next-callout"), (1, "A", "redirect-state"),
             (1, "A", "apply"), (1, "app", "connect"), (1, "A", "accept"),
             (1, "A", "query-records"), (2, "A", "set-records"), (2, "engine", "next-callout"),
             (2, "A", "redirect-state"), (2, "A", "action"), (2, "A", "connect")]
    at = -1
    for what in story:
        at = order.index(what, at + 1)
    assert [line["with"] for line in made if line["call"] == "edit"] == [
        "remote-address", "target-pid", "redirect-handle"]
    assert call(lines, "next-callout")["asked"] == "A"
    assert lines[-2] == {"line": len(lines) - 1, "kind": "outcome", "sum": lines[-2]["sum"],
                         "outcome": "app > A > destination, reached"}


def test_the_trace_of_a_run_has_the_same_calls(wfpcheck, record):
    """One format: run tells the members of a recording's calls, and the rule."""
    told = [json.loads(line) for line in
            wfpcheck("run", *TWO, "--format", "jsonl").out.splitlines()]
    trace = next(line for line in told if line["type"] == "case")["trace"]
    own = ("line", "kind", "seq", "step", "by", "sum")
    recorded = [{key: value for key, value in line.items() if key not in own}
                for line in record(*TWO) if line["kind"] == "call"]
    assert recorded == [{key: value for key, value in made.items()
                         if key != "rule" and value is not None} for made in trace]


@pytest.fixture
def report(wfpcheck, tmp_path):
    """Runs some vectors and gives the lines of the report."""
    def make(*words, status=0):
        path = tmp_path / "report.jsonl"
        wfpcheck("run", *words, "--format", "jsonl", "--output", path, status=status)
        return lines_of(path)
    return make


def test_the_report_of_a_run_is_judged_like_a_recording(wfpcheck, paths, tmp_path):
    path = tmp_path / "report.jsonl"
    wfpcheck("run", "paths", "--format", "jsonl", "--output", path)
    told = judged(wfpcheck, path)
    assert answers(told)[0]["answered_by"] == "model"
    assert told[1:] == [{**line, "line": told[at]["line"]} if "line" in line else line
                        for at, line in enumerate(judged(wfpcheck, paths["observed"])) if at > 0]
    compared(wfpcheck, path, paths["observed"], 0)


def test_a_report_with_an_altered_state(wfpcheck, forge, report):
    lines = report(*TWO)
    state = [made for made in lines[1]["trace"] if made["call"] == "redirect-state"][3]
    state["answer"] = "NOT_REDIRECTED"
    told = wrong(judged(wfpcheck, forge(lines), status=1))
    assert [answer["message"] for answer in told] == [
        "hop 2: B redirect-state: expected REDIRECTED_BY_OTHER, actual NOT_REDIRECTED"]


def test_a_report_of_other_things_is_no_recording(wfpcheck, forge, report):
    said = wfpcheck("judge", forge(report("query-records-redirected")), status=2).err
    assert ":2: type: expected the head, a path with its trace, or the totals" in said
    lines = report(*TWO)
    lines[-1]["executed"] = 2
    assert ":3: end: " in wfpcheck("judge", forge(lines), status=2).err
    del lines[1]["document"]
    assert ":2: vector: " in wfpcheck("judge", forge(lines), status=2).err


def test_vectors_are_not_needed_to_judge(wfpcheck, forge, record):
    lines = record(*TWO)
    lines[1]["case"] = lines[1]["vector"]["id"] = "nobody-has-this-path"
    told = judged(wfpcheck, forge(lines))
    assert cases(told)[0]["name"] == "nobody-has-this-path"


def test_the_expectation_plays_no_part(wfpcheck, forge, record):
    lines = record(*TWO)
    vector = lines[1]["vector"]
    vector["expect"] = {"path": ["app", "destination"], "end": "reached", "by": ["LOOP-04"]}
    vector.pop("control", None)
    judged(wfpcheck, forge(lines))


def test_a_model_is_no_observation(wfpcheck, paths):
    assert "the model answered: nothing here was observed" in wfpcheck(
        "judge", paths["observed"]).out


def test_real_sockets_play_no_path(wfpcheck, tmp_path, program):
    done = wfpcheck("record", *TWO[:1], "--backend", "winsock", "--output",
                    tmp_path / "none.jsonl", status=3)
    assert done.err


# What is altered.


def test_an_altered_state_is_told_hop_by_hop(wfpcheck, forge, record):
    lines = record(*TWO)
    state = call(lines, "redirect-state", 1, hop=2)
    assert (state["party"], state["answer"]) == ("B", "REDIRECTED_BY_OTHER")
    state["answer"] = "NOT_REDIRECTED"
    path = forge(lines)
    told = judged(wfpcheck, path, status=1)
    assert [(answer["line"], answer["verdict"]) for answer in wrong(told)] == [
        (state["line"], "fail")]
    assert wrong(told)[0]["allowed"] == [{"answer": "REDIRECTED_BY_OTHER",
                                          "rule": "state.by-other"}]
    assert wrong(told)[0]["message"] == (
        "hop 2: B redirect-state: expected REDIRECTED_BY_OTHER, actual NOT_REDIRECTED")
    assert answers(told)[-1]["line"] > state["line"], "judging went on"
    said = wfpcheck("judge", path, status=1).out.splitlines()
    marked = [line for line in said if line.startswith("  >")]
    assert len(marked) == 2
    assert marked[0].split()[1:3] == ["2", "A"] and "B NOT_REDIRECTED redirect" in marked[0]
    assert marked[1].split()[-3:] == ["2:", "B", "redirect-state"]


def test_every_wrong_state_is_noticed(wfpcheck, forge, paths):
    """Each state that was told, in turn of three, is another one: each is told, and no other."""
    lines = lines_of(paths["observed"])
    states = ["NOT_REDIRECTED", "REDIRECTED_BY_SELF", "REDIRECTED_BY_OTHER",
              "PREVIOUSLY_REDIRECTED_BY_SELF"]
    altered = [line for line in lines if line.get("call") == "redirect-state"][::3]
    for line in altered:
        line["answer"] = states[(states.index(line["answer"]) + 1) % 4]
    told = judged(wfpcheck, forge(lines), status=1)
    assert len(altered) > 300
    assert {answer["line"] for answer in wrong(told)} == {line["line"] for line in altered}
    assert {answer["verdict"] for answer in wrong(told)} == {"fail"}


def test_the_world_follows_what_was_observed(wfpcheck, forge, record):
    """A SET that failed has passed nothing on: the states told after it do not fit any more."""
    lines = record(*TWO)
    call(lines, "set-records")["answer"] = "WSAEINVAL/0"
    told = wrong(judged(wfpcheck, forge(lines), status=1))
    assert told[0]["call"] == "hop 2: A set-records"
    assert told[1]["message"] == (
        "hop 2: A redirect-state: expected NOT_REDIRECTED, actual REDIRECTED_BY_SELF")
    call(lines, "redirect-state", 0, hop=2)["answer"] = "NOT_REDIRECTED"
    told = wrong(judged(wfpcheck, forge(lines), status=1))
    assert "hop 2: A redirect-state" not in [answer["call"] for answer in told]


def test_a_deed_is_the_callouts_own(wfpcheck, forge, record):
    """What a callout does is taken from the trace, and what comes of it is judged."""
    lines = record(*TWO)
    action = call(lines, "action", 1, hop=1)
    assert (action["party"], action["with"]) == ("B", "PERMIT")
    action["with"] = action["answer"] = "CONTINUE"
    told = wrong(judged(wfpcheck, forge(lines), status=1))
    assert [answer["message"] for answer in told] == [
        "hop 1: B return: expected CONTINUE, actual PERMIT"]
    call(lines, "return", 1, hop=1)["answer"] = "CONTINUE"
    judged(wfpcheck, forge(lines))


@pytest.mark.parametrize("name, number, change, message", [
    ("next-callout", 0, {"asked": "B"}, "hop 1: expected A to be asked, actual B"),
    ("next-callout", 2, {"asked": "A"}, "hop 1: expected none of the services to be asked, "
                                        "actual A"),
    ("connect", 0, {"answer": "WSAEACCES/unchanged"},
     "hop 1: app connect: expected OK/unchanged, actual WSAEACCES/unchanged"),
    ("look-proxy-connection", 1, {"answer": "absent"},
     "hop 2: engine look-proxy-connection: expected present, actual absent"),
    ("connect-begin", 0, {"answer": "OK/0"}, "hop 1: app connect-begin: expected no answer, "
                                             "actual one"),
])
def test_what_else_is_altered_is_told(wfpcheck, forge, record, name, number, change, message):
    lines = record(*TWO)
    call(lines, name, number).update(change)
    told = wrong(judged(wfpcheck, forge(lines), status=1))
    assert (told[0]["verdict"], told[0]["message"]) == ("fail", message)


def test_an_answer_that_is_missing_is_told(wfpcheck, forge, record):
    lines = record(*TWO)
    del call(lines, "set-records")["answer"]
    told = wrong(judged(wfpcheck, forge(lines), status=1))
    assert told[0]["message"] == "hop 2: A set-records: expected an answer, actual none"


def test_another_end_is_told(wfpcheck, forge, record):
    lines = record(*TWO)
    lines[-2]["outcome"] = "app > A > B, loop of A > B"
    told = judged(wfpcheck, forge(lines), status=1)
    assert not wrong(told)
    assert cases(told)[0]["message"] == (
        "the end: expected app > A > B > destination, reached, actual app > A > B, loop of A > B")


# What the trace cannot tell.


@pytest.mark.parametrize("gone, place", [("set-records", "A connect-begin"),
                                         ("connect-begin", "engine next-callout (A)")])
def test_a_trace_of_another_service_is_undecided(wfpcheck, forge, record, gone, place):
    """Calls that the parties of the topology would not make, in this order, are not followed."""
    lines = record(*TWO)
    lines.remove(call(lines, gone, 0, hop=2))
    for number, line in enumerate((line for line in lines if line["kind"] == "call"), 1):
        line["step"] = line["seq"] = number
    lines[-1]["steps"] -= 1
    told = judged(wfpcheck, forge(lines), status=1)
    assert [answer["verdict"] for answer in wrong(told)] == ["undecided"]
    assert wrong(told)[0]["message"] == (
        f"the model cannot follow: hop 2: expected A {gone}, actual hop 2: {place}")
    assert cases(told)[0]["verdict"] == "undecided"
    judged(wfpcheck, forge(lines), "--allow-undecided")


def test_a_path_that_goes_on_is_undecided(wfpcheck, forge, record):
    lines = record(*TWO)
    last = max(at for at, line in enumerate(lines) if line["kind"] == "call")
    del lines[last]
    lines[-1]["steps"] -= 1
    told = judged(wfpcheck, forge(lines), status=1)
    assert cases(told)[0]["verdict"] == "undecided"
    assert cases(told)[0]["message"].endswith("expected B connect, actual the end")


def test_a_record_that_nobody_saw_is_undecided(wfpcheck, forge, record):
    lines = record(*TWO)
    call(lines, "query-records")["answer"] = "WSAEINVAL/0"
    told = wrong(judged(wfpcheck, forge(lines), status=1))
    assert [answer["verdict"] for answer in told] == ["fail", "undecided"]


def test_other_record_sizes_are_fitted(wfpcheck, tmp_path, forge):
    other = tmp_path / "other.json"
    source = {"kind": "inferred", "reference": "this test"}
    other.write_text(json.dumps({
        "name": "other", "title": "Other records", "extends": "observed",
        "keys": {"record-header": {"value": [400], "source": source},
                 "record-hop": {"value": [333], "source": source}}}), "utf-8")
    path = tmp_path / "other.jsonl"
    wfpcheck("record", "paths", "--profile", other, "--output", path)
    told = judged(wfpcheck, path, "--profile", "observed")
    assert told[-1]["answers"]["pass"] == len(answers(told))
    lines = lines_of(path)
    call(lines, "query-records", 2)["answer"] = "OK/17"
    assert wrong(judged(wfpcheck, forge(lines), status=1))


def test_nothing_judged_is_no_success(wfpcheck, forge, record):
    lines = record(*TWO)
    silent = [line for line in lines if line["kind"] != "call"]
    silent[-1]["steps"] = 0
    silent[-2:-1] = [{"kind": "stopped", "as": "unsupported", "why": "nobody was there"}]
    silent[-1]["unsupported"] = 1
    assert "no answer to judge" in wfpcheck("judge", forge(silent), status=3).err


# Damage.


def damage_altered(lines):
    lines[20] = lines[20].replace(b"OK", b"KO", 1).replace(b"PERMIT", b"BLOCK", 1)
    return ":21: ", "altered"


def damage_dropped(lines):
    del lines[20]
    return ":21: ", "line 21 is missing"


def damage_reordered(lines):
    lines[20], lines[22] = lines[22], lines[20]
    return ":21: ", "reordered"


def damage_cut(lines):
    del lines[20:]
    return ":20: ", "cut off"


@pytest.mark.parametrize("damage", [damage_altered, damage_dropped, damage_reordered, damage_cut])
@pytest.mark.parametrize("command", ["judge", "diff"])
@pytest.mark.parametrize("made_by", ["record", "run"])
def test_damage_is_named(wfpcheck, paths, tmp_path, damage, command, made_by):
    path = tmp_path / "damaged.jsonl"
    if made_by == "run":
        wfpcheck("run", "paths", "--format", "jsonl", "--output", path)
    sound = path if made_by == "run" else paths["observed"]
    lines = sound.read_bytes().splitlines(keepends=True)
    place, what = damage(lines)
    path.write_bytes(b"".join(lines))
    others = [] if command == "judge" else [paths["observed"]]
    done = wfpcheck(command, path, *others, status=2)
    assert f"{path.name}{place}" in done.err and what in done.err and not done.out


def test_another_version_of_the_tool_is_told(wfpcheck, forge, record):
    lines = record(*TWO)
    lines[0]["tool"] = "0.0.9"
    assert ":1: tool: note: recorded by wfpcheck 0.0.9" in wfpcheck("judge", forge(lines)).err


@pytest.mark.parametrize("change, place", [
    (lambda lines: call(lines, "accept").update(party="Nobody"), "a party of the vector"),
    (lambda lines: call(lines, "edit").update({"with": "nothing"}), "a party of the vector"),
    (lambda lines: call(lines, "accept").update(hop=0), "hop"),
    (lambda lines: call(lines, "accept").update(step=7), "in their order"),
    (lambda lines: call(lines, "accept").update(more=1), "more"),
    (lambda lines: call(lines, "accept").pop("party"), "party"),
    (lambda lines: lines.pop(-2), "call, outcome or stopped"),
    (lambda lines: lines.insert(2, {"kind": "outcome", "outcome": "x"}), "after the calls"),
    (lambda lines: lines.insert(-1, {"kind": "outcome", "outcome": "x"}), "case or end"),
    (lambda lines: lines[1]["vector"].update(services=[{"name": "C"}, {"name": "B"}]), "services"),
    (lambda lines: lines[1]["vector"].update(kind="calls"), "services"),
])
def test_odd_paths_are_refused(wfpcheck, forge, record, change, place):
    lines = record(*TWO)
    change(lines)
    assert place in wfpcheck("judge", forge(lines), status=2).err


def test_steps_are_no_path(wfpcheck, forge, record):
    """A case is made of steps or of calls, as its vector is, and not of both."""
    calls = record("query-records-redirected", "--profile", "observed")
    lines = record(*TWO)
    mixed = [*lines[:5], {**calls[2], "seq": 4, "step": 4}, *lines[5:]]
    assert "in their order" in wfpcheck("judge", forge(mixed), status=2).err
    lines[1]["vector"], lines[1]["case"] = calls[1]["vector"], calls[1]["case"]
    assert "steps" in wfpcheck("judge", forge(lines), status=2).err


# Comparing.


@pytest.mark.parametrize("profile", PROFILES)
def test_a_recording_is_like_itself(wfpcheck, paths, profile):
    told = compared(wfpcheck, paths[profile], paths[profile], 0)
    assert [line["type"] for line in told] == ["head", "totals"]


def test_paths_of_other_ends_differ(wfpcheck, paths):
    told = compared(wfpcheck, paths["observed"], paths["unsupported"], 1)
    one = [line for line in told if line.get("case") == "path-two-services"]
    assert [(line["kind"], line["a"], line["b"]) for line in one] == [
        ("answer", "OK/N", "WSAEOPNOTSUPP/0"),
        ("end", "app > A > B > destination, reached", "app > A, refused by A")]


def test_paths_part_once(wfpcheck, forge, record):
    """Where two paths take different calls, that is told, and nothing behind it is compared."""
    lines = record(*TWO)
    path = forge(lines)
    call(lines, "edit")["with"] = "context"
    call(lines, "redirect-state", 1, hop=2)["answer"] = "NOT_REDIRECTED"
    told = compared(wfpcheck, path, forge(lines, "other.jsonl"), 1)
    assert [(line["kind"], line["a"], line["b"]) for line in told[1:-1]] == [
        ("call", "hop 1: A edit (remote-address)", "hop 1: A edit (context)")]


def test_a_state_is_a_difference(wfpcheck, forge, record):
    lines = record(*TWO)
    path = forge(lines)
    call(lines, "redirect-state", 1, hop=2)["answer"] = "NOT_REDIRECTED"
    told = compared(wfpcheck, path, forge(lines, "other.jsonl"), 1)
    assert [(line["kind"], line["a"], line["b"]) for line in told[1:-1]] == [
        ("answer", "REDIRECTED_BY_OTHER", "NOT_REDIRECTED")]
