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
def server(program):
    with serve.Server(program) as running:
        yield running
