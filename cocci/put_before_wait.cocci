// SPDX-License-Identifier: GPL-2.0-only
/// A reference is dropped, and afterwards the object is waited for or looked
/// into: nobody promises that it is still there.
///
//# False where somebody else's reference outlives the function: a list that
//# the object is on, the caller, a second reference to another part of it.
//# A put that balances a get of the same function is left out, and so is a
//# use that not every way from the put leads to, and a put that another put
//# of the same object follows. Puts made by helpers, and objects that are
//# only handed to other functions, are not looked at.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual report
virtual context
virtual org
virtual patch

// What this function took itself: somebody else has another.

@own exists@
//%once
//%|identifier get = {${fn GET 0}, ${fn TRYGET 0}};
//%|identifier put = {${only PUT 0}};
identifier get = {__key_get, __module_get, acpi_dev_get, bdi_get, bio_get,
		bpf_map_inc, bpf_map_inc_with_uref, bpf_prog_inc, btf_get,
		cgroup_get, cl_object_get, cl_page_get, class_export_get,
		class_import_get, class_incref, css_get, css_get_many, dev_hold,
		dev_hold_track, dget, dget_dlock, dma_fence_get,
		drm_connector_get, drm_dev_get, drm_framebuffer_get,
		drm_gem_object_get, drm_mode_object_get, drm_property_blob_get,
		drm_syncobj_get, dst_clone, dst_hold, fib6_info_hold,
		fib_info_hold, folio_get, folio_ref_inc, fsnotify_get_mark,
		fwnode_handle_get, get_anon_vma, get_bh, get_cgroup_ns,
		get_cred, get_device, get_dma_buf, get_file, get_filesystem,
		get_group_info, get_io_context, get_ipc_ns, get_mnt_ns, get_net,
		get_net_track, get_new_cred, get_nsproxy, get_page, get_pid,
		get_pid_ns, get_rpccred, get_task_struct, get_time_ns, get_uid,
		get_user_ns, get_uts_ns, ihold, in6_dev_hold, in6_ifa_hold,
		in_dev_hold, input_get_device, kernfs_get, key_get, kobject_get,
		kset_get, ldlm_lock_get, ldlm_resource_getref, lu_object_get,
		lwtstate_get, mmget, mmgrab, mntget, mpol_get, neigh_clone,
		neigh_hold, netdev_hold, nf_conntrack_get, of_node_get,
		p9_fid_get, page_ref_inc, pci_dev_get, posix_acl_dup,
		ptlrpc_connection_addref, ptlrpc_request_addref,
		qdisc_refcount_inc, skb_get, sock_hold, svc_xprt_get,
		ttm_bo_get, tty_driver_kref_get, tty_kref_get, tty_lock,
		tty_port_get, usb_anchor_urb, usb_get_dev, usb_get_intf,
		usb_get_urb, wb_get, xfrm_pol_hold, xfrm_state_hold, blk_get_queue,
		cgroup_tryget, css_tryget, css_tryget_online, dma_fence_get_rcu,
		dst_hold_safe, fib6_info_hold_safe, folio_ref_add_unless,
		folio_try_get, folio_try_get_rcu, get_cred_rcu, get_file_rcu,
		get_page_unless_zero, get_ucounts, igrab, in6_ifa_hold_safe,
		kobject_get_unless_zero, maybe_get_net, mem_cgroup_tryget,
		mmget_not_zero, nexthop_get, p9_req_try_get,
		page_cache_get_speculative, page_ref_add_unless, scsi_host_get,
		try_get_page, try_grab_page, try_module_get,
		ttm_bo_get_unless_zero, wb_tryget, xfrm_pol_hold_rcu,
		xfrm_state_hold_rcu, xprt_get};
identifier put = {__bforget, __brelse, __dev_kfree_skb_any, __dev_kfree_skb_irq,
		__dev_put, __fput_sync, __free_pages, __in6_dev_put, __mpol_put,
		__sock_put, __xfrm_state_put, abort_creds, acpi_dev_put,
		bdi_put, bforget, bio_put, blk_mq_free_request, blk_put_queue,
		blkdev_put, blkdev_put_no_open, bpf_link_put, bpf_map_put,
		bpf_map_put_with_uref, bpf_prog_put, brelse, btf_put,
		cgroup_put, class_decref, class_export_put, class_import_put,
		consume_skb, css_put, css_put_many, deactivate_locked_super,
		deactivate_super, dev_consume_skb_any, dev_consume_skb_irq,
		dev_kfree_skb_any, dev_kfree_skb_any_reason, dev_kfree_skb_irq,
		dev_kfree_skb_irq_reason, dev_put, dev_put_track,
		discard_new_inode, dma_buf_put, dma_fence_put, dput,
		drm_connector_put, drm_dev_put, drm_framebuffer_put,
		drm_gem_object_put, drm_gem_vm_close, drm_mode_object_put,
		drm_property_blob_put, drm_syncobj_put, drop_super, dst_release,
		dst_release_immediate, eventfd_ctx_put, fib6_info_release,
		fib_info_put, filp_close, folio_put, folio_put_refs, fput,
		fput_many, free_netdev, free_uid, fsnotify_put_group,
		fsnotify_put_mark, fwnode_handle_put, i2c_put_adapter,
		iget_failed, in6_dev_put, in6_ifa_put, in_dev_put,
		inet_frag_put, inet_twsk_put, input_free_device,
		input_put_device, iommu_group_put, ip_rt_put, iput,
		kern_unmount, kernfs_put, key_put, kfree_skb, kfree_skb_partial,
		kfree_skb_reason, kobject_put, kset_put, ldlm_lock_put,
		ldlm_resource_putref, lwtstate_put, mem_cgroup_put, mmdrop,
		mmput, mmput_async, mntput, module_put, mpol_put,
		napi_consume_skb, neigh_release, netdev_put, nexthop_put,
		nf_conntrack_put, nf_ct_expect_put, nf_ct_put, of_node_put,
		p9_fid_put, pci_dev_put, platform_device_put, posix_acl_release,
		power_supply_put, ptlrpc_connection_put, ptlrpc_req_finished,
		ptlrpc_req_put, put_anon_vma, put_bh, put_cgroup_ns, put_cred,
		put_device, put_disk, put_filesystem, put_io_context,
		put_ipc_ns, put_mnt_ns, put_net, put_net_track, put_nsproxy,
		put_page, put_pid, put_pid_ns, put_rpccred, put_task_struct,
		put_task_struct_rcu_user, put_time_ns, put_ucounts, put_user_ns,
		put_user_page, put_uts_ns, qdisc_put, qdisc_put_unlocked,
		reqsk_put, rpc_put_task, rpc_put_task_async, rpc_release_client,
		rpc_shutdown_client, scsi_host_put, sk_common_release, sk_free,
		sock_gen_put, sock_put, sockfd_put, svc_xprt_put, sysfs_put,
		ttm_bo_put, tty_driver_kref_put, tty_kref_put, tty_ldisc_deref,
		tty_port_put, unpin_user_page, usb_free_urb, usb_put_dev,
		usb_put_intf, wb_put, xfrm_pol_put, xfrm_state_put, xprt_put};
//%done
expression X, E;
position p;
@@

get(X, ...)
... when != X = E
put@p(X, ...);

@kref_own exists@
identifier get = {kref_get, kref_get_unless_zero};
identifier k;
expression X, E;
position p;
@@

get(&X->k)
... when != X = E
kref_put@p(&X->k, ...);

// The use is part of another put: there were two.

@again@
//%once
//%|identifier put = {kref_put, ${only PUT 0}};
identifier put = {kref_put, __bforget, __brelse, __dev_kfree_skb_any,
		__dev_kfree_skb_irq, __dev_put, __fput_sync, __free_pages,
		__in6_dev_put, __mpol_put, __sock_put, __xfrm_state_put,
		abort_creds, acpi_dev_put, bdi_put, bforget, bio_put,
		blk_mq_free_request, blk_put_queue, blkdev_put,
		blkdev_put_no_open, bpf_link_put, bpf_map_put,
		bpf_map_put_with_uref, bpf_prog_put, brelse, btf_put,
		cgroup_put, class_decref, class_export_put, class_import_put,
		consume_skb, css_put, css_put_many, deactivate_locked_super,
		deactivate_super, dev_consume_skb_any, dev_consume_skb_irq,
		dev_kfree_skb_any, dev_kfree_skb_any_reason, dev_kfree_skb_irq,
		dev_kfree_skb_irq_reason, dev_put, dev_put_track,
		discard_new_inode, dma_buf_put, dma_fence_put, dput,
		drm_connector_put, drm_dev_put, drm_framebuffer_put,
		drm_gem_object_put, drm_gem_vm_close, drm_mode_object_put,
		drm_property_blob_put, drm_syncobj_put, drop_super, dst_release,
		dst_release_immediate, eventfd_ctx_put, fib6_info_release,
		fib_info_put, filp_close, folio_put, folio_put_refs, fput,
		fput_many, free_netdev, free_uid, fsnotify_put_group,
		fsnotify_put_mark, fwnode_handle_put, i2c_put_adapter,
		iget_failed, in6_dev_put, in6_ifa_put, in_dev_put,
		inet_frag_put, inet_twsk_put, input_free_device,
		input_put_device, iommu_group_put, ip_rt_put, iput,
		kern_unmount, kernfs_put, key_put, kfree_skb, kfree_skb_partial,
		kfree_skb_reason, kobject_put, kset_put, ldlm_lock_put,
		ldlm_resource_putref, lwtstate_put, mem_cgroup_put, mmdrop,
		mmput, mmput_async, mntput, module_put, mpol_put,
		napi_consume_skb, neigh_release, netdev_put, nexthop_put,
		nf_conntrack_put, nf_ct_expect_put, nf_ct_put, of_node_put,
		p9_fid_put, pci_dev_put, platform_device_put, posix_acl_release,
		power_supply_put, ptlrpc_connection_put, ptlrpc_req_finished,
		ptlrpc_req_put, put_anon_vma, put_bh, put_cgroup_ns, put_cred,
		put_device, put_disk, put_filesystem, put_io_context,
		put_ipc_ns, put_mnt_ns, put_net, put_net_track, put_nsproxy,
		put_page, put_pid, put_pid_ns, put_rpccred, put_task_struct,
		put_task_struct_rcu_user, put_time_ns, put_ucounts, put_user_ns,
		put_user_page, put_uts_ns, qdisc_put, qdisc_put_unlocked,
		reqsk_put, rpc_put_task, rpc_put_task_async, rpc_release_client,
		rpc_shutdown_client, scsi_host_put, sk_common_release, sk_free,
		sock_gen_put, sock_put, sockfd_put, svc_xprt_put, sysfs_put,
		ttm_bo_put, tty_driver_kref_put, tty_kref_put, tty_ldisc_deref,
		tty_port_put, unpin_user_page, usb_free_urb, usb_put_dev,
		usb_put_intf, wb_put, xfrm_pol_put, xfrm_state_put, xprt_put};
//%done
identifier m, k;
expression X;
position q;
@@

put(\(&X->m@q\|&X->m@q.k\), ...)

@use forall@
//%once
//%|identifier put = {${only PUT 0}};
identifier put = {__bforget, __brelse, __dev_kfree_skb_any, __dev_kfree_skb_irq,
		__dev_put, __fput_sync, __free_pages, __in6_dev_put, __mpol_put,
		__sock_put, __xfrm_state_put, abort_creds, acpi_dev_put,
		bdi_put, bforget, bio_put, blk_mq_free_request, blk_put_queue,
		blkdev_put, blkdev_put_no_open, bpf_link_put, bpf_map_put,
		bpf_map_put_with_uref, bpf_prog_put, brelse, btf_put,
		cgroup_put, class_decref, class_export_put, class_import_put,
		consume_skb, css_put, css_put_many, deactivate_locked_super,
		deactivate_super, dev_consume_skb_any, dev_consume_skb_irq,
		dev_kfree_skb_any, dev_kfree_skb_any_reason, dev_kfree_skb_irq,
		dev_kfree_skb_irq_reason, dev_put, dev_put_track,
		discard_new_inode, dma_buf_put, dma_fence_put, dput,
		drm_connector_put, drm_dev_put, drm_framebuffer_put,
		drm_gem_object_put, drm_gem_vm_close, drm_mode_object_put,
		drm_property_blob_put, drm_syncobj_put, drop_super, dst_release,
		dst_release_immediate, eventfd_ctx_put, fib6_info_release,
		fib_info_put, filp_close, folio_put, folio_put_refs, fput,
		fput_many, free_netdev, free_uid, fsnotify_put_group,
		fsnotify_put_mark, fwnode_handle_put, i2c_put_adapter,
		iget_failed, in6_dev_put, in6_ifa_put, in_dev_put,
		inet_frag_put, inet_twsk_put, input_free_device,
		input_put_device, iommu_group_put, ip_rt_put, iput,
		kern_unmount, kernfs_put, key_put, kfree_skb, kfree_skb_partial,
		kfree_skb_reason, kobject_put, kset_put, ldlm_lock_put,
		ldlm_resource_putref, lwtstate_put, mem_cgroup_put, mmdrop,
		mmput, mmput_async, mntput, module_put, mpol_put,
		napi_consume_skb, neigh_release, netdev_put, nexthop_put,
		nf_conntrack_put, nf_ct_expect_put, nf_ct_put, of_node_put,
		p9_fid_put, pci_dev_put, platform_device_put, posix_acl_release,
		power_supply_put, ptlrpc_connection_put, ptlrpc_req_finished,
		ptlrpc_req_put, put_anon_vma, put_bh, put_cgroup_ns, put_cred,
		put_device, put_disk, put_filesystem, put_io_context,
		put_ipc_ns, put_mnt_ns, put_net, put_net_track, put_nsproxy,
		put_page, put_pid, put_pid_ns, put_rpccred, put_task_struct,
		put_task_struct_rcu_user, put_time_ns, put_ucounts, put_user_ns,
		put_user_page, put_uts_ns, qdisc_put, qdisc_put_unlocked,
		reqsk_put, rpc_put_task, rpc_put_task_async, rpc_release_client,
		rpc_shutdown_client, scsi_host_put, sk_common_release, sk_free,
		sock_gen_put, sock_put, sockfd_put, svc_xprt_put, sysfs_put,
		ttm_bo_put, tty_driver_kref_put, tty_kref_put, tty_ldisc_deref,
		tty_port_put, unpin_user_page, usb_free_urb, usb_put_dev,
		usb_put_intf, wb_put, xfrm_pol_put, xfrm_state_put, xprt_put};
//%done
local idexpression X;
expression E;
identifier m;
position p != own.p, q != again.q;
@@

put@p(X, ...);
... when != X = E
    when != &X
X->m@q

@kref forall@
local idexpression X;
expression E;
identifier m, k;
position p != kref_own.p, q != again.q;
@@

kref_put@p(&X->k, ...);
... when != X = E
    when != &X
X->m@q

@awaited forall@
//%once
//%|identifier put = {${only PUT 0}};
//%|identifier wait = {${only WAIT 0}, ${only FLAG_WAIT 0}};
identifier put = {__bforget, __brelse, __dev_kfree_skb_any, __dev_kfree_skb_irq,
		__dev_put, __fput_sync, __free_pages, __in6_dev_put, __mpol_put,
		__sock_put, __xfrm_state_put, abort_creds, acpi_dev_put,
		bdi_put, bforget, bio_put, blk_mq_free_request, blk_put_queue,
		blkdev_put, blkdev_put_no_open, bpf_link_put, bpf_map_put,
		bpf_map_put_with_uref, bpf_prog_put, brelse, btf_put,
		cgroup_put, class_decref, class_export_put, class_import_put,
		consume_skb, css_put, css_put_many, deactivate_locked_super,
		deactivate_super, dev_consume_skb_any, dev_consume_skb_irq,
		dev_kfree_skb_any, dev_kfree_skb_any_reason, dev_kfree_skb_irq,
		dev_kfree_skb_irq_reason, dev_put, dev_put_track,
		discard_new_inode, dma_buf_put, dma_fence_put, dput,
		drm_connector_put, drm_dev_put, drm_framebuffer_put,
		drm_gem_object_put, drm_gem_vm_close, drm_mode_object_put,
		drm_property_blob_put, drm_syncobj_put, drop_super, dst_release,
		dst_release_immediate, eventfd_ctx_put, fib6_info_release,
		fib_info_put, filp_close, folio_put, folio_put_refs, fput,
		fput_many, free_netdev, free_uid, fsnotify_put_group,
		fsnotify_put_mark, fwnode_handle_put, i2c_put_adapter,
		iget_failed, in6_dev_put, in6_ifa_put, in_dev_put,
		inet_frag_put, inet_twsk_put, input_free_device,
		input_put_device, iommu_group_put, ip_rt_put, iput,
		kern_unmount, kernfs_put, key_put, kfree_skb, kfree_skb_partial,
		kfree_skb_reason, kobject_put, kset_put, ldlm_lock_put,
		ldlm_resource_putref, lwtstate_put, mem_cgroup_put, mmdrop,
		mmput, mmput_async, mntput, module_put, mpol_put,
		napi_consume_skb, neigh_release, netdev_put, nexthop_put,
		nf_conntrack_put, nf_ct_expect_put, nf_ct_put, of_node_put,
		p9_fid_put, pci_dev_put, platform_device_put, posix_acl_release,
		power_supply_put, ptlrpc_connection_put, ptlrpc_req_finished,
		ptlrpc_req_put, put_anon_vma, put_bh, put_cgroup_ns, put_cred,
		put_device, put_disk, put_filesystem, put_io_context,
		put_ipc_ns, put_mnt_ns, put_net, put_net_track, put_nsproxy,
		put_page, put_pid, put_pid_ns, put_rpccred, put_task_struct,
		put_task_struct_rcu_user, put_time_ns, put_ucounts, put_user_ns,
		put_user_page, put_uts_ns, qdisc_put, qdisc_put_unlocked,
		reqsk_put, rpc_put_task, rpc_put_task_async, rpc_release_client,
		rpc_shutdown_client, scsi_host_put, sk_common_release, sk_free,
		sock_gen_put, sock_put, sockfd_put, svc_xprt_put, sysfs_put,
		ttm_bo_put, tty_driver_kref_put, tty_kref_put, tty_ldisc_deref,
		tty_port_put, unpin_user_page, usb_free_urb, usb_put_dev,
		usb_put_intf, wb_put, xfrm_pol_put, xfrm_state_put, xprt_put};
identifier wait = {__bh_read, __closure_sync, __filemap_fdatawrite_range,
		__sync_dirty_buffer, __wait_on_buffer, bh_read, bh_read_nowait,
		bh_submit_read, closure_sync, dma_fence_wait,
		dma_fence_wait_timeout, filemap_fdatawait,
		filemap_fdatawait_keep_errors, filemap_fdatawait_range,
		filemap_fdatawait_range_keep_errors, filemap_fdatawrite,
		filemap_fdatawrite_range, filemap_flush, filemap_write_and_wait,
		filemap_write_and_wait_range, folio_wait_bit,
		folio_wait_bit_killable, folio_wait_fscache,
		folio_wait_fscache_killable, folio_wait_locked,
		folio_wait_locked_killable, folio_wait_private_2,
		folio_wait_private_2_killable, folio_wait_stable,
		folio_wait_writeback_killable, inode_dio_wait, invalidate_bdev,
		invalidate_inode_pages2, invalidate_inode_pages2_range,
		invalidate_mapping_pages, jbd2_complete_transaction,
		jbd2_journal_force_commit, jbd2_log_wait_commit,
		submit_bio_wait, sync_blockdev, sync_blockdev_nowait,
		sync_dirty_buffer, sync_inode_metadata, truncate_inode_pages,
		truncate_inode_pages_final, truncate_inode_pages_range,
		truncate_pagecache, truncate_setsize, wait_for_completion,
		wait_for_completion_interruptible,
		wait_for_completion_interruptible_timeout,
		wait_for_completion_io, wait_for_completion_io_timeout,
		wait_for_completion_killable,
		wait_for_completion_killable_timeout, wait_for_completion_state,
		wait_for_completion_timeout, wait_for_stable_page,
		wait_on_buffer, wait_on_page_bit, wait_on_page_bit_killable,
		wait_on_page_fscache, wait_on_page_fscache_killable,
		wait_on_page_locked, wait_on_page_locked_killable,
		write_dirty_buffer, write_inode_now, folio_wait_writeback,
		wait_on_page_writeback};
//%done
expression X, E;
position p != own.p, q;
@@

put@p(X, ...);
... when != X = E
    when != &X
wait@q(X, ...)

// The accessor drops the reference that the flag owned.

//%for pair accessors apart
//%|@${id}_own exists@
//%|identifier accessor = {${put}};
//%|identifier get = {${get}, ${fn GET 0}};
//%|struct ${object-record} *o;
//%|position p;
//%|@@
//%|
//%|get(o, ...)
//%|...
//%|accessor@p(...);
//%|
//%|@${id} exists@
//%|identifier accessor = {${put}};
//%|identifier f != {${fn PUT 0}, ${fn PUT 1}};
//%|struct ${object-record} *o;
//%|expression E;
//%|position p != ${id}_own.p, q;
//%|@@
//%|
//%|accessor@p(...);
//%|... when != o = E
//%|f@q(..., o, ...)
//%|
@osc_transfer_pin_own exists@
identifier accessor = {osc_page_transfer_put};
identifier get = {osc_page_transfer_get, __key_get, __module_get, acpi_dev_get,
		bdi_get, bio_get, bpf_map_inc, bpf_map_inc_with_uref,
		bpf_prog_inc, btf_get, cgroup_get, cl_object_get, cl_page_get,
		class_export_get, class_import_get, class_incref, css_get,
		css_get_many, dev_hold, dev_hold_track, dget, dget_dlock,
		dma_fence_get, drm_connector_get, drm_dev_get,
		drm_framebuffer_get, drm_gem_object_get, drm_mode_object_get,
		drm_property_blob_get, drm_syncobj_get, dst_clone, dst_hold,
		fib6_info_hold, fib_info_hold, folio_get, folio_ref_inc,
		fsnotify_get_mark, fwnode_handle_get, get_anon_vma, get_bh,
		get_cgroup_ns, get_cred, get_device, get_dma_buf, get_file,
		get_filesystem, get_group_info, get_io_context, get_ipc_ns,
		get_mnt_ns, get_net, get_net_track, get_new_cred, get_nsproxy,
		get_page, get_pid, get_pid_ns, get_rpccred, get_task_struct,
		get_time_ns, get_uid, get_user_ns, get_uts_ns, ihold,
		in6_dev_hold, in6_ifa_hold, in_dev_hold, input_get_device,
		kernfs_get, key_get, kobject_get, kset_get, ldlm_lock_get,
		ldlm_resource_getref, lu_object_get, lwtstate_get, mmget,
		mmgrab, mntget, mpol_get, neigh_clone, neigh_hold, netdev_hold,
		nf_conntrack_get, of_node_get, p9_fid_get, page_ref_inc,
		pci_dev_get, posix_acl_dup, ptlrpc_connection_addref,
		ptlrpc_request_addref, qdisc_refcount_inc, skb_get, sock_hold,
		svc_xprt_get, ttm_bo_get, tty_driver_kref_get, tty_kref_get,
		tty_lock, tty_port_get, usb_anchor_urb, usb_get_dev,
		usb_get_intf, usb_get_urb, wb_get, xfrm_pol_hold,
		xfrm_state_hold};
struct cl_page *o;
position p;
@@

get(o, ...)
...
accessor@p(...);

@osc_transfer_pin exists@
identifier accessor = {osc_page_transfer_put};
identifier f != {__bforget, __brelse, __dev_kfree_skb_any, __dev_kfree_skb_irq,
		__dev_put, __fput_sync, __free_pages, __in6_dev_put, __mpol_put,
		__sock_put, __xfrm_state_put, abort_creds, acpi_dev_put,
		bdi_put, bforget, bio_put, blk_mq_free_request, blk_put_queue,
		blkdev_put, blkdev_put_no_open, bpf_link_put, bpf_map_put,
		bpf_map_put_with_uref, bpf_prog_put, brelse, btf_put,
		cgroup_put, class_decref, class_export_put, class_import_put,
		consume_skb, css_put, css_put_many, deactivate_locked_super,
		deactivate_super, dev_consume_skb_any, dev_consume_skb_irq,
		dev_kfree_skb_any, dev_kfree_skb_any_reason, dev_kfree_skb_irq,
		dev_kfree_skb_irq_reason, dev_put, dev_put_track,
		device_unregister, discard_new_inode, dma_buf_put,
		dma_fence_put, dput, drm_connector_put, drm_dev_put,
		drm_framebuffer_put, drm_gem_object_put, drm_gem_vm_close,
		drm_mode_object_put, drm_property_blob_put, drm_syncobj_put,
		drop_super, dst_release, dst_release_immediate, eventfd_ctx_put,
		fib6_info_release, fib_info_put, filp_close, folio_put,
		folio_put_refs, folio_put_wait_locked, fput, fput_many,
		free_netdev, free_uid, fsnotify_put_group, fsnotify_put_mark,
		fwnode_get_next_parent, fwnode_handle_put, i2c_put_adapter,
		iget_failed, in6_dev_put, in6_ifa_put, in_dev_put,
		inet_frag_put, inet_twsk_put, input_free_device,
		input_put_device, iommu_group_put, ip_rt_put, iput,
		kern_unmount, kernfs_put, key_put, kfree_skb, kfree_skb_partial,
		kfree_skb_reason, kobject_put, kset_put, kset_unregister,
		ldlm_lock_put, ldlm_resource_putref, lwtstate_put,
		mem_cgroup_put, mmdrop, mmput, mmput_async, mntput, module_put,
		mpol_put, napi_consume_skb, neigh_release, netdev_put,
		nexthop_put, nf_conntrack_put, nf_ct_expect_put, nf_ct_put,
		of_find_all_nodes, of_find_compatible_node,
		of_find_matching_node, of_find_matching_node_and_match,
		of_find_node_by_name, of_find_node_by_type,
		of_find_node_with_property, of_get_next_cpu_node,
		of_get_next_parent, of_node_put, p9_fid_put, pci_dev_put,
		platform_device_put, platform_device_unregister,
		posix_acl_release, power_supply_put, ptlrpc_connection_put,
		ptlrpc_req_finished, ptlrpc_req_put,
		put_and_wait_on_page_locked, put_anon_vma, put_bh,
		put_cgroup_ns, put_cred, put_device, put_disk, put_filesystem,
		put_io_context, put_ipc_ns, put_mnt_ns, put_net, put_net_track,
		put_nsproxy, put_page, put_pid, put_pid_ns, put_rpccred,
		put_task_struct, put_task_struct_rcu_user, put_time_ns,
		put_ucounts, put_user_ns, put_user_page, put_uts_ns, qdisc_put,
		qdisc_put_unlocked, reqsk_put, rpc_put_task, rpc_put_task_async,
		rpc_release_client, rpc_shutdown_client, scsi_host_put,
		sk_common_release, sk_free, sock_gen_put, sock_put, sockfd_put,
		svc_xprt_put, sysfs_put, ttm_bo_put, tty_driver_kref_put,
		tty_kref_put, tty_ldisc_deref, tty_port_put, tty_unlock,
		unpin_user_page, usb_free_urb, usb_put_dev, usb_put_intf,
		usb_unanchor_urb, wb_put, xfrm_pol_put, xfrm_state_put,
		xprt_put, cl_object_put, cl_page_put,
		device_get_next_child_node,
		fwnode_get_next_available_child_node,
		fwnode_get_next_child_node, fwnode_graph_get_next_endpoint,
		lu_object_put, lu_object_put_nocache,
		of_get_next_available_child, of_get_next_child,
		of_graph_get_next_endpoint, pci_get_class, sk_skb_reason_drop};
struct cl_page *o;
expression E;
position p != osc_transfer_pin_own.p, q;
@@

accessor@p(...);
... when != o = E
f@q(..., o, ...)

//%done
// Next to each other, the two can change places.

@depends on patch@
identifier awaited.put, awaited.wait;
expression X;
expression list es;
position awaited.p, awaited.q;
@@

-put@p(X);
 wait@q(X, es);
+put(X);

@depends on context@
identifier use.put, use.m;
expression X;
position use.p, use.q;
@@

*put@p(X, ...);
...
*X->m@q

@depends on context@
identifier kref.k, kref.m;
expression X;
position kref.p, kref.q;
@@

*kref_put@p(&X->k, ...);
...
*X->m@q

@depends on context@
identifier awaited.put, awaited.wait;
expression X;
position awaited.p, awaited.q;
@@

*put@p(X, ...);
...
*wait@q(X, ...)

//%for pair accessors apart
//%|@depends on context@
//%|identifier ${id}.accessor, ${id}.f;
//%|position ${id}.p, ${id}.q;
//%|@@
//%|
//%|*accessor@p(...);
//%|...
//%|*f@q(...)
//%|
@depends on context@
identifier osc_transfer_pin.accessor, osc_transfer_pin.f;
position osc_transfer_pin.p, osc_transfer_pin.q;
@@

*accessor@p(...);
...
*f@q(...)

//%done
@script:python depends on report@
p << use.p;
put << use.put;
X << use.X;
@@

msg = "WARNING: %s is used after this %s() [put-before-wait]" % (X, put)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << kref.p;
X << kref.X;
@@

msg = "WARNING: %s is used after this kref_put() [put-before-wait]" % (X)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << awaited.p;
q << awaited.q;
put << awaited.put;
wait << awaited.wait;
@@

msg = "WARNING: %s() waits on line %s for what %s() may have freed [put-before-wait]" % (wait, q[0].line, put)
coccilib.report.print_report(p[0], msg)

@script:python depends on org@
p << use.p;
put << use.put;
X << use.X;
@@

msg = "WARNING: %s is used after this %s() [put-before-wait]" % (X, put)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << kref.p;
X << kref.X;
@@

msg = "WARNING: %s is used after this kref_put() [put-before-wait]" % (X)
coccilib.org.print_safe_todo(p[0], msg)

@script:python depends on org@
p << awaited.p;
q << awaited.q;
put << awaited.put;
wait << awaited.wait;
@@

msg = "WARNING: %s() waits on line %s for what %s() may have freed [put-before-wait]" % (wait, q[0].line, put)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "wait")

//%for pair accessors apart
//%|@script:python depends on report@
//%|p << ${id}.p;
//%|q << ${id}.q;
//%|f << ${id}.f;
//%|@@
//%|
//%|msg = "WARNING: the reference of ${flag} is dropped, and %s() on line %s uses the ${object-record} [put-before-wait]" % (f, q[0].line)
//%|coccilib.report.print_report(p[0], msg)
//%|
//%|@script:python depends on org@
//%|p << ${id}.p;
//%|q << ${id}.q;
//%|f << ${id}.f;
//%|@@
//%|
//%|msg = "WARNING: the reference of ${flag} is dropped, and %s() on line %s uses the ${object-record} [put-before-wait]" % (f, q[0].line)
//%|coccilib.org.print_safe_todo(p[0], msg)
//%|coccilib.org.print_link(q[0], "use")
//%|
@script:python depends on report@
p << osc_transfer_pin.p;
q << osc_transfer_pin.q;
f << osc_transfer_pin.f;
@@

msg = "WARNING: the reference of ops_transfer_pinned is dropped, and %s() on line %s uses the cl_page [put-before-wait]" % (f, q[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on org@
p << osc_transfer_pin.p;
q << osc_transfer_pin.q;
f << osc_transfer_pin.f;
@@

msg = "WARNING: the reference of ops_transfer_pinned is dropped, and %s() on line %s uses the cl_page [put-before-wait]" % (f, q[0].line)
coccilib.org.print_safe_todo(p[0], msg)
coccilib.org.print_link(q[0], "use")

//%done
