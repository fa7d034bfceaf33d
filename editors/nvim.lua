-- SPDX-License-Identifier: GPL-2.0-only
--
-- pincheck in neovim's own LSP client, from 0.7 on. Copy or link this file into
-- ~/.config/nvim/plugin/.
--
-- vim.g.pincheck_cmd is the command; set it before plugins are loaded:
--   { 'pincheck-clangd' }		clangd with pincheck in front (default); any
--					other set-up of clangd has to go
--   { 'pincheck', 'lsp', '--', 'clangd', ... }	the same with arguments
--   { 'pincheck', 'lsp' }		beside a clangd that is set up elsewhere
--
-- It does not map keys: diagnostics, hover and code actions are those of
-- vim.diagnostic and vim.lsp.buf. :PincheckSteps lists what both CPUs do in the
-- findings of the cursor's line.

local command = vim.g.pincheck_cmd or { 'pincheck-clangd' }
local marks = { 'compile_commands.json', '.pincheck', '.clangd' }

-- The nearest folder above a file that has one of the marks, or its own.
-- vim.fs.root() would do this from 0.10 on.
local function root_of(path)
	local dir = vim.fn.fnamemodify(path, ':p:h')
	local upwards = vim.fn.escape(dir, ' ,\\') .. ';'
	for _, mark in ipairs(marks) do
		local found = vim.fn.findfile(mark, upwards)
		if found ~= '' then
			return vim.fn.fnamemodify(found, ':p:h')
		end
	end
	return dir
end

-- A window with a text that belongs to no file.
local function show(text)
	vim.cmd('botright new')
	vim.bo.buftype = 'nofile'
	vim.bo.bufhidden = 'wipe'
	vim.bo.swapfile = false
	vim.api.nvim_buf_set_lines(0, 0, -1, true, vim.split(text, '\n'))
	vim.bo.modifiable = false
	vim.wo.wrap = false
end

-- The server's command. neovim drops what it answers; from 0.9 on the server has
-- a file with the same opened by itself.
local function replay(action, context)
	local client = vim.lsp.get_client_by_id(context.client_id)
	client.request('workspace/executeCommand', {
		command = action.command,
		arguments = action.arguments,
	}, function(err, result)
		if err then
			vim.notify(err.message, vim.log.levels.ERROR)
		elseif not vim.lsp.handlers['window/showDocument'] then
			show(result.text)
		end
	end, context.bufnr)
end

-- neovim keeps related places, and shows them nowhere.
local function steps()
	local list = {}
	local line = vim.api.nvim_win_get_cursor(0)[1] - 1
	for _, item in ipairs(vim.diagnostic.get(0, { lnum = line })) do
		local lsp = item.user_data and item.user_data.lsp or {}
		for _, step in ipairs(lsp.relatedInformation or {}) do
			local from = step.location.range.start
			table.insert(list, {
				filename = vim.uri_to_fname(step.location.uri),
				lnum = from.line + 1,
				col = from.character + 1,
				text = step.message,
			})
		end
	end
	vim.fn.setloclist(0, list)
	vim.cmd('lopen')
end

vim.api.nvim_create_user_command('PincheckSteps', steps, {})

local clients = {}

local function attach(event)
	local root = root_of(vim.api.nvim_buf_get_name(event.buf))
	local config = {
		name = 'pincheck',
		cmd = command,
		root_dir = root,
		commands = { ['pincheck.replay'] = replay },
	}
	if vim.lsp.start then
		vim.lsp.start(config)
		return
	end
	-- 0.7 does not look for a client of the same root by itself.
	if not clients[root] or vim.lsp.client_is_stopped(clients[root]) then
		clients[root] = vim.lsp.start_client(config)
	end
	vim.lsp.buf_attach_client(event.buf, clients[root])
end

vim.api.nvim_create_autocmd('FileType', { pattern = 'c', callback = attach })
