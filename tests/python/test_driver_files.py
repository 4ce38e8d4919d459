# SPDX-License-Identifier: MIT
"""Recipes and stand-ins: their schemas, the files that they describe, and the C reader beside them.

data/malformed-drivers.json holds small documents with one defect each, and the field that the
reader names: `structural` ones the schema finds too, `semantic` ones only the reader.
"""

import json
import pathlib
import re
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from test_schema import COMPLAINT, change
from tree import VECTORS, load, validator

FOLDERS = {"recipe": "recipes", "stand-in": "stand-ins"}
SHIPPED = [(kind, path) for kind, folder in FOLDERS.items()
           for path in sorted((VECTORS / folder).glob("*.json"))]
MALFORMED = load(pathlib.Path(__file__).parent / "data" / "malformed-drivers.json")
RECIPE = SHIPPED[0][1]


def story(part):
    return part["document"].get("story") if isinstance(part, dict) else getattr(part, "stem", part)


def explain(native, kind, path):
    recipe, more = (path, []) if kind == "recipe" else (RECIPE, ["--stand-in", path])
    return subprocess.run([native, "proxy", "--context", recipe, *more, "--explain-context"],
                          capture_output=True, check=False, text=True, encoding="utf-8",
                          timeout=60)


def write(folder, document):
    path = folder / "document.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path


def test_shipped_files_are_several():
    kinds = [kind for kind, _ in SHIPPED]
    assert kinds.count("recipe") >= 6 and kinds.count("stand-in") >= 2


@pytest.mark.parametrize("kind, path", SHIPPED, ids=story)
def test_shipped_file_is_good(native, kind, path):
    validator(kind).validate(load(path))
    done = explain(native, kind, path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("sort", ["structural", "semantic"])
@pytest.mark.parametrize("kind", FOLDERS)
def test_malformed_documents_are_several(sort, kind):
    assert sum(row["kind"] == kind for row in MALFORMED[sort]) >= 6


@pytest.mark.parametrize("row", MALFORMED["structural"] + MALFORMED["semantic"], ids=story)
def test_reader_refuses(native, tmp_path, row):
    path = write(tmp_path, row["document"])
    done = explain(native, row["kind"], path)
    complaints = [COMPLAINT.fullmatch(line) for line in done.stderr.splitlines()]
    assert done.returncode == 2
    assert all(complaints), done.stderr
    assert [found["field"] for found in complaints] == [row["field"]]
    assert pathlib.Path(complaints[0]["file"]) == path


@pytest.mark.parametrize("row", MALFORMED["structural"], ids=story)
def test_schema_refuses(row):
    assert not validator(row["kind"]).is_valid(row["document"])


@pytest.mark.parametrize("row", MALFORMED["semantic"], ids=story)
def test_schema_sees_structure_only(row):
    """Else the document belongs to the structural ones."""
    validator(row["kind"]).validate(row["document"])


@st.composite
def documents(draw):
    kind, path = draw(st.sampled_from(SHIPPED))
    document = load(path)
    for _ in range(draw(st.integers(1, 2))):
        change(draw, document)
    return kind, document


@settings(max_examples=200, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))
@given(documents())
def test_reader_accepts_nothing_that_the_schema_refuses(native, tmp_path_factory, changed):
    kind, document = changed
    done = explain(native, kind, write(tmp_path_factory.getbasetemp(), document))
    if done.returncode != 0:
        assert done.returncode == 2
        assert re.fullmatch(r"(.+json:\d+: .+: expected .+, found .+\n)+", done.stderr)
    else:
        assert validator(kind).is_valid(document), document


def test_explanation_adds_up(native):
    """The rows of each family are the whole, in order, without a hole."""
    for kind, path in SHIPPED:
        if kind == "recipe":
            for part in explain(native, kind, path).stdout.split("\n\n")[1:]:
                whole = int(re.match(r"IPv[46]: (\d+) bytes", part)[1])
                end = 0
                for offset, size in re.findall(r"^ +(\d+) +(\d+)  \S", part, re.MULTILINE):
                    assert int(offset) == end
                    end += int(size)
                assert end == whole


def test_what_the_guide_shows_is_good(native, tmp_path):
    guide = (VECTORS / "recipes" / "README.md").read_text("utf-8")
    recipe, stand_in = map(json.loads, re.findall(r"^```json\n(.+?)^```$", guide, re.M | re.S))
    for kind, document in ("recipe", recipe), ("stand-in", stand_in):
        validator(kind).validate(document)
        assert explain(native, kind, write(tmp_path, document)).returncode == 0
    offsets = re.findall(r"^ +(\d+) +\d+  \w+ +(\w+) ",
                         explain(native, "recipe", write(tmp_path, recipe)).stdout, re.M)
    assert offsets[:6] == [("0", "family"), ("2", "protocol"), ("4", "port"), ("8", "address4"),
                           ("12", "address6"), ("28", "process")]
