/* SPDX-License-Identifier: MIT */

/*
 * What wfpcheck-launch says on its standard error. That is its own (under Wine also Wine's): what
 * the program prints, to either of its outputs, goes to the launcher's standard output. A launcher
 * that begins, and ends without one of the other two, was ended itself, and nobody knows how the
 * program fared.
 */

#ifndef HARNESS_LAB_WIRE_LAUNCH_WORDS_H
#define HARNESS_LAB_WIRE_LAUNCH_WORDS_H

/* A line: Wine, where there is one, has started it. */
#define LAUNCH_BEGINS "wfpcheck-launch: begins"
/* A line. Behind it stands the program's exit code, all 32 bits, in eight hexadecimal digits. */
#define LAUNCH_ENDED "wfpcheck-launch: ended: 0x"
/* A line. Behind it stands why the program was never run. */
#define LAUNCH_ERROR "wfpcheck-launch: error: "

#endif
