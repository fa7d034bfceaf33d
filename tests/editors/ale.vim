" SPDX-License-Identifier: GPL-2.0-only
"
" The session in Vim with ALE. Its steps and what is written are told in
" editor.py; nothing is judged here.

let s:plan = json_decode(join(readfile($PLAN), "\n"))
let s:source = bufnr('')
let g:ale_hover_to_preview = 1

function s:Fact(name, value)
	call writefile([json_encode([a:name, a:value])], $FACTS, 'a')
endfunction

function s:Diagnostics()
	return mapnew(ale#engine#GetLoclist(s:source), {_, item -> {
	\   'line': item.lnum - 1, 'text': item.text,
	\   'code': get(item, 'code', v:null), 'related': v:false,
	\   'source': matchstr(get(item, 'detail', ''), '^\[\zs[^]]*'),
	\}})
endfunction

function s:Has(fragment)
	for item in s:Diagnostics()
		if stridx(item.text, a:fragment) >= 0
			return 1
		endif
	endfor
	return 0
endfunction

function s:HasAll(fragments)
	return empty(filter(copy(a:fragments), {_, it -> !s:Has(it)}))
endfunction

function s:Wait(what, condition)
	let until = localtime() + s:plan.patience
	while !a:condition()
		if localtime() > until
			call s:Fact('diagnostics then', s:Diagnostics())
			call s:Fact('timeout', a:what)
			execute 'ALEInfoToFile' $HOME . '/ale.log'
			cquit 3
		endif
		sleep 20m
	endwhile
endfunction

" ALE's menu is one text that ends in a prompt; the answer is a number.
runtime autoload/ale/util.vim
function! ale#util#Input(menu, value)
	let titles = map(split(a:menu, "\n")[1:-2],
	\                {_, line -> substitute(line, '^\d\+) ', '', '')})
	call s:Fact('titles', titles)
	for number in range(len(titles))
		if stridx(titles[number], s:wanted) >= 0
			return string(number + 1)
		endif
	endfor
	return ''
endfunction

function s:Goto(place)
	call cursor(a:place[0] + 1, a:place[1] + 1)
endfunction

function s:Changed(edit)
	return has_key(a:edit, 'comes') ? s:Has(a:edit.comes) :
	\                                 !s:Has(a:edit.gone)
endfunction

function s:Edit(edit)
	let s:wanted = a:edit.title
	call s:Goto(a:edit.place)
	call ale#codefix#Execute(0)
	call s:Wait(a:edit.title, {-> stridx(join(getline(1, '$'), "\n"),
	\                                    a:edit.gives) >= 0})
	call s:Fact('edited', join(getline(1, '$'), "\n") . "\n")
	" Nobody types here: what ALE does a moment after the last key.
	call ale#Queue(0)
	call s:Wait('what the action brings about',
	\           {-> s:Changed(a:edit)})
endfunction

function s:Replay(replay)
	call s:Goto(a:replay.place)
	PincheckReplay
	call s:Wait('the replay', {-> bufnr('') != s:source})
	call s:Fact('replay', join(getline(1, '$'), "\n"))
	bwipeout
endfunction

" Each server's answer is shown in the place of the one before.
runtime autoload/ale/preview.vim
function! ale#preview#Show(lines, ...)
	call add(s:shown, join(a:lines, "\n"))
endfunction

function s:Hover(hover)
	let s:shown = []
	call s:Goto(a:hover.place)
	ALEHover
	call s:Wait('hover', {-> stridx(join(s:shown, "\n"), a:hover.has) >= 0})
	call s:Fact('hover', join(s:shown, "\n"))
endfunction

function s:Unsaved(step)
	silent %delete _
	call setline(1, readfile(a:step.text))
	call ale#Queue(0)
	call s:Wait('diagnostics of what is not saved',
	\           {-> s:HasAll(a:step.first) && !s:Has(a:step.gone)})
	call s:Fact('unsaved', s:Diagnostics())
endfunction

function s:Run()
	call s:Wait('the first diagnostics', {-> s:HasAll(s:plan.first)})
	call s:Fact('first', s:Diagnostics())
	call s:Hover(s:plan.hover)
	for edit in s:plan.edits
		call s:Edit(edit)
	endfor
	call s:Replay(s:plan.replay)
	call s:Unsaved(s:plan.unsaved)
endfunction

call ale#Queue(0)
try
	call s:Run()
	qall!
catch
	call writefile([v:exception, v:throwpoint], $HOME . '/ale.log')
	cquit 4
endtry
