# SPDX-License-Identifier: MIT
"""Random topologies for path vectors, and what is to hold for each of them."""

import hashlib
import json

from hypothesis import strategies as st

STATES = ("NOT_REDIRECTED", "REDIRECTED_BY_SELF", "REDIRECTED_BY_OTHER",
          "PREVIOUSLY_REDIRECTED_BY_SELF")
# Who is told one of these has redirected this very connection already.
OWN = ("REDIRECTED_BY_SELF", "PREVIOUSLY_REDIRECTED_BY_SELF")
# A block ends a path at once, so few of them.
LEAVES_ALONE = st.sampled_from(("permit",) * 8 + ("continue",) * 8 + ("block",))
ANY_DEED = st.sampled_from(("redirect",) * 14 + ("permit",) * 3 + ("continue",) * 3 + ("block",))


def _service(name, draw, own_deeds, propagates, refuses):
    """Only what no invariant speaks of is drawn here."""
    return {
        "name": name,
        "families": draw(st.sampled_from(("both", "both", "ipv4", "ipv6"))),
        "handle": draw(st.sampled_from(("shared", "per-filter"))),
        "dials": draw(st.sampled_from(("same", "ipv4", "ipv6", "mapped", "other"))),
        "chain": draw(st.sampled_from(("ignored", "newest", "whole"))),
        "deeds": {state: draw(own_deeds if state in OWN else ANY_DEED) for state in STATES},
        "propagates": draw(propagates),
        "refuses": draw(refuses),
        "sublayer": draw(st.integers(0, 20)),
        "weight": draw(st.integers(0, 5)),
        "keeps-right": draw(st.booleans()),
        "without-right": draw(st.booleans()),
        "when-reauthorizing": draw(st.booleans()),
        "cap": draw(st.integers(0, 4)),
        "context": draw(st.sampled_from((0, 1, 32))),
    }


def document(services, journey, **members):
    return {"id": "made-by-a-test", "kind": "path",
            "story": "Made by a property test: services that nobody has thought of before.",
            "clauses": ["LOOP-04"],
            "source": {"kind": "regression", "reference": "property tests of paths"},
            "needs": ["kernel-face"], "services": services, "journey": journey, **members}


@st.composite
def careful(draw):
    """Each passes the record on, refuses without one, and leaves its own redirects alone."""
    return _topology(draw, LEAVES_ALONE, st.just("correctly"), st.just(True))


@st.composite
def careless(draw):
    """They may do anything, as long as a handle lasts and is asked with."""
    return _topology(draw, ANY_DEED, st.sampled_from(
        ("correctly", "correctly", "never", "late", "first-only", "truncated", "wrong-socket",
         "lost")), st.booleans())


def _topology(draw, own_deeds, propagates, refuses):
    names = "ABCDEF"[:draw(st.integers(1, 6))]
    journey = {"dials": draw(st.sampled_from(("ipv4", "ipv6", "mapped"))),
               "protocol": draw(st.sampled_from(("tcp", "udp"))),
               "reauthorizations": draw(st.integers(0, 2))}
    return document([_service(name, draw, own_deeds, propagates, refuses) for name in names],
                    journey)


# ---- what is to hold; each gives the reason why it does not ----

def handles(services):
    return sum(2 if service.get("handle") == "per-filter" else 1 for service in services)


def does_not_end(vector, played):
    """LOOP-04 among careful services: as many redirects as there are handles, at most."""
    redirects = sum(hop["to"] is not None for hop in played["hops"])
    if played["end"] not in ("reached", "blocked", "refused"):
        return f"careful services end in {played['end']}"
    if redirects > handles(vector["services"]):
        return f"{redirects} redirects with {handles(vector['services'])} handles"
    return None


def _excuses(hop):
    """Why this hop may be part of a cycle."""
    if hop["from"] != "app" and not hop["tracked"]:
        yield f"{hop['from']} did not pass the record on"
    for name, deed in hop["did"].items():
        if deed == "redirect" and hop["told"].get(name) in OWN:
            yield f"{name} redirected what it had redirected before"


def loops_without_reason(_vector, played):
    """A cycle holds a hop without a record, or a redirect in state 1 or 3."""
    cycle = played["hops"][len(played["hops"]) - len(played["loop"]):]
    if played["end"] != "loop" or any(True for hop in cycle for _ in _excuses(hop)):
        return None
    return f"the cycle {' '.join(played['loop'])} holds no mistake"


def never_repeats(_vector, played):
    """A loop is one: it begins again as it began, and no shorter one lies within."""
    length = len(played["loop"])
    if played["end"] != "loop":
        return None if length == 0 else "a loop in what ends"
    return None if 0 < length <= len(played["hops"]) else "a loop of more hops than there are"


# ---- what is left behind ----

def regression(vector, played, reason, folder):
    """Writes the topology down as a vector of what happened, to be corrected by a person."""
    outcome = {"path": played["path"], "end": played["end"], "by": ["LOOP-04"]}
    if played["loop"]:
        outcome["loop"] = played["loop"]
    if played["ended-by"]:
        outcome["ended-by"] = played["ended-by"]
    body = {**vector, "expect": outcome, "story": f"Found by a property test: {reason}."}
    if played["end"] != "reached":  # where nobody redirects what is new, nothing happens at all
        body["control"] = {"kind": "contrast", "set": {
            f"{service['name']}.deeds.NOT_REDIRECTED": "permit"
            for service in vector["services"]}}
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]
    body["id"] = f"path-regression-{digest}"
    path = folder / f"{body['id']}.json"
    path.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    return path
