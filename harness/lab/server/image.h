/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_SERVER_IMAGE_H
#define HARNESS_LAB_SERVER_IMAGE_H

enum image_kind {
    IMAGE_ABSENT, /* there is no such file, or it cannot be read */
    IMAGE_OTHER,  /* no Windows program, or one of another machine */
    IMAGE_X64,
    IMAGE_X86,
    IMAGE_ASSEMBLY /* of .NET, for x86 or for any machine: it has no code of its own */
};

/* For which machine a program is, by the header of its file. */
enum image_kind image_kind_of(const char *path);

#endif
