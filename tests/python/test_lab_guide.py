# SPDX-License-Identifier: MIT
"""vectors/PROXY.md, followed literally."""

import os
import re
import subprocess

import pytest

import lab

GUIDE = lab.ROOT / "vectors" / "PROXY.md"
# Exit codes of what is not to end well: a proxy with a bug.
CODES = {"--bug": 1}
TIME_LIMIT = 600  # seconds; the set-up builds what is not built

pytestmark = [
    pytest.mark.skipif(lab.missing() is not None, reason=str(lab.missing())),
    pytest.mark.skipif(os.name == "nt", reason="written for a POSIX shell"),
]


def blocks(language):
    found = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.M | re.S)
    return [text for named, text in found if named == language]


def expected_code(script):
    return next((code for word, code in CODES.items() if word in script), 0)


def without_numbers(text):
    return re.sub(r"\d+", "0", text)


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """(script, exit code, output) of each block, one after the other, in one environment."""
    output, done, exports = tmp_path_factory.mktemp("guide") / "output.txt", [], ""
    for script in blocks("sh"):
        with open(output, "wb") as file:
            code = subprocess.run(["bash", "-e", "-c", exports + script], cwd=lab.ROOT, check=False,
                                  stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                  timeout=TIME_LIMIT).returncode
        exports += "".join(line + "\n" for line in script.splitlines() if line.startswith("export"))
        done.append((script, code, output.read_text("utf-8", "replace")))
    return done


def test_each_command_ends_as_the_page_says(followed):
    assert len(followed) == 6
    for script, code, output in followed:
        assert code == expected_code(script), f"{script}\n{output[-3000:]}"


def test_the_failure_on_the_page_is_the_one_that_is_printed(followed):
    shown, = blocks("")
    printed = next(output for script, _, output in followed if "--bug" in script)
    assert without_numbers(shown) in without_numbers(printed)


def test_the_readme_shows_the_same_failure():
    shown, = blocks("")
    assert shown in (lab.ROOT / "README.md").read_text("utf-8")
