# SPDX-License-Identifier: MIT
"""wfpcheck replay --policy: what redirect services would do to the flows of a capture.

data/policies.json holds small policies: `good` ones, `structural` ones that schema and program
refuse, and `semantic` ones that only the program can refuse. `place` is where the program says so.
"""

import hashlib
import json
import pathlib
import re
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tree import VECTORS, load, validator

REPLAY = VECTORS / "replay"
CAPTURE = REPLAY / "example.pcap"
POLICY = REPLAY / "example-policy.json"
DATA = pathlib.Path(__file__).parent / "data"
POLICIES = json.loads((DATA / "policies.json").read_text("utf-8"))
SUMMARY = DATA / "replay-policy-summary.txt"
COMPLAINT = re.compile(r".*policy\.json:[1-9][0-9]*: (?P<field>\S+): expected .+, found .+")
CAREFUL = {"name": "Careful"}
CARELESS = {"name": "Careless", "propagates": "never", "refuses": False}


def run(program, *arguments):
    return subprocess.run([*([program] if isinstance(program, (str, pathlib.Path)) else program),
                           *map(str, arguments)], capture_output=True, check=False,
                          text=True, encoding="utf-8", timeout=60)


@pytest.fixture
def replay(native, tmp_path):
    def replay_policy(policy, *arguments, capture=CAPTURE):
        path = tmp_path / "policy.json"
        path.write_text(json.dumps(policy), "utf-8")
        return run(native, "replay", capture, "--policy", path, *arguments)
    return replay_policy


def lines(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def flows(done):
    return {line["id"]: line for line in lines(done) if line["type"] == "flow"}


# The example.


def test_example_gives_the_reviewed_summary(native):
    done = run(native, "replay", CAPTURE, "--policy", POLICY)
    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout.replace(str(VECTORS.parent) + "/", "")
    start = shown.index("\n  policy ")
    assert shown[start:] == SUMMARY.read_text("utf-8")


def test_example_says_that_captures_hold_no_records(native):
    assert "never contains redirect records" in run(native, "replay", CAPTURE, "--policy",
                                                    POLICY).stdout


def test_example_fits_its_schema():
    validator("policy").validate(load(POLICY))


def test_a_service_is_the_same_in_both_schemas():
    vector, policy = (validator(name).schema for name in ("vector", "policy"))
    for name in ("service-name", "deed", "deeds", "service"):
        assert policy["$defs"][name] == vector["$defs"][name]
    assert policy["properties"]["services"] == vector["properties"]["services"]


# What is told of flows.


def test_each_flow_has_its_class_and_path(replay):
    done = replay({"services": [CAREFUL], "filters": [{"service": "Careful", "ports": [443]}]},
                  "--format", "jsonl")
    told = flows(done)
    assert told["1-3"]["policy"]["fate"] == "redirected"
    assert told["1-3"]["policy"]["path"] == ["app", "Careful", "destination"]
    assert told["1-3"]["policy"]["told"] == [{"Careful": "NOT_REDIRECTED"},
                                             {"Careful": "REDIRECTED_BY_SELF"}]
    assert told["1-9"]["policy"]["class"] == told["1-3"]["policy"]["class"]
    assert told["1-12"]["policy"]["fate"] == "direct"
    assert told["1-12"]["policy"]["path"] == ["app", "destination"]
    assert told["1-16"]["policy"]["fate"] == "not-classified"
    assert "path" not in told["1-16"]["policy"]


def test_every_flow_is_counted_once(replay):
    done = replay({"services": [CAREFUL, CARELESS],
                   "filters": [{"service": "Careless", "ports": ["8000-9000"]}]},
                  "--format", "jsonl")
    summary = lines(done)[-1]
    for protocol in ("tcp", "udp"):
        assert summary[protocol]["flows"] == sum(row[protocol] for row in
                                                 summary["policy"]["fates"])
    assert sum(row["flows"] for row in summary["policy"]["classes"]) == 7


def test_the_first_datagram_carries_the_record(replay):
    policy = {"services": [CAREFUL], "filters": [{"service": "Careful", "ports": [53]}]}
    told = flows(replay(policy, "--format", "jsonl"))
    assert told["1-1"]["policy"]["path"] == ["app", "Careful", "destination"]
    assert told["1-1"]["policy"]["carried_by"] == ["1-1"]
    assert told["1-17"]["policy"]["carried_by"] == ["1-17"]  # after the idle time, once more
    assert "carried_by" not in told["1-14"]["policy"]
    assert re.search(r"gets a record with the first datagram +0 +2\n", replay(policy).stdout)


def test_a_lost_record_is_carried_by_nothing(replay):
    told = flows(replay({"services": [{"name": "A", "propagates": "lost"}]}, "--format", "jsonl"))
    assert told["1-1"]["policy"]["fate"] == "refused"
    assert "carried_by" not in told["1-1"]["policy"]


def test_two_services_are_passed_in_their_order(replay):
    other = {"name": "Other"}
    for services in ([CAREFUL, other], [other, CAREFUL]):
        told = flows(replay({"services": services}, "--format", "jsonl"))
        names = [service["name"] for service in services]
        assert told["1-3"]["policy"]["path"] == ["app", *names, "destination"]


def test_a_loop_shows_its_cycle_and_is_no_failure(replay):
    told = flows(replay({"services": [CARELESS]}, "--format", "jsonl"))
    assert (told["1-3"]["policy"]["fate"], told["1-3"]["policy"]["loop"]) == ("loop", ["Careless"])
    shown = replay({"services": [CARELESS]})
    assert shown.returncode == 0
    assert "a loop, for ever: Careless > Careless" in shown.stdout
    assert re.search(r"loops, .*\n    Careless > Careless: 6 flows, the first 1-1\n", shown.stdout)


def test_a_loop_of_two_shows_both(replay):
    """Neither trusts the other's redirect and neither hands the record on."""
    services = [{**CARELESS, "name": "One"}, {**CARELESS, "name": "Two"}]
    services[0]["deeds"] = {"NOT_REDIRECTED": "redirect"}
    told = flows(replay({"services": services}, "--format", "jsonl"))["1-3"]["policy"]
    assert told["fate"] == "loop"
    assert set(told["loop"]) <= {"One", "Two"}


def test_blocked_and_refused_name_who(replay):
    blocks = {"name": "A", "deeds": {"NOT_REDIRECTED": "block"}}
    told = flows(replay({"services": [blocks]}, "--format", "jsonl"))["1-3"]["policy"]
    assert (told["fate"], told["ended-by"]) == ("blocked", "A")
    told = flows(replay({"services": [{"name": "A", "propagates": "lost"}]},
                        "--format", "jsonl"))["1-3"]["policy"]
    assert (told["fate"], told["ended-by"]) == ("refused", "A")


def test_local_networks_take_incoming_flows_out(replay):
    told = flows(replay({"services": [CAREFUL], "local": ["198.51.100.0/24"]},
                        "--format", "jsonl"))
    assert told["1-3"]["policy"]["fate"] == "incoming"
    assert told["1-14"]["policy"]["fate"] == "elsewhere"


# Policies that are refused.


@pytest.mark.parametrize("policy", POLICIES["good"], ids=json.dumps)
def test_good_policy_is_taken(replay, policy):
    assert validator("policy").is_valid(policy)
    done = replay(policy)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("kind, case", [(kind, case) for kind in ("structural", "semantic")
                                        for case in POLICIES[kind]], ids=json.dumps)
def test_bad_policy_is_refused_with_its_place(replay, kind, case):
    assert validator("policy").is_valid(case["file"]) == (kind == "semantic")
    done = replay(case["file"])
    found = [COMPLAINT.fullmatch(line) for line in done.stderr.splitlines()]
    assert (done.returncode, done.stdout) == (2, "")
    assert found and all(found), done.stderr
    assert case["place"] in [match["field"] for match in found]


@pytest.mark.parametrize("text", ["", "{", "[]", "nul", '{"services": 1, "services": 2}'])
def test_text_that_is_no_policy_is_refused(native, tmp_path, text):
    path = tmp_path / "policy.json"
    path.write_text(text, "utf-8")
    done = run(native, "replay", CAPTURE, "--policy", path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{path}:1: ")


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 70000), st.just(0.5), st.just([]),
                    st.just({}), st.sampled_from(["", "A", "Filter", "tcp", "80-90", "80", "::/0",
                                                  "10.0.0.0/8", "10.0.0.1/8", "never", "x" * 60]))


def places(value, way=()):
    if way:
        yield way
    inside = value.items() if isinstance(value, dict) else (
        enumerate(value) if isinstance(value, list) else ())
    for name, child in inside:
        yield from places(child, (*way, name))


@st.composite
def damaged(draw):
    policy = load(POLICY)
    way = draw(st.sampled_from(list(places(policy))))
    holder = policy
    for part in way[:-1]:
        holder = holder[part]
    if draw(st.booleans()):
        holder[way[-1]] = draw(SCALARS)
    else:
        del holder[way[-1]]
    return policy


@settings(max_examples=150, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))
@given(damaged())
def test_program_takes_nothing_that_the_schema_refuses(replay, policy):
    done = replay(policy)
    assert done.returncode in (0, 2)
    if done.returncode == 0:
        assert validator("policy").is_valid(policy)


# Vectors.


@pytest.fixture
def emitted(native, tmp_path):
    folder = tmp_path / "emitted"
    done = run(native, "replay", CAPTURE, "--policy", POLICY, "--emit-vectors", folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"wfpcheck replay: 4 vectors written to {folder}; "\
                          "they hold for the profile observed\n"
    return folder


def test_emitted_vectors_name_their_source(emitted):
    vectors = [load(path) for path in sorted(emitted.iterdir())]
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (POLICY, CAPTURE)]
    assert len(vectors) == 4
    for vector in vectors:
        validator("vector").validate(vector)
        packet = vector["id"].rsplit("-", 1)[1]
        assert vector["id"] == f"replay-{hashes[0][:8]}-{hashes[1][:8]}-{packet}"
        assert vector["source"]["kind"] == "regression"
        assert vector["source"]["tool"].startswith("wfpcheck ")
        assert all(found in vector["source"]["reference"] for found in hashes)
        assert f"from packet {packet};" in vector["source"]["reference"]
    assert {vector["expect"]["end"] for vector in vectors} == {"reached", "loop"}


def test_emitted_vectors_pass_the_lint_and_run(native, emitted):
    assert run(native, "lint", emitted).returncode == 0
    done = run(native, "run", emitted, "--format", "jsonl")
    ran = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout
    assert [row["verdict"] for row in ran if "vector" in row] == ["pass"] * 4


def test_emitted_vector_notices_another_answer(native, emitted):
    path = next(path for path in emitted.iterdir() if load(path)["expect"]["end"] == "loop")
    vector = load(path)
    vector["services"][0]["propagates"] = "correctly"
    path.write_text(json.dumps(vector), "utf-8")
    assert run(native, "run", path).returncode == 1


def test_flows_are_chosen_by_their_ids(native, tmp_path):
    """1-16 is met in its middle and left out."""
    done = run(native, "replay", CAPTURE, "--policy", POLICY, "--emit-vectors", tmp_path,
               "--emit-flows", "1-1*")
    assert done.returncode == 0
    assert sorted(path.stem.rsplit("-", 1)[1] for path in tmp_path.iterdir()) == ["1", "12", "14", "17"]
    assert "wfpcheck replay: 1 flow left out" in done.stderr


def test_no_more_vectors_than_asked_for(native, tmp_path):
    done = run(native, "replay", CAPTURE, "--policy", POLICY, "--emit-vectors", tmp_path,
               "--emit-max", "1")
    assert done.returncode == 0
    assert len(list(tmp_path.iterdir())) == 1
    assert "3 more are beyond --emit-max 1" in done.stderr


@pytest.mark.parametrize("arguments, field", [
    (["--emit-vectors", "x"], "--emit-vectors"),
    (["--profile", "observed"], "--profile"),
    (["--policy", POLICY, "--emit-flows", "*"], "--emit-flows"),
    (["--policy", POLICY, "--emit-vectors", CAPTURE], "--emit-vectors"),
    (["--policy", POLICY, "--profile", "nobody"], "profile"),
    (["--policy", REPLAY / "absent.json"], "absent.json"),
    (["-", "--policy", POLICY, "--emit-vectors", "."], "--emit-vectors"),
], ids=str)
def test_wrong_usage_is_told(native, arguments, field):
    done = run(native, "replay", CAPTURE, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert field in done.stderr


# Captures of all kinds.


@pytest.mark.parametrize("capture", sorted(REPLAY.glob("*.pcap*")), ids=lambda path: path.name)
def test_policy_changes_nothing_but_what_it_adds(native, capture):
    plain = run(native, "replay", capture, "--format", "jsonl")
    with_policy = run(native, "replay", capture, "--format", "jsonl", "--policy", POLICY)
    assert with_policy.returncode == plain.returncode
    both = [[{name: value for name, value in json.loads(line).items() if name != "policy"}
             for line in done.stdout.splitlines()] for done in (plain, with_policy)]
    assert both[0] == both[1]
