# SPDX-License-Identifier: MIT
"""Where the tests find the program: $WFPCHECK_PROGRAM, else as wfpcheck.serve does."""

import os

import pytest

from wfpcheck import serve

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def program():
    return serve.find_program(os.environ.get("WFPCHECK_PROGRAM"))


@pytest.fixture(scope="session")
def native(program):
    """The program, for tests that look at its standard error and its signals."""
    if serve.find_prefix():
        pytest.skip("what starts the program has words and signals of its own")
    return program


@pytest.fixture(scope="session")
def server(program):
    with serve.Server(program) as running:
        yield running
