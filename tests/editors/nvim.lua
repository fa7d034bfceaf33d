-- SPDX-License-Identifier: GPL-2.0-only
--
-- The session in neovim, through what a user would call. Its steps and what is
-- written are told in editor.py; nothing is judged here.

local plan = vim.fn.json_decode(vim.fn.readfile(vim.env.PLAN))
local source = vim.api.nvim_get_current_buf()

local function fact(name, value)
	local line = vim.fn.json_encode({ name, value })
	vim.fn.writefile({ line }, vim.env.FACTS, 'a')
end

local function diagnostics()
	return vim.tbl_map(function(item)
		local lsp = item.user_data and item.user_data.lsp or {}
		return {
			line = item.lnum, source = item.source, text = item.message,
			code = lsp.code,
			related = vim.tbl_map(function(place)
				return {
					uri = place.location.uri,
					line = place.location.range.start.line,
					text = place.message,
				}
			end, lsp.relatedInformation or {}),
		}
	end, vim.diagnostic.get(source))
end

local function wait(what, condition)
	if not vim.wait(plan.patience * 1000, condition, 20) then
		fact('diagnostics then', diagnostics())
		fact('timeout', what)
		vim.cmd('cquit 3')
	end
end

local function has_all(wanted)
	local list = diagnostics()
	for _, fragment in ipairs(wanted) do
		local found = false
		for _, item in ipairs(list) do
			found = found or item.text:find(fragment, 1, true) ~= nil
		end
		if not found then
			return false
		end
	end
	return true
end

local function text()
	local lines = vim.api.nvim_buf_get_lines(source, 0, -1, true)
	return table.concat(lines, '\n') .. '\n'
end

-- The menu of code actions: keeps the titles and takes the one wanted.
local function choose(wanted)
	vim.ui.select = function(items, options, on_choice)
		local taken
		fact('titles', vim.tbl_map(function(item)
			local title = options.format_item(item)
			if title:find(wanted, 1, true) and not taken then
				taken = item
			end
			return title
		end, items))
		on_choice(taken)
	end
end

local function act(place, title)
	choose(title)
	vim.api.nvim_win_set_cursor(0, { place[1] + 1, place[2] })
	vim.lsp.buf.code_action()
end

wait('the first diagnostics', function() return has_all(plan.first) end)
fact('first', diagnostics())

local line, character = unpack(plan.hover.place)
local hovers
vim.lsp.buf_request_all(source, 'textDocument/hover', {
	textDocument = vim.lsp.util.make_text_document_params(source),
	position = { line = line, character = character },
}, function(answers) hovers = answers end)
wait('hover', function() return hovers end)
fact('hover', vim.inspect(hovers))

vim.api.nvim_win_set_cursor(0, { plan.steps[1] + 1, plan.steps[2] })
vim.cmd('PincheckSteps')
fact('steps', vim.tbl_map(function(item)
	return {
		uri = vim.fn.bufname(item.bufnr), line = item.lnum - 1,
		text = item.text,
	}
end, vim.fn.getloclist(0)))
vim.cmd('lclose')

for _, edit in ipairs(plan.edits) do
	act(edit.place, edit.title)
	wait('the edit ' .. edit.title, function()
		return text():find(edit.gives, 1, true)
	end)
	fact('edited', text())
	wait('what the action brings about', function()
		if edit.comes then
			return has_all({ edit.comes })
		end
		return not has_all({ edit.gone })
	end)
end

act(plan.replay.place, plan.replay.title)
wait('the replay', function()
	return vim.api.nvim_get_current_buf() ~= source
end)
local table_shown = vim.api.nvim_buf_get_lines(0, 0, -1, true)
fact('replay', table.concat(table_shown, '\n'))
vim.cmd('bwipeout')

vim.api.nvim_buf_set_lines(source, 0, -1, true,
	vim.fn.readfile(plan.unsaved.text))
wait('diagnostics of what is not saved', function()
	return has_all(plan.unsaved.first) and
		not has_all({ plan.unsaved.gone })
end)
fact('unsaved', diagnostics())
vim.cmd('qall!')
