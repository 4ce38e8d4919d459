# SPDX-License-Identifier: MIT
"""Invariants of redirect records and of paths, over topologies that nobody has thought of.

What is to hold is written down in topologies.py without the model; the program plays. A topology
that breaks an invariant is shrunk and left behind as a vector of its own.
"""

import copy
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scripts
import topologies

EXAMPLES = settings(max_examples=400, deadline=None, derandomize=True, database=None,
                    suppress_health_check=list(HealthCheck))
PROFILES = st.sampled_from(("documented", "observed"))


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    return tmp_path_factory.mktemp("regressions")


def hold(server, vector, profile, checks, folder):
    """Hypothesis shrinks what fails here: the file that is named last is the smallest."""
    played = server.ask("play", document=vector, profile=profile)
    for check in checks:
        reason = check(vector, played)
        assert reason is None, topologies.regression(vector, played, reason, folder)


@EXAMPLES
@given(vector=topologies.careful(), profile=PROFILES)
def test_careful_services_end(server, findings, vector, profile):
    hold(server, vector, profile, (topologies.does_not_end,), findings)


@EXAMPLES
@given(vector=topologies.careless(), profile=PROFILES)
def test_cycles_have_a_reason(server, findings, vector, profile):
    hold(server, vector, profile, (topologies.loops_without_reason, topologies.never_repeats),
         findings)


@settings(EXAMPLES, max_examples=100)
@given(vector=topologies.careless(), profile=PROFILES)
def test_paths_are_the_same_again(server, vector, profile):
    first, second = server.ask_all([{"do": "play", "document": copy.deepcopy(vector),
                                     "profile": profile} for _ in range(2)])
    assert {**first, "id": 0} == {**second, "id": 0}


# A record that is asked for and set says the same of every handle (LOOP-02, ST-06).


def chain(handles):
    """A connection redirected by one handle after the other, each proxy passing the record on."""
    steps = [{"do": "handle", "as": name} for name in sorted(set(handles))]
    origin = {}
    for hop, name in enumerate(handles):
        steps += [{**scripts.accept(f"p{hop}", handle=name), **origin},
                  scripts.query(65536, on=f"p{hop}", save=f"r{hop}"),
                  {"do": "socket", "as": f"o{hop}"},
                  {"do": "ioctl", "on": f"o{hop}", "code": "SET_RECORDS",
                   "in": {"from": f"r{hop}"}}]
        origin = {"from": f"o{hop}"}
    return steps


def told(handles, name):
    """What the pages' wording says to `name` of a connection with these redirects, in order."""
    if handles[-1] == name:
        return "REDIRECTED_BY_SELF"
    return "PREVIOUSLY_REDIRECTED_BY_SELF" if name in handles else "REDIRECTED_BY_OTHER"


@settings(EXAMPLES, max_examples=200)
@given(handles=st.lists(st.sampled_from(("h1", "h2", "h3", "h4")), min_size=1, max_size=5),
       profile=PROFILES)
def test_what_is_set_is_what_was_asked_for(server, handles, profile):
    asked = sorted({*handles, "h1"})
    steps = chain(handles)
    if "h1" not in handles:
        steps.insert(0, {"do": "handle", "as": "h1"})
    last = f"o{len(handles) - 1}"
    steps += [{"do": "state", "on": last, "handle": name} for name in asked]
    document = scripts.document(steps, ["redirect", "kernel-face"])
    played = server.ask("play", document=document, profile=profile)
    assert played["trouble"] is None
    answers = [step["answer"] for step in played["steps"][-len(asked):]]
    assert answers == [told(handles, name) for name in asked]


# The tester is tested for saying no.


CAREFUL = topologies.document([{"name": "A"}, {"name": "B"}], {"dials": "ipv4"})
BLOCKED = topologies.document([{"name": "A", "deeds": {"NOT_REDIRECTED": "block"}}],
                              {"dials": "ipv4"})
CARELESS = topologies.document([{"name": "A", "propagates": "never"}], {"dials": "ipv4"})


def test_a_loop_of_careless_services_is_not_careful(server):
    played = server.ask("play", document=CARELESS, profile="documented")
    assert topologies.does_not_end(CARELESS, played) == "careful services end in loop"
    assert topologies.loops_without_reason(CARELESS, played) is None
    for hop in played["hops"]:
        hop["tracked"] = True
    assert topologies.loops_without_reason(CARELESS, played) == "the cycle A holds no mistake"


def test_too_many_redirects_are_noticed(server):
    played = server.ask("play", document=CAREFUL, profile="documented")
    assert topologies.does_not_end(CAREFUL, played) is None
    played["hops"].insert(0, played["hops"][0])
    assert topologies.does_not_end(CAREFUL, played) == "3 redirects with 2 handles"


def test_a_provider_that_forgets_earlier_redirects_is_noticed(server):
    """Where nobody is told that he was there before, careful services do not suffice."""
    played = server.ask("play", document=CAREFUL, profile="documented",
                        set=["state-previous-self=pass"])
    assert topologies.does_not_end(CAREFUL, played) == "careful services end in loop"
    assert topologies.loops_without_reason(CAREFUL, played) == "the cycle A B holds no mistake"


@pytest.mark.parametrize("vector", [CARELESS, CAREFUL, BLOCKED],
                         ids=["loops", "reached", "blocked"])
def test_what_is_found_is_left_as_a_vector(native, server, tmp_path, vector):
    played = server.ask("play", document=vector, profile="documented")
    path = topologies.regression(vector, played, "whatever it may be", tmp_path)
    for command in (["lint", path], ["run", path, "--profile", "documented"]):
        done = subprocess.run([native, *map(str, command)], capture_output=True, check=False,
                              text=True, encoding="utf-8", timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
