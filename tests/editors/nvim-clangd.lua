-- SPDX-License-Identifier: GPL-2.0-only
--
-- A user's own set-up of clangd, beside which pincheck is a second client.

vim.api.nvim_create_autocmd('FileType', {
	pattern = 'c',
	callback = function(event)
		local id = vim.lsp.start_client({
			name = 'clangd',
			cmd = { 'clangd' },
			root_dir = vim.fn.getcwd(),
		})
		vim.lsp.buf_attach_client(event.buf, id)
	end,
})
