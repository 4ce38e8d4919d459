# SPDX-License-Identifier: MIT
"""A pytest plugin: `pytest --wfpcheck` shows every case of the conformance vectors as an item.

Without --wfpcheck it does nothing. The program judges; an item only tells what it said.
"""

import os
import sys
import typing

import pytest

from wfpcheck import serve

NAME = "wfpcheck"
GOOD = ("pass", "known")


class CaseFailed(Exception):
    """A verdict that fails the run; the text is the program's."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if pluginmanager.get_name(sys.modules[__name__]) != NAME:
        # Loaded by -p wfpcheck.plugin: the entry point of an installed package would be the second.
        pluginmanager.set_blocked(NAME)
    group = parser.getgroup(NAME, "conformance vectors of connection-redirect records")
    group.addoption("--wfpcheck", action="store_true", help="collect every case of the vectors")
    group.addoption("--wfpcheck-program", metavar="FILE",
                    help="the program; else $WFPCHECK, the build tree, PATH")
    group.addoption("--wfpcheck-profile", metavar="NAME", action="append",
                    help="judge by this profile; may be repeated (default: every shipped one)")
    group.addoption("--wfpcheck-vectors", metavar="PATH", action="append",
                    help="a file or folder of vectors; may be repeated (default: the shipped ones)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--wfpcheck"):
        config.pluginmanager.register(Run(config), "wfpcheck-session")


class Run:
    """One server for one pytest session."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._server: typing.Optional[serve.Server] = None

    @property
    def server(self) -> serve.Server:
        if self._server is None:
            paths = self.config.getoption("--wfpcheck-vectors") or ()
            self._server = serve.Server(self.config.getoption("--wfpcheck-program"),
                                        [self._absolute(path) for path in paths])
        return self._server

    def _absolute(self, path: str) -> str:
        """A path from where pytest was called; a vector's id stays what it is."""
        absolute = os.path.normpath(os.path.join(self.config.invocation_params.dir, path))
        return absolute if os.path.exists(absolute) else path

    def profiles(self) -> typing.Sequence[str]:
        return self.config.getoption("--wfpcheck-profile") or self.server.greeting.profiles

    def pytest_report_header(self) -> str:
        try:
            greeting = self.server.greeting
        except serve.ServeError as error:
            raise pytest.UsageError(str(error)) from None
        return (f"wfpcheck: {greeting.version}, {greeting.vectors} vectors, {greeting.backend}, "
                f"{greeting.target}, profiles {', '.join(self.profiles())}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session,
                                      items: typing.List[pytest.Item]) -> None:
        cases = Cases.from_parent(session, name=NAME, nodeid=NAME)
        cases.source = self
        # Through the hooks, so that pytest counts what it gets.
        report = self.config.hook.pytest_make_collect_report(collector=cases)
        if not report.passed:
            raise pytest.UsageError(str(report.longrepr))
        self.config.hook.pytest_collectreport(report=report)
        items.extend(report.result)

    def pytest_unconfigure(self) -> None:
        if self._server is not None:
            self._server.kill()


class Cases(pytest.Collector):
    """Every case under every wanted profile."""

    source: Run

    def collect(self) -> typing.Iterator["Case"]:
        try:
            for profile in self.source.profiles():
                for case in self.source.server.list(profile=profile):
                    item = Case.from_parent(self, name=case["case"])
                    item.case = case
                    yield item
        except serve.ServeError as error:
            raise self.CollectError(str(error)) from None


class Case(pytest.Item):
    """One vector, one member of its sweep, one profile."""

    parent: Cases
    case: serve.Json

    def runtest(self) -> None:
        wanted = {name: self.case[name] for name in ("vector", "member", "profile")}
        results = self.parent.source.server.run(details=True, **wanted)
        if len(results) != 1:
            raise CaseFailed(f"expected one result of {self.name}, found {len(results)}")
        self._tell(results[0])

    def _tell(self, result: serve.Json) -> None:
        self.user_properties.append(("answered_by", result["answered_by"]))
        if result["verdict"] == "unsupported":
            pytest.skip(result["message"])
        if result["verdict"] not in GOOD:
            detail = result["detail"] or f"{self.name}\n  {result['message']}"
            raise CaseFailed(f"{result['verdict'].upper()}  {detail}")

    def repr_failure(self, excinfo: typing.Any, style: typing.Any = None) -> typing.Any:
        if isinstance(excinfo.value, (CaseFailed, serve.ServeError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> typing.Tuple[str, typing.Optional[int], str]:
        return self.case["path"], None, self.name
