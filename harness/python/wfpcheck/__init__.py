# SPDX-License-Identifier: MIT
"""Drives the wfpcheck program from Python.

The program reads the vectors and judges them; this package finds it, talks to `wfpcheck serve`
(wfpcheck.serve) and shows what it said as pytest items (wfpcheck.plugin).
"""

__version__ = "0.1.0"
