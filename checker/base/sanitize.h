/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this a build with AddressSanitizer? gcc and clang say it differently. */
#ifndef PINCHECK_BASE_SANITIZE_H
#define PINCHECK_BASE_SANITIZE_H

#ifdef __SANITIZE_ADDRESS__
#define PINCHECK_ASAN 1
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define PINCHECK_ASAN 1
#endif
#endif

/* For code of a library's macros that UBSan objects to. */
#ifdef __clang__
#define NO_POINTER_OVERFLOW_CHECK __attribute__((no_sanitize("pointer-overflow")))
#else
#define NO_POINTER_OVERFLOW_CHECK
#endif

#endif
