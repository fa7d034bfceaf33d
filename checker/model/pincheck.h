/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Annotations for struct members that pincheck understands. Nothing of them
 * reaches a compiler: they mean something only while pincheck, which defines
 * __PINCHECK__, reads the source. Copy this file into your tree, or include
 * it from share/pincheck/include.
 *
 * __pinned_by(get, put): the member is a flag that owns one reference. The
 *	function get() sets it and takes the reference, put() clears it and
 *	drops the reference; nobody else writes it.
 *
 * __guarded_by(lock): the member is written only under lock, a member of the
 *	same struct. "&lock" means the same.
 *
 * They stand behind the member, also behind the width of a bit-field:
 *
 *	struct osc_page {
 *		struct cl_page_slice	ops_cl;
 *		spinlock_t		ops_lock;
 *		unsigned int		ops_state __guarded_by(ops_lock);
 *		unsigned int		ops_transfer_pinned:1
 *			__pinned_by(osc_page_transfer_get,
 *				    osc_page_transfer_put);
 *	};
 *
 * A flag that is one bit of a word that it shares with others cannot be
 * annotated: declare it in a .pincheck file.
 */
#ifndef PINCHECK_H
#define PINCHECK_H

#ifdef __PINCHECK__
/* Newer kernels have a __guarded_by of their own, for another checker. */
# undef __guarded_by
# define __guarded_by(lock) \
	__attribute__((annotate("pincheck:guarded_by(" #lock ")")))
# define __pinned_by(get, put) \
	__attribute__((annotate("pincheck:pinned_by(" #get "," #put ")")))
#else
# ifndef __guarded_by
#  define __guarded_by(lock)
# endif
# define __pinned_by(get, put)
#endif

#endif
