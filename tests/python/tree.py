# SPDX-License-Identifier: MIT
"""The files under vectors/, and the schemas that describe them."""

import functools
import json
import pathlib

import jsonschema
import referencing

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "vectors"
NO_VECTORS = {"schema", "profiles", "known", "recorded", "replay", "recipes", "stand-ins", "proxy"}


def load(path):
    return json.loads(path.read_text("utf-8"))


def vector_files():
    return sorted(path for path in VECTORS.glob("*/*.json") if path.parent.name not in NO_VECTORS)


@functools.lru_cache(maxsize=None)
def registry():
    """What a schema may refer to by its $id: another one."""
    schemas = map(load, (VECTORS / "schema").glob("*.json"))
    return referencing.Registry().with_resources(
        (schema["$id"], referencing.Resource.from_contents(schema))
        for schema in schemas if "$id" in schema)


@functools.lru_cache(maxsize=None)
def validator(name):
    schema = load(VECTORS / "schema" / f"{name}.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, registry=registry())
