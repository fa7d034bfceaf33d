// SPDX-License-Identifier: GPL-2.0-only
/* wait_without_rescan.cocci: what it must report, and what it must not. */

static void drop_and_sleep(struct file_info *fi, bool *did_unlock)
{
	*did_unlock = true;
	up_write(&fi->sem);
	schedule();
	down_write(&fi->sem);
}

int break_busy(struct file_info *fi)
{
	struct page *page;
	bool retry;
	int error;

	do {
		retry = false;
		page = busy_page(fi);
		if (!page)
			return 0;
		error = ___wait_var_event(&page->count, /* expect */
				page_is_idle(page), TASK_INTERRUPTIBLE, 0, 0,
				drop_and_sleep(fi, &retry));
	} while (error == 0 && retry);
	return error;
}

int break_busy_again(struct file_info *fi)
{
	struct page *page;
	bool retry;
	int error;

	do {
		retry = false;
		page = busy_page(fi);
		if (!page)
			return 0;
		retry = true;
		error = ___wait_var_event(&page->count,
				page_is_idle(page), TASK_INTERRUPTIBLE, 0, 0,
				drop_and_sleep(fi, &retry));
	} while (error == 0 && retry);
	return error;
}

static int break_one(struct file_info *fi, bool *did_unlock)
{
	struct page *page = busy_page(fi);

	if (!page)
		return 0;
	return ___wait_var_event(&page->count, page_is_idle(page), /* expect */
			TASK_INTERRUPTIBLE, 0, 0,
			drop_and_sleep(fi, did_unlock));
}

void wait_for_stop(void)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule(); /* expect */
	}
}

void wait_for_stop_right(void)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/* Whoever wakes takes the lock. */
void wait_locked(struct log *log)
{
	DEFINE_WAIT(wait);

	spin_lock(&log->lock);
	while (!list_empty(&log->items)) {
		prepare_to_wait(&log->empty, &wait, TASK_UNINTERRUPTIBLE);
		spin_unlock(&log->lock);
		schedule();
		spin_lock(&log->lock);
	}
	spin_unlock(&log->lock);
}
