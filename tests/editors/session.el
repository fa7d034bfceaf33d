;; SPDX-License-Identifier: GPL-2.0-only  -*- lexical-binding: t -*-
;;; session.el --- a session in Emacs

;; The steps that eglot and lsp-mode share. They and what is written are told in
;; editor.py; nothing is judged here. A client defines, before it calls
;; `session-run':
;;   (session-diagnostics)  a list of alists: line, source, text, code, related
;;   (session-hover)        the text for point
;;   (session-steps)        what the command that lists them has; may be missing
;;   (session-act)          opens the menu of code actions at point
;;   (session-log)          what the client and the server said

;;; Code:

(require 'json)
(require 'seq)

(defvar session-plan (json-read-file (getenv "PLAN")))
(defvar session-source (find-file-noselect (alist-get 'source session-plan)))

(defun session-get (key &optional in)
  "The value of KEY in the alist IN, or in the plan."
  (alist-get key (or in session-plan)))

(defun session-fact (name value)
  "Append NAME with VALUE to the facts."
  (write-region (concat (json-encode (vector name value)) "\n") nil
                (getenv "FACTS") t 'silent))

(defun session-pump ()
  "Let processes and timers run. In batch nobody idles, so idle timers do not."
  (accept-process-output nil 0.05)
  (dolist (timer (copy-sequence timer-idle-list))
    (timer-event-handler timer)))

(defun session-wait (what condition)
  "Run until the function CONDITION is true; WHAT says what for."
  (let ((until (+ (float-time) (session-get 'patience))))
    (while (not (funcall condition))
      (when (> (float-time) until)
        (session-fact "diagnostics then" (vconcat (session-diagnostics)))
        (session-fact "timeout" what)
        (princ (session-log))
        (kill-emacs 3))
      (session-pump))))

(defun session-has (fragment)
  "Whether a diagnostic has FRAGMENT in its text."
  (seq-some (lambda (item) (string-search fragment (alist-get 'text item)))
            (session-diagnostics)))

(defun session-goto (place)
  "Go to PLACE, a vector of line and column."
  (goto-char (point-min))
  (forward-line (aref place 0))
  (forward-char (aref place 1)))

(defun session-choose (wanted candidates)
  "Of CANDIDATES, which are kept as titles, the one with WANTED in it."
  (session-fact "titles" (vconcat candidates))
  (seq-find (lambda (title) (string-search wanted title)) candidates))

(defun session-take (step)
  "Open the menu where STEP says, and take what it says."
  (session-goto (session-get 'place step))
  (let ((last-nonmenu-event ?\r))
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt table &rest _)
                 (session-choose (session-get 'title step)
                                 (all-completions "" table)))))
      (session-act))))

(defun session-edit (step)
  "Take the action of STEP."
  (session-take step)
  (session-wait (session-get 'title step)
                (lambda ()
                  (string-search (session-get 'gives step) (buffer-string))))
  (session-fact "edited" (buffer-string))
  (session-wait "what the action brings about"
                (lambda ()
                  (if (session-get 'comes step)
                      (session-has (session-get 'comes step))
                    (not (session-has (session-get 'gone step)))))))

(defun session-replay (step)
  "Take the action of STEP and wait for what it shows."
  (session-take step)
  (session-wait "the replay"
                (lambda () (get-buffer "*pincheck replay*")))
  (session-fact "replay" (with-current-buffer "*pincheck replay*"
                           (buffer-string))))

(defun session-unsaved (step)
  "Take the text of STEP and do not save it."
  (erase-buffer)
  (insert-file-contents (session-get 'text step))
  (session-wait "diagnostics of what is not saved"
                (lambda ()
                  (and (seq-every-p #'session-has (session-get 'first step))
                       (not (session-has (session-get 'gone step))))))
  (session-fact "unsaved" (vconcat (session-diagnostics))))

(defun session-run ()
  "All steps."
  (session-wait "the first diagnostics"
                (lambda () (seq-every-p #'session-has (session-get 'first))))
  (session-fact "first" (vconcat (session-diagnostics)))
  (session-goto (session-get 'place (session-get 'hover)))
  (session-fact "hover" (session-hover))
  (when (fboundp 'session-steps)
    (session-goto (session-get 'steps))
    (session-fact "steps" (vconcat (session-steps))))
  (seq-do #'session-edit (session-get 'edits))
  (session-replay (session-get 'replay))
  (session-unsaved (session-get 'unsaved))
  (set-buffer-modified-p nil))

;;; session.el ends here
