# SPDX-License-Identifier: MIT
"""python -m wfpcheck.report RUN.jsonl... --output PAGE.html

Exit codes: 0 the page is written; 2 wrong usage, or a file that is no report; 3 the page could not
be written, or Jinja2 is missing.
"""

import argparse
import os
import sys
import typing

from wfpcheck.report import compare, read


def _arguments(words: typing.Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m wfpcheck.report",
        description="One page of HTML from what `wfpcheck run` and `wfpcheck proxy` write with "
                    "--format jsonl. Of several runs it shows where they differ.")
    parser.add_argument("runs", nargs="+", metavar="RUN.jsonl")
    parser.add_argument("--output", "-o", metavar="PAGE.html", default="report.html",
                        help="where the page goes (default: %(default)s)")
    return parser.parse_args(words)


def _page(reports: typing.Sequence[read.Report]) -> str:
    import jinja2  # an extra: who only reads --help needs none

    environment = jinja2.Environment(loader=jinja2.PackageLoader("wfpcheck.report", ""),
                                     autoescape=True, trim_blocks=True, lstrip_blocks=True,
                                     undefined=jinja2.StrictUndefined)
    functions = {name: getattr(compare, name) for name in
                 ("answerers", "counts", "failures", "lacking", "says_nothing_of_windows",
                  "topics", "unsupported")}
    return environment.get_template("page.html").render(
        reports=reports, differing=compare.differences(reports),
        title=", ".join(dict.fromkeys(report.head.target for report in reports)), **functions)


def _write(path: str, text: str) -> None:
    """Whole or not at all."""
    part = f"{path}.part"
    with open(part, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(part, path)


def _told(path: str, reports: typing.Iterable[read.Report]) -> str:
    counted = compare.counts(case for report in reports for case in report.cases)
    return f"{path}: " + " · ".join(f"{number} {name}" for name, number in counted.items())


def main(words: typing.Sequence[str]) -> int:
    """Writes the page; gives the exit code."""
    arguments = _arguments(words)
    try:
        reports = [read.read(path) for path in arguments.runs]
        _write(arguments.output, _page(reports))
    except read.Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    except ImportError:
        print("wfpcheck.report: expected Jinja2, found none: pip install 'wfpcheck[report]'",
              file=sys.stderr)
        return 3
    except OSError as error:
        print(f"{arguments.output}: expected a file that can be written, found: {error.strerror}",
              file=sys.stderr)
        return 3
    print(_told(arguments.output, reports))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
