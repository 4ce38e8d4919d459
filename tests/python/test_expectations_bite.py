# SPDX-License-Identifier: MIT
"""Every leaf of every expectation is looked at, holds, and would be missed if it were another."""

import functools

import pytest

from leaves import leaves, spoiled, ways
from tree import VECTORS, load, vector_files

PROFILES = ("documented", "observed", "unsupported")


@pytest.fixture(scope="module")
def profiles(server):
    return {name: server.ask("profile", profile=name)["keys"] for name in PROFILES}


def verdicts(server, document, profile, settings):
    cases = server.run(document=document, profile=profile, set=settings)
    return {case["member"]: case for case in cases}


def wrong(cases):
    """What an honest model must not get from an honest vector."""
    return [f"{case['case']} {case['verdict']}: {case['message']}" for case in cases.values()
            if case["verdict"] not in ("pass", "unsupported")]


def noticed(before, after, leaf):
    """For each case that may look at the leaf: was it missed when it wanted another answer?"""
    for member, case in before.items():
        if leaf.band in (None, case["band"]):
            yield case, after[member]["verdict"] == "fail"


def without_record(leaf, case):
    """Written for a provider without the ioctls, of whom no size can be learnt to ask with."""
    lacking = ("unsupported", "WSAEOPNOTSUPP/0") in leaf.keys or leaf.profiles == {"unsupported"}
    return lacking and case["message"] == "needs a record"


def follow(server, vector, leaf, way):
    """What is wrong on this way, whether it leads to the leaf, and why perhaps not."""
    profile, settings = way
    run = functools.partial(verdicts, server, profile=profile, settings=settings)
    before, after = run(vector), run(spoiled(vector, leaf))
    cases = list(noticed(before, after, leaf))
    found = wrong(before)
    found += [f"unnoticed in {case['case']}" for case, bites in cases
              if case["verdict"] == "pass" and not bites]
    reached = any(bites or without_record(leaf, case) for case, bites in cases)
    return found, reached, {str(case["message"]) for case, _ in cases}


def complaints(server, vector, leaf, profiles):
    reasons = set()
    for group in ways(leaf, profiles):
        arrived = False
        for way in group:
            found, reached, messages = follow(server, vector, leaf, way)
            yield from (f"{way}: {text}" for text in found)
            arrived |= reached
            reasons |= messages
        if arrived:
            return
    yield f"no way leads there: {sorted(reasons)}"


@pytest.mark.parametrize("path", vector_files(), ids=lambda path: path.stem)
def test_every_leaf(server, profiles, path):
    vector = load(path)
    found = [f"{leaf}: {text}" for leaf in leaves(vector)
             for text in complaints(server, vector, leaf, profiles)]
    assert not found, "\n".join([str(path.relative_to(VECTORS)), *found])
