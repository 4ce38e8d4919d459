# SPDX-License-Identifier: MIT
"""What must hold for every topology and every call, each said by itself and without a second model.

The invariants, numbered as in the catalogue: 1 termination, 2 the cause of every loop, 3 a query may
be repeated, 4 no success of zero bytes, 5 no bytes without a record, 6 too small, 8 SET of QUERY.
Numbers 7 (the reader of control messages ends on all bytes) and 9 (32- and 64-bit images of control
messages survive the way there and back) stand in tests/unit/test_control_message.c.
"""

import pathlib
import re
import subprocess

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scripts import STORY, accept, document, query
from shrunk import STATES, Held, kept

OWN = (STATES[1], STATES[3])
DEEDS = ("redirect", "permit", "continue", "block")
PROPAGATIONS = ("correctly", "never", "late", "first-only", "truncated", "wrong-socket", "lost")
WINDOWS = ("documented", "observed")
SHIPPED = (*WINDOWS, "unsupported")
SHOWN = 64
LARGE = 65536


def thorough(examples):
    """The same examples in every run; phases without a database, nor an explanation."""
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None,
                    report_multiple_bugs=False, phases=(Phase.generate, Phase.shrink),
                    suppress_health_check=list(HealthCheck))


@pytest.fixture(name="held")
def _held(server):
    return Held(server)


# Topologies.


def path(services, journey):
    """A path vector that expects nothing."""
    return {"id": "made-by-a-test", "kind": "path", "story": STORY, "clauses": ["LOOP-04"],
            "source": {"kind": "inferred", "reference": "a test"}, "needs": ["kernel-face"],
            "services": services, "journey": journey}


def any_deeds(own=DEEDS):
    """What a service does in each state; `own` where it was there before."""
    often = st.sampled_from(("redirect", "redirect", "redirect", *DEEDS))
    return st.fixed_dictionaries(
        {}, optional={state: st.sampled_from(own) if state in OWN else often for state in STATES})


HARMLESS = {
    "families": st.sampled_from(("both", "both", "ipv4", "ipv6")),
    "dials": st.sampled_from(("same", "ipv4", "ipv6", "mapped", "other")),
    "chain": st.sampled_from(("ignored", "newest", "whole")),
    "sublayer": st.integers(0, 3),
    "weight": st.integers(0, 3),
    "context": st.integers(0, 1024),
    "cap": st.integers(0, 16),
    "at-auth-connect": st.fixed_dictionaries({}, optional={
        state: st.sampled_from(("permit", "continue", "permit", "block")) for state in STATES}),
}

COOPERATIVE = {**HARMLESS, "deeds": any_deeds(own=DEEDS[1:])}

CARELESS = {**HARMLESS, "deeds": any_deeds(), "propagates": st.sampled_from(PROPAGATIONS),
            "refuses": st.booleans(), "handle": st.sampled_from(("shared", "shared", "per-filter",
                                                                "per-classify")),
            **{fault: st.sampled_from((False, False, True))
               for fault in ("keeps-right", "without-right", "without-query",
                             "when-reauthorizing")}}

JOURNEY = st.fixed_dictionaries({"dials": st.sampled_from(("ipv4", "ipv6", "mapped")),
                                 "protocol": st.sampled_from(("tcp", "udp"))},
                                optional={"reauthorizations": st.integers(0, 2)})


@st.composite
def topologies(draw, members):
    services = draw(st.lists(st.fixed_dictionaries({}, optional=members), min_size=1, max_size=6))
    named = [{"name": "ABCDEF"[number], **service} for number, service in enumerate(services)]
    return path(named, draw(JOURNEY))


def proxies(response):
    """Who had the connection, the application and the destination left out."""
    return [name for name in response["path"] if name not in ("app", "destination")]


@kept("every-cooperative-path-ends", "LOOP-04")
@thorough(800)
@given(made=topologies(COOPERATIVE), profile=st.sampled_from(SHIPPED))
def test_cooperative_services_end(held, made, profile):
    """1. Who propagates, refuses without a record and honours its own redirect redirects once."""
    response = held.play(made, profile=profile)
    redirects = [hop["to"] for hop in response["hops"] if hop["to"]]
    assert response["end"] in ("reached", "blocked", "refused"), response["path"]
    assert len(redirects) <= len(made["services"]), response["path"]
    assert len(set(redirects)) == len(redirects), response["path"]
    assert redirects == proxies(response)


def own_redirects(hop):
    """Services that redirected though the state told them, or for want of asking could not tell
    them, that they had been there."""
    return [name for name, deed in hop["did"].items()
            if deed == "redirect" and hop["told"].get(name) in (*OWN, "not-told")]


def strangers(made, loop):
    """KRN-04, the documented exception: a handle for each filter or classification does not know
    the redirects of its fellows, so its service obeys every rule and still goes round."""
    return [service["name"] for service in made["services"]
            if service["name"] in loop and service.get("handle", "shared") != "shared"]


@kept("every-loop-has-a-cause", "LOOP-05", "LOOP-06", "KRN-04")
@thorough(1200)
@given(made=topologies(CARELESS), profile=st.sampled_from(SHIPPED))
def test_every_loop_has_a_cause(held, made, profile):
    """2. Somebody in it did not propagate, or redirected where it had been."""
    response = held.play(made, profile=profile)
    loop = response["loop"]
    if response["end"] != "loop":
        assert loop == []
        return
    turn = response["hops"][-len(loop):]
    untracked = [hop["from"] for hop in turn if hop["from"] != "app" and not hop["tracked"]]
    again = [name for hop in turn for name in own_redirects(hop)]
    assert loop and sorted(hop["to"] for hop in turn) == sorted(loop)
    assert untracked or again or strangers(made, loop), response["path"]


@kept("paths-agree-between-profiles", "LOOP-02", "LOOP-03")
@thorough(400)
@given(made=topologies(CARELESS))
def test_profiles_of_windows_agree_on_paths(held, made):
    """No key in which the two profiles of Windows differ decides where a connection goes."""
    ways = []
    for profile in WINDOWS:
        response = held.play(made, profile=profile)
        ways.append({name: response[name] for name in ("path", "end", "ended-by", "loop", "hops")})
    assert ways[0] == ways[1]


# Calls.


@st.composite
def chains(draw, longest=4):
    """Steps that redirect one connection with several handles; the last proxy is `proxy`."""
    count = draw(st.integers(1, longest))
    handles = [f"h{draw(st.integers(1, 3))}" for _ in range(count)]
    steps = [{"do": "handle", "as": name} for name in ("h1", "h2", "h3")]
    for turn, handle in enumerate(handles):
        last = turn == count - 1
        before = {"from": f"out{turn - 1}"} if turn else {}
        here = "proxy" if last else f"proxy{turn}"
        redirect = {"handle": handle, "context": draw(st.sampled_from((0, 1, 3, 4, 32, 700)))}
        steps.append({"do": "redirected-accept", "as": here, "redirect": redirect, **before})
        if not last:
            steps += hand_on(here, f"out{turn}", f"record{turn}")
    return handles, steps


def hand_on(proxy, outgoing, record):
    """QUERY on what was accepted, SET on what is about to be connected."""
    return [query("N", proxy, save=record), {"do": "socket", "as": outgoing},
            {"do": "ioctl", "on": outgoing, "code": "SET_RECORDS", "in": {"from": record}}]


KERNEL = ("kernel-face", "redirect")
CODES = st.sampled_from(("QUERY_RECORDS", "QUERY_CONTEXT"))
SIZES = st.one_of(st.integers(0, 8), st.integers(0, 3200),
                  st.sampled_from((4, 255, 256, 1024, 4096, LARGE)))


def asking_for(code, size, on="proxy"):
    return {"do": "ioctl", "on": on, "code": code, "out": {"size": size}}


def seen(step):
    """What a caller sees of an ioctl: the answer and the bytes."""
    return step["answer"], step["changed"], step["out"]


def count_of(step):
    return step["answer"].rpartition("/")[2]


@kept("a-query-may-be-repeated", "QRY-11")
@thorough(400)
@given(chain=chains(), code=CODES, size=SIZES, profile=st.sampled_from(WINDOWS))
def test_a_query_may_be_repeated(held, chain, code, size, profile):
    """3. Two queries in a row answer alike."""
    made = document([*chain[1], asking_for(code, size), asking_for(code, size)], KERNEL)
    first, second = held.play(made, profile=profile)["steps"][-2:]
    assert seen(first) == seen(second)


@kept("a-success-has-bytes", "OVL-14")
@thorough(400)
@given(chain=chains(), code=CODES, size=SIZES, profile=st.sampled_from(WINDOWS))
def test_a_success_has_bytes(held, chain, code, size, profile):
    """4. No query succeeds with zero bytes, not even where there is no context; what fits
    succeeds, so this says something."""
    made = document([*chain[1], asking_for(code, size), query(LARGE)], KERNEL)
    asked, whole = held.play(made, profile=profile)["steps"][-2:]
    assert whole["answer"].startswith("OK/")
    for step in (asked, whole):
        if step["answer"].startswith("OK/"):
            assert re.fullmatch("[1-9][0-9]*", count_of(step)), step["answer"]
            # A last byte may by chance be the one that the buffer was filled with.
            assert 0 <= int(count_of(step)) - step["changed"] <= 2


WITHOUT_RECORD = {
    "plain": [{"do": "plain-accept", "as": "proxy"}],
    "lost": [accept(lost=True)],
    "unconnected": [{"do": "socket", "as": "proxy"}],
    "listening": [{"do": "socket", "as": "proxy"}, {"do": "bind", "on": "proxy"},
                  {"do": "listen", "on": "proxy"}],
    "connected": [{"do": "socket", "as": "proxy"}, {"do": "connect", "on": "proxy"}],
    "udp": [{"do": "socket", "as": "proxy", "type": "udp"}],
    "raw": [{"do": "socket", "as": "proxy", "type": "raw"}],
}


@kept("no-bytes-without-a-record", "ERR-19")
@thorough(300)
@given(kind=st.sampled_from(sorted(WITHOUT_RECORD)), code=CODES, size=SIZES,
       profile=st.sampled_from(WINDOWS))
def test_no_bytes_without_a_record(held, kind, code, size, profile):
    """5. Where there is nothing to return a query fails and says 0, at every size."""
    needs = {"lost": ["fault-injection", "redirect"], "raw": ["raw-sockets"]}.get(kind, [])
    made = document([*WITHOUT_RECORD[kind], asking_for(code, size)], needs)
    step = held.play(made, profile=profile)["steps"][-1]
    assert not step["answer"].startswith("OK/"), step["answer"]
    assert (count_of(step), step["changed"]) == ("0", 0), step["answer"]


TOO_SMALL = ("ERROR_INSUFFICIENT_BUFFER/N", "WSAEFAULT/N", "WSAEINVAL/0", "WSAENOBUFS/N")


def named_answers(keys, size, needed):
    """What the keys of a profile say of a buffer of `size` bytes where `needed` are."""
    special = {0: "zero-size-query"}.get(size, "tiny-buffer" if size < 4 else "too-small")
    named = keys[special] if keys[special] != ["pass"] else keys["too-small"]
    return [answer.replace("/N", f"/{needed}") for answer in named]


@kept("too-small-is-as-the-profile-says", "QRY-06")
@thorough(400)
@given(chain=chains(), code=CODES, size=SIZES, profile=st.sampled_from(WINDOWS),
       chosen=st.one_of(st.none(), st.sampled_from(TOO_SMALL)))
def test_too_small_is_as_the_profile_says(held, chain, code, size, profile, chosen):
    """6. One byte less than what there is, or many: the answer that the key names."""
    using = {"profile": profile, "set": [f"too-small={chosen}"] if chosen else []}
    keys = held.server.ask("profile", **using)["keys"]
    made = document([*chain[1], asking_for(code, LARGE), asking_for(code, size)], KERNEL)
    whole, asked = held.play(made, **using)["steps"][-2:]
    if not whole["answer"].startswith("OK/"):
        return
    needed = int(count_of(whole))
    if size >= needed and not (0 < size < 4 and keys["tiny-buffer"] != ["pass"]):
        assert seen(asked) == seen(whole)
        return
    assert asked["answer"] in named_answers(keys, size, needed)
    assert asked["changed"] == 0


def told(on):
    return [{"do": "state", "on": on, "handle": name} for name in ("h1", "h2", "h3")]


def history(handles, name):
    """What a handle must be told of a connection redirected with these, the last one last."""
    if handles[-1] == name:
        return "REDIRECTED_BY_SELF"
    return "PREVIOUSLY_REDIRECTED_BY_SELF" if name in handles else "REDIRECTED_BY_OTHER"


@kept("set-of-query-keeps-the-states", "LOOP-02")
@thorough(300)
@given(chain=chains(), profile=st.sampled_from(WINDOWS))
def test_set_of_query_keeps_the_states(held, chain, profile):
    """8. A record that is read and set tells every handle what it told before, also when it is
    read from the socket that it was set on and set on a third."""
    handles, steps = chain
    again = [*hand_on("proxy", "out", "record"), *hand_on("out", "copy", "again"),
             {"do": "connect", "on": "out"}, {"do": "connect", "on": "copy"}]
    made = document([*steps, *again, *told("out"), *told("copy")], KERNEL)
    played = held.play(made, profile=profile, set=["set-record-visible=true"])["steps"]
    answers = [step["answer"] for step in played]
    assert answers[-6:-3] == [history(handles, name) for name in ("h1", "h2", "h3")]
    assert answers[-3:] == answers[-6:-3]


# The safety net itself.


@kept("no-path-has-two-proxies", "LOOP-04")
@thorough(100)
@given(made=topologies(COOPERATIVE))
def falsified_path(held, made):
    assert len(proxies(held.play(made, profile="documented"))) < 2


@kept("no-path-loops", "LOOP-05")
@thorough(100)
@given(made=topologies(CARELESS))
def falsified_loop(held, made):
    assert held.play(made)["loop"] == []


@kept("no-query-fails", "QRY-06")
@thorough(100)
@given(chain=chains(), size=SIZES)
def falsified_calls(held, chain, size):
    made = document([*chain[1], query(size)], KERNEL)
    assert held.play(made)["steps"][-1]["answer"].startswith("OK/")


@kept("no-plain-socket", "QRY-12")
@thorough(20)
@given(size=SIZES)
def falsified_refusal(held, size):
    made = document([*WITHOUT_RECORD["plain"], query(size)])
    assert held.play(made)["steps"][-1]["answer"].startswith("OK/")


@pytest.mark.parametrize("falsified", [falsified_path, falsified_loop, falsified_calls,
                                       falsified_refusal])
def test_a_shrunk_example_is_a_vector(native, held, falsified, tmp_path, monkeypatch):
    """What a broken property leaves behind is a file that lints, and that the program runs."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(AssertionError) as failure:
        falsified(held=held)
    place = pathlib.Path(re.search("shrunk example: (.*)", str(failure.value)).group(1))
    assert tmp_path in place.parents
    for command in (["lint", place], ["run", place]):
        done = subprocess.run([native, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
