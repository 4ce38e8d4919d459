# SPDX-License-Identifier: MIT
"""The JSON schemas, the files that they describe, and the C reader beside them.

data/malformed holds small vectors with one defect each: `structural` ones the schema finds too,
`semantic` ones only the reader, `text` ones are no JSON for it. malformed-places.json says where.
"""

import json
import pathlib
import re
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tree import VECTORS, load, validator, vector_files

DATA = pathlib.Path(__file__).parent / "data"
MALFORMED = DATA / "malformed"
PLACES = json.loads((DATA / "malformed-places.json").read_text("utf-8"))
COMPLAINT = re.compile(r"(?P<file>.*\.json):(?P<line>[1-9][0-9]*): (?P<field>\S+): "
                       r"expected .+, found .+")


VECTOR_SCHEMA = validator("vector")


def by_name(path):
    return path.stem


def run(native, *arguments):
    return subprocess.run([native, *map(str, arguments)], capture_output=True, check=False,
                          text=True, encoding="utf-8", timeout=60)


# What is shipped.


def shipped():
    for path in vector_files():
        yield "vector", path
    for path in sorted((VECTORS / "profiles").glob("*.json")):
        yield "keys" if path.stem == "keys" else "profile", path
    for path in sorted((VECTORS / "known").glob("*.json")):
        yield "known", path
    yield "clauses", VECTORS / "clauses.json"


@pytest.mark.parametrize("schema, path", list(shipped()),
                         ids=lambda part: getattr(part, "stem", part))
def test_shipped_file_fits_its_schema(schema, path):
    errors = [f"{error.json_path}: {error.message}"
              for error in validator(schema).iter_errors(load(path))]
    assert not errors


def test_shipped_files_are_many():
    assert len(vector_files()) > 200


# What is broken on purpose.


def malformed(kind):
    return sorted((MALFORMED / kind).glob("*.json"))


EVERY_MALFORMED = [path for kind in ("structural", "semantic", "text") for path in malformed(kind)]


@pytest.mark.parametrize("path", EVERY_MALFORMED, ids=by_name)
def test_reader_refuses(native, path):
    done = run(native, "lint", path)
    complaints = [COMPLAINT.fullmatch(line) for line in done.stderr.splitlines()]
    assert done.returncode == 2
    assert complaints and all(complaints), done.stderr
    assert {pathlib.Path(found["file"]) for found in complaints} == {path}
    assert [f"{found['line']} {found['field']}" for found in complaints] == PLACES[path.stem]


@pytest.mark.parametrize("path", malformed("structural"), ids=by_name)
def test_schema_refuses(path):
    assert not VECTOR_SCHEMA.is_valid(load(path))


@pytest.mark.parametrize("path", malformed("semantic"), ids=by_name)
def test_schema_sees_structure_only(path):
    """Else the file belongs to the structural ones."""
    VECTOR_SCHEMA.validate(load(path))


@pytest.mark.parametrize("path", malformed("good"), ids=by_name)
def test_good_file_is_accepted(native, path):
    VECTOR_SCHEMA.validate(load(path))
    done = run(native, "lint", path)
    assert (done.returncode, done.stderr) == (0, "")


def test_malformed_files_are_many():
    assert len(EVERY_MALFORMED) >= 60
    assert sorted(PLACES) == sorted(path.stem for path in EVERY_MALFORMED)


def test_good_files_among_the_bad_still_run(native):
    done = run(native, "run", MALFORMED, "--format", "jsonl")
    ran = {json.loads(line).get("vector") for line in done.stdout.splitlines()}
    assert done.returncode == 2
    assert {path.stem for path in malformed("good")} <= ran


# Schema and reader, over documents that nobody thought of.


WORDS = ["", "N", "N-1", "N+0", "OK/N", "OK", "died", "pass", "self", "invalid", "proxy", "heap",
         "unmapped", "QUERY_RECORDS", "0x980000DC", "QRY-05", "UNK-06", "WSAEINVAL/0", "any", "do",
         "ioctl", "close", "result", "on", "as", "of", "size", "expect", "sweep", "ä\u2028",
         "a" * 65]
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 70000), st.sampled_from(WORDS),
                    st.just(0.5), st.just([]), st.just({}))


def places(value, way=()):
    """The way to everything inside."""
    yield way
    inside = value.items() if isinstance(value, dict) else (
        enumerate(value) if isinstance(value, list) else ())
    for name, child in inside:
        yield from places(child, (*way, name))


def put(value, way, new):
    for part in way[:-1]:
        value = value[part]
    value[way[-1]] = new


def change(draw, document):
    """One change somewhere: another value, one member or item less, one more, or one twice."""
    way = draw(st.sampled_from([way for way in places(document) if way]))
    holder = document
    for part in way[:-1]:
        holder = holder[part]
    kind = draw(st.sampled_from(["other", "less", "more", "twice"]))
    if kind == "other":
        put(document, way, draw(SCALARS))
    elif kind == "less":
        del holder[way[-1]]
    elif kind == "more" and isinstance(holder, dict):
        holder[draw(st.sampled_from(WORDS))] = draw(SCALARS)
    elif isinstance(holder, list):
        holder.insert(way[-1], holder[way[-1]] if kind == "twice" else draw(SCALARS))


@st.composite
def documents(draw):
    document = load(draw(st.sampled_from(vector_files())))
    for _ in range(draw(st.integers(1, 2))):
        change(draw, document)
    return document


@settings(max_examples=500, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))
@given(documents())
def test_reader_accepts_nothing_that_the_schema_refuses(server, document):
    response = next(server.ask_all([{"do": "play", "document": document}]))
    if "error" in response:
        assert re.fullmatch(r"request: .+: expected .+, found .*", response["error"], re.DOTALL)
    else:
        assert VECTOR_SCHEMA.is_valid(document)
