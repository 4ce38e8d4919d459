# SPDX-License-Identifier: MIT
"""One page of HTML from what `run` and `proxy` write with --format jsonl.

`python -m wfpcheck.report RUN.jsonl... --output PAGE.html`. It shows and compares; it never judges.
"""
