# SPDX-License-Identifier: MIT
"""Every leaf of every expectation is looked at, holds, and would be missed if it were another."""

import pytest

import scripts
from leaves import leaves, spoiled, ways
from tree import VECTORS, load, vector_files

PROFILES = ("documented", "observed", "unsupported")


@pytest.fixture(scope="module")
def profiles(server):
    return {name: server.ask("profile", profile=name)["keys"] for name in PROFILES}


class Judge:
    """One vector before the program, as it is and otherwise."""

    def __init__(self, server, vector):
        self.server = server
        self.vector = vector
        self.seen = {}

    def cases(self, document, profile, settings):
        cases = self.server.run(document=document, profile=profile, set=settings)
        return {case["member"]: case for case in cases}

    def as_it_is(self, profile, settings):
        way = (profile, *settings)
        if way not in self.seen:
            self.seen[way] = self.cases(self.vector, profile, settings)
        return self.seen[way]

    def follow(self, leaf, way):
        """What is wrong on this way, whether it leads to the leaf, and why perhaps not."""
        before = self.as_it_is(*way)
        found = wrong(before)
        reached = False
        looking = {member: case for member, case in before.items()
                   if leaf.band in (None, case["band"])}
        for other in spoiled(self.vector, leaf):
            after = self.cases(other, *way)
            missed = [case["case"] for member, case in looking.items()
                      if case["verdict"] == "pass" and after[member]["verdict"] != "fail"]
            found += [f"unnoticed in {case}" for case in missed]
            reached |= any(after[member]["verdict"] == "fail" for member in looking)
        reached |= any(without_record(leaf, case) for case in looking.values())
        return found, reached, {str(case["message"]) for case in looking.values()}


def wrong(cases):
    """What an honest model must not get from an honest vector."""
    return [f"{case['case']} {case['verdict']}: {case['message']}" for case in cases.values()
            if case["verdict"] not in ("pass", "unsupported")]


def without_record(leaf, case):
    """Written for a provider without the ioctls, of whom no size can be learnt to ask with."""
    lacking = ("unsupported", "WSAEOPNOTSUPP/0") in leaf.keys or leaf.profiles == {"unsupported"}
    return lacking and case["message"] == "needs a record"


def complaints(judge, leaf, profiles):
    reasons = set()
    for group in ways(leaf, profiles):
        arrived = False
        for way in group:
            found, reached, messages = judge.follow(leaf, way)
            yield from (f"{way}: {text}" for text in found)
            arrived |= reached
            reasons |= messages
        if arrived:
            return
    yield f"no way leads there: {sorted(reasons)}"


@pytest.mark.parametrize("path", vector_files(), ids=lambda path: path.stem)
def test_every_leaf(server, profiles, path):
    judge = Judge(server, load(path))
    found = [f"{leaf}: {text}" for leaf in list(leaves(judge.vector))
             for text in complaints(judge, leaf, profiles)]
    assert not found, "\n".join([str(path.relative_to(VECTORS)), *found])


def test_n_is_not_any_count(server):
    """The other way round: N where a call gives another count."""
    asks = scripts.query(2, expect=scripts.leaf("WSAEINVAL/N"))
    control = {"kind": "success", "of": 2, "replace": [{"step": 2, "by": scripts.query()}]}
    short = scripts.document([scripts.accept(), asks], ["redirect"], control=control)
    case, = server.run(document=short, profile="documented")
    assert (case["verdict"], case["actual"]) == ("fail", "WSAEINVAL/0")
