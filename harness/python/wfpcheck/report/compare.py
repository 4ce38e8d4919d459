# SPDX-License-Identifier: MIT
"""What a page shows of reports: counts, what belongs together, and where runs differ."""

import collections
import typing

from wfpcheck.report.read import VERDICTS, Case, Report

FAILING = ("fail", "fixed", "undecided", "broken")

# Runs of the lab judge rules of proxies, and one rule in many scenarios.
LAB = "lab"


class Group(typing.NamedTuple):
    """Cases that are told together: the first stands for all."""

    first: Case
    cases: typing.Sequence[Case]


class Difference(typing.NamedTuple):
    """One case, and what each run says of it; None where a run could not run it."""

    name: str
    cases: typing.Sequence[typing.Optional[Case]]


def counts(cases: typing.Iterable[Case]) -> typing.Mapping[str, int]:
    """How many of each verdict, in the order of the verdicts, none with 0."""
    counted = collections.Counter(case.verdict for case in cases)
    return {verdict: counted[verdict] for verdict in VERDICTS if counted[verdict]}


def answerers(report: Report) -> typing.Mapping[str, int]:
    """Who answered how many cases."""
    return collections.Counter(case.answered_by for case in report.cases if case.answered_by)


def _grouped(cases: typing.Iterable[Case],
             key: typing.Callable[[Case], typing.Hashable]) -> typing.List[Group]:
    groups: typing.Dict[typing.Hashable, typing.List[Case]] = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case)
    return [Group(members[0], members) for members in groups.values()]


def failures(report: Report) -> typing.List[Group]:
    """What fails the run. A rule that a proxy breaks in many scenarios is told once."""
    failing = [case for case in report.cases if case.verdict in FAILING]
    if report.head.backend == LAB:
        return _grouped(failing, lambda case: (case.topic, case.verdict))
    return _grouped(failing, lambda case: case.name)


def unsupported(report: Report) -> typing.List[Group]:
    """What was not run, by reason, the most frequent first."""
    cases = (case for case in report.cases if case.verdict == "unsupported")
    return sorted(_grouped(cases, lambda case: case.message), key=lambda group: -len(group.cases))


def topics(report: Report) -> typing.List[Group]:
    """All cases, by topic."""
    return sorted(_grouped(report.cases, lambda case: case.topic),
                  key=lambda group: group.first.topic)


def says_nothing_of_windows(report: Report) -> bool:
    """Was every answer the model's, or that of a provider that is not Windows'?"""
    return "provider" not in answerers(report) or report.head.os == "Wine"


def _ran(report: Report) -> typing.Mapping[str, Case]:
    return {case.name: case for case in report.cases if case.verdict != "unsupported"}


def differences(reports: typing.Sequence[Report]) -> typing.List[Difference]:
    """Cases that at least two runs could run, and that they do not agree about."""
    tables = [_ran(report) for report in reports]
    names = dict.fromkeys(name for table in tables for name in table)
    rows = (Difference(name, [table.get(name) for table in tables]) for name in names)
    return [row for row in rows
            if len({(case.verdict, case.actual) for case in row.cases if case is not None}) > 1]


def lacking(reports: typing.Sequence[Report]) -> typing.List[int]:
    """For each run, how many cases only others could run."""
    tables = [_ran(report) for report in reports]
    names = set().union(*tables)
    return [len(names) - len(table) for table in tables]
