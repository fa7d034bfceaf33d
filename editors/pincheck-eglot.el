;; SPDX-License-Identifier: GPL-2.0-only  -*- lexical-binding: t -*-
;;; pincheck-eglot.el --- pincheck in Emacs, through eglot

;; clangd with pincheck in front of it, for C. Load this file in init.el; then
;; `M-x eglot' in a C buffer. eglot has one server a buffer, so pincheck beside
;; a separate clangd is not possible here; see pincheck-lsp-mode.el.
;;
;; Set `pincheck-command' before for clangd's arguments, or for pincheck alone,
;; '("pincheck" "lsp").

;;; Code:

(require 'eglot)

(defvar pincheck-command '("pincheck-clangd")
  "The program and its arguments.")

(add-to-list 'eglot-server-programs
             `((c-mode c-ts-mode) . ,pincheck-command))

(defun pincheck-show-replay (result)
  "Show the table of RESULT, the answer to `pincheck.replay', in a window."
  (with-current-buffer (get-buffer-create "*pincheck replay*")
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert (or (plist-get result :text) "")))
    (goto-char (point-min))
    (special-mode)
    (setq truncate-lines t)
    (display-buffer (current-buffer))))

(defun pincheck-opens-files (server)
  "Whether SERVER has a file with the table opened by itself."
  (let* ((window (plist-get (eglot-client-capabilities server) :window))
         (document (plist-get window :showDocument)))
    (and document (eq (plist-get document :support) t))))

(defun pincheck-replay (server arguments)
  "Ask SERVER for the replay of a finding, ARGUMENTS say which.
It may take a while, so Emacs does not wait for it."
  (jsonrpc-async-request server :workspace/executeCommand
                         (list :command "pincheck.replay" :arguments arguments)
                         :timeout nil
                         :success-fn (if (pincheck-opens-files server)
                                         #'ignore
                                       #'pincheck-show-replay)
                         :error-fn (lambda (err)
                                     (message "%s" (plist-get err :message)))))

;; eglot runs a server's command and drops the answer. What it calls for that
;; has another name from 1.13 on.
(cl-defmethod eglot-execute-command
  (server (_command (eql pincheck.replay)) arguments)
  "Ask SERVER for a replay and show it; ARGUMENTS say of which finding."
  (pincheck-replay server arguments))

(when (fboundp 'eglot-execute)
  (cl-defmethod eglot-execute :around (server action)
    "Ask SERVER for a replay and show it, if ACTION is that."
    (let* ((inner (plist-get action :command))
           (command (if (stringp inner) action inner)))
      (if (equal (plist-get command :command) "pincheck.replay")
          (pincheck-replay server (plist-get command :arguments))
        (cl-call-next-method)))))

;;; pincheck-eglot.el ends here
