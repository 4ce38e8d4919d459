# SPDX-License-Identifier: MIT
"""Puts the programs of tests/proxies under test with `wfpcheck proxy`."""

import dataclasses
import json
import os
import pathlib
import shutil
import socket
import subprocess
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROXIES = ROOT / "tests" / "proxies"
RECIPE = PROXIES / "recipe.json"
BUILT = pathlib.Path(os.environ.get("WFPCHECK_MINGW", ROOT / "build" / "mingw"))
STARTED_BY = () if os.name == "nt" else ("wine",)
TIME_LIMIT = 120  # seconds, of one run of the lab


def missing():
    """Why no proxy can be put under test here, or None."""
    if not (BUILT / "wfpcheck-shim.dll").exists():
        return f"the mingw preset is not built: no {BUILT / 'wfpcheck-shim.dll'}"
    if os.name != "nt" and (shutil.which("wine") is None or "WINEPREFIX" not in os.environ):
        return "no Wine, or no WINEPREFIX: the user's own is left alone"
    return None


def built(name):
    return BUILT / "tests" / "proxies" / f"{name}.exe"


def free_address(host="[::]"):
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::", 0))
        return f"{host}:{taken.getsockname()[1]}"


@dataclasses.dataclass(frozen=True)
class Run:
    code: int
    output: str  # standard output and error
    cases: typing.Tuple[dict, ...]
    totals: dict

    def rules(self, verdict):
        return {case["topic"] for case in self.cases if case["verdict"] == verdict}

    def scenarios(self, rule, verdict="fail"):
        return {case.get("vector") for case in self.cases
                if (case["topic"], case["verdict"]) == (rule, verdict)}


def read(path):
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    cases = tuple(line for line in lines if line["type"] == "case")
    return cases, next((line for line in lines if line["type"] == "totals"), {})


def words(wfpcheck, command, folder, *options, udp=True, listen=None):
    """The command line of a run that reports to a file in `folder`; the listening options are
    given to the lab and to the proxy alike."""
    listen = listen or free_address()
    where = ["--listen", listen, *(["--udp", listen] if udp else [])]
    return [wfpcheck, "proxy", *where, "--context", RECIPE, "--shim", BUILT, "--format", "jsonl",
            "--output", folder / "report.jsonl", *options, "--", *command, *where]


def run(wfpcheck, command, folder, *options, **more):
    # A file, not a pipe: Wine's own services hold what they inherit for ever.
    with open(folder / "output.txt", "w+b") as output:
        done = subprocess.run(words(wfpcheck, command, folder, *options, **more), check=False,
                              stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                              timeout=TIME_LIMIT)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    report = folder / "report.jsonl"
    cases, totals = read(report) if report.exists() else ((), {})
    return Run(done.returncode, text, cases, totals)
