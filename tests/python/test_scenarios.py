# SPDX-License-Identifier: MIT
"""Scenarios of wfpcheck proxy: the schema, the files, and the C reader beside them.

data/malformed-scenarios.json holds changes to a good scenario, each a defect, and the field that the
reader names: `structural` ones the schema finds too, `semantic` ones only the reader.
"""

import json
import pathlib
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from test_schema import COMPLAINT, change
from tree import VECTORS, load, validator

SHIPPED = sorted((VECTORS / "proxy").glob("*.json"))
GOOD = load(VECTORS / "proxy" / "plain.json")
MALFORMED = load(pathlib.Path(__file__).parent / "data" / "malformed-scenarios.json")
RECIPE = VECTORS.parent / "tests" / "proxies" / "recipe.json"


def named(part):
    return f"{part['field']}" if isinstance(part, dict) else getattr(part, "stem", part)


@pytest.fixture
def read(native, tmp_path):
    """What the reader says of a scenario; the program to be started is none, which comes later."""
    command = tmp_path / "no-program.exe"
    command.write_bytes(b"nothing")

    def run(document, name="plain"):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")
        done = subprocess.run(
            [native, "proxy", "--listen", "127.0.0.1:1", "--context", RECIPE, "--scenario", path,
             "--", command], capture_output=True, check=False, text=True, encoding="utf-8",
            timeout=60)
        assert done.returncode in (2, 3), "nothing can be executed here"
        return [line for line in done.stderr.splitlines()
                if "a Windows program" not in line and "nothing was executed" not in line]
    return run


def test_there_are_about_thirty_scenarios():
    assert len(SHIPPED) >= 28


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_shipped_scenario_is_good(path):
    validator("scenario").validate(load(path))


def test_the_reader_takes_what_is_shipped(read):
    for path in SHIPPED:
        assert read(load(path), path.stem) == []


def test_every_rule_has_a_scenario():
    """But those that depend on how a proxy is built: which calls it makes, and --second."""
    rules = {rule for path in SHIPPED for rule in load(path)["rules"]}
    built = {"PRX-35", "PRX-36"}
    assert rules | built == {f"PRX-{number:02}" for number in range(1, 41)}


@pytest.mark.parametrize("row", MALFORMED["structural"] + MALFORMED["semantic"], ids=named)
def test_reader_refuses(read, row):
    complaints = [COMPLAINT.fullmatch(line) for line in read({**GOOD, **row["change"]})]
    assert all(complaints)
    assert [found["field"] for found in complaints] == [row["field"]]


@pytest.mark.parametrize("row", MALFORMED["structural"], ids=named)
def test_schema_refuses(row):
    assert not validator("scenario").is_valid({**GOOD, **row["change"]})


@pytest.mark.parametrize("row", MALFORMED["semantic"], ids=named)
def test_schema_sees_structure_only(row):
    validator("scenario").validate({**GOOD, **row["change"]})


@st.composite
def documents(draw):
    document = load(draw(st.sampled_from(SHIPPED)))
    for _ in range(draw(st.integers(1, 2))):
        change(draw, document)
    return document


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents())
def test_reader_is_as_strict_as_the_schema(read, document):
    """It may say no to more, never to less."""
    identity = document.get("id") if isinstance(document, dict) else None
    refused = bool(read(document, identity if isinstance(identity, str) and
                        identity.isascii() and identity.isprintable() and
                        "/" not in identity and identity else "plain"))
    assert refused or validator("scenario").is_valid(document)
