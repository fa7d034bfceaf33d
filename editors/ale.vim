" SPDX-License-Identifier: GPL-2.0-only
"
" pincheck in Vim, through ALE. Copy or link this file into ~/.vim/plugin/; ALE
" itself has to be on the 'runtimepath' by then (`packadd! ale' in .vimrc).
"
" C files are given to clangd with pincheck in front of it, and to no other
" linter unless g:ale_linters says so. With g:pincheck_beside = 1 pincheck is a
" linter of its own beside clangd.
"
" :PincheckReplay replays the finding under the cursor. ALE's menu of code
" actions offers it too, but ALE shows no command's answer.

let s:beside = get(g:, 'pincheck_beside', 0)
let g:ale_linters = get(g:, 'ale_linters', {})

if s:beside
	call ale#linter#Define('c', {
	\   'name': 'pincheck',
	\   'lsp': 'stdio',
	\   'executable': 'pincheck',
	\   'command': '%e lsp',
	\   'project_root': function('ale#c#FindProjectRoot'),
	\})
	let g:ale_linters.c = get(g:ale_linters, 'c', ['clangd', 'pincheck'])
else
	let g:ale_c_clangd_executable = 'pincheck-clangd'
	let g:ale_linters.c = get(g:ale_linters, 'c', ['clangd'])
endif

" The requests under way: their ids.
let s:asked = {}

function! s:Show(connection, response) abort
	if !has_key(s:asked, get(a:response, 'id', -1))
		return
	endif
	call remove(s:asked, a:response.id)
	if has_key(a:response, 'error')
		echohl ErrorMsg | echomsg a:response.error.message | echohl None
		return
	endif
	botright new
	setlocal buftype=nofile bufhidden=wipe noswapfile nowrap
	call setline(1, split(a:response.result.text, "\n", 1))
	setlocal nomodifiable
endfunction

" Called once a server with what it offers at the cursor.
function! s:Ask(data, items) abort
	for [l:kind, l:item] in a:items
		let l:command = get(l:item, 'command', {})
		if type(l:command) is v:t_string
			let l:command = l:item
		endif
		if get(l:command, 'command', '') isnot# 'pincheck.replay'
			continue
		endif
		call ale#lsp#RegisterCallback(a:data.connection_id,
		\   function('s:Show'))
		let l:id = ale#lsp#Send(a:data.connection_id,
		\   ale#lsp#message#ExecuteCommand(l:command.command,
		\                                  l:command.arguments))
		let s:asked[l:id] = 1
		return
	endfor
endfunction

command! -bar PincheckReplay call ale#codefix#Execute(0, function('s:Ask'))
