# SPDX-License-Identifier: MIT
"""The leaves of a vector's expectations: how to get to each, and how to spoil it."""

import copy
import dataclasses
import typing

STATES = ("NOT_REDIRECTED", "REDIRECTED_BY_SELF", "REDIRECTED_BY_OTHER",
          "PREVIOUSLY_REDIRECTED_BY_SELF")
ACTIONS = ("BLOCK", "PERMIT", "CONTINUE")
PRESENCES = ("absent", "present", "different")
# The names under which a profile finds its own branch, nearest first.
CHAINS = {"documented": ("documented",), "observed": ("observed",),
          "unsupported": ("unsupported", "observed")}


@dataclasses.dataclass(frozen=True)
class Leaf:
    """One answer, or several alternatives, at the end of a way through the branches."""

    place: typing.Tuple[typing.Union[str, int], ...]  # in the vector
    band: typing.Optional[str]
    profiles: typing.FrozenSet[str]  # under which it is looked at
    keys: typing.Tuple[typing.Tuple[str, str], ...]  # and with these values

    def __str__(self):
        return "/".join(str(part) for part in self.place)


def _below(expectation, leaf):
    if "profile" in expectation:
        for name, branch in expectation["profile"].items():
            takes = {profile for profile, chain in CHAINS.items()
                     if next((link for link in chain if link in expectation["profile"]), 0) == name}
            yield from _below(branch, dataclasses.replace(
                leaf, place=(*leaf.place, "profile", name), profiles=leaf.profiles & takes))
    elif "key" in expectation:
        for value, branch in expectation["values"].items():
            yield from _below(branch, dataclasses.replace(
                leaf, place=(*leaf.place, "values", value),
                keys=(*leaf.keys, (expectation["key"], value))))
    else:
        yield leaf


def leaves(vector):
    """Every leaf of every step."""
    everywhere = frozenset(CHAINS)
    if "expect" in vector:
        yield from _below(vector["expect"], Leaf(("expect",), None, everywhere, ()))
    for number, band in enumerate(vector.get("family", {}).get("bands", ())):
        place = ("family", "bands", number, "expect")
        yield from _below(band["expect"], Leaf(place, band["band"], everywhere, ()))
    for index, step in enumerate(vector.get("steps", ())):
        if "expect" in step:
            place = ("steps", index, "expect")
            yield from _below(step["expect"], Leaf(place, None, everywhere, ()))
        for number, band in enumerate(step.get("sweep", {}).get("bands", ())):
            place = ("steps", index, "sweep", "bands", number, "expect")
            yield from _below(band["expect"], Leaf(place, band["band"], everywhere, ()))


def _other_bytes(count):
    return {"N": "1048571", "unchanged": "0"}.get(count, "unchanged")


def other_answers(answer):
    """Answers that this call does not give: another state, another byte count, another error.

    A success gets no other error: a vector that can only fail would need a control.
    """
    for words in (STATES, ACTIONS, PRESENCES):
        if answer in words:
            return [words[words.index(answer) - 1]]
    if answer == "misuse":
        return ["OK/unchanged"]
    error, _, count = answer.partition("/")
    others = [] if error == "OK" else ["WSAETIMEDOUT/7"]
    return others + ([f"{error}/{_other_bytes(count)}"] if count else [])


TOLD = STATES + ("not-told", "not-asked")
DID = ("redirect", "permit", "continue", "block", "nothing", "not-asked")


def other_outcomes(outcome):
    """Outcomes of a path that part from this one in one thing that it says."""
    yield {"path": ["app"], "end": "no-room", "by": outcome["by"]}
    if outcome["end"] == "no-room":
        yield {"path": ["app", "destination"], "end": "reached", "by": outcome["by"]}
    for name, words in (("told", TOLD), ("did", DID)):
        for hop, said in enumerate(outcome.get(name, ())):
            for service, rounds in said.items():
                for at, word in enumerate(rounds if isinstance(rounds, list) else [rounds]):
                    other = copy.deepcopy(outcome)
                    altered = words[words.index(word) - 1]
                    if isinstance(rounds, list):
                        other[name][hop][service][at] = altered
                    else:
                        other[name][hop][service] = altered
                    yield other
    for hop, flags in enumerate(outcome.get("flags", ())):
        other = copy.deepcopy(outcome)
        other["flags"][hop] = sorted(set(flags) ^ {"IS_PROXY_CONNECTION"})
        yield other


def _others(expected):
    """The same claim with another answer, or another outcome."""
    if "path" in expected:
        return list(other_outcomes(expected))
    return [{**expected, "answer": answer} for answer in other_answers(expected["answer"])]


def _claims(expected):
    """What is claimed, without who says so."""
    return {name: value for name, value in expected.items() if name != "by"}


def spoiled(vector, leaf):
    """Copies of the vector in which this leaf wants what no call gives."""
    holder = vector
    for part in leaf.place[:-1]:
        holder = holder[part]
    expected = whole = holder[leaf.place[-1]]
    if "any" in whole:
        expected = whole["any"][0]
    for other in _others(expected):
        if all(_claims(item).get("answer", item) != _claims(other).get("answer", other)
               for item in whole.get("any", ())):
            holder[leaf.place[-1]] = other
            yield copy.deepcopy(vector)
    holder[leaf.place[-1]] = whole


def _settings(leaf, values):
    """What to set so that a profile with these values decides as the leaf's way does."""
    return [f"{key}={value}" for key, value in leaf.keys if values[key] != [value]]


def ways(leaf, profiles):
    """Lists of (profile, settings) that lead to the leaf, the shortest ways first.

    First the shipped profiles as they are; then others, with keys set. A provider without the
    ioctls has no second choices, and one that has them does not lose them by a setting.
    """
    settings = {name: _settings(leaf, profiles[name]) for name in sorted(leaf.profiles)}
    natural = [name for name in settings
               if all(value in profiles[name][key] for key, value in leaf.keys)]
    same = [name for name in settings
            if not any(setting.startswith("unsupported=") for setting in settings[name])]
    full = [name for name in same if name != "unsupported"]
    for names in (natural, full or same, settings):
        yield [(name, settings[name]) for name in names]
