;;; lsp-mode.el --- pincheck in Emacs, through lsp-mode  -*- lexical-binding: t -*-
;; SPDX-License-Identifier: GPL-2.0-only

;; A second server for C, beside the clangd that lsp-mode starts by itself. Load
;; this file in init.el; then `M-x lsp' in a C buffer.
;;
;; clangd with pincheck in front needs no file, only
;;   (setq lsp-clients-clangd-executable "pincheck-clangd")

;;; Code:

(require 'lsp-mode)

(defun pincheck-replay (action)
  "Run the command of the code action ACTION, and show the replay's table.
It may take a while, so Emacs does not wait for it."
  (lsp-request-async
   "workspace/executeCommand"
   (list :command "pincheck.replay"
         :arguments (lsp:command-arguments? action))
   (lambda (result)
     (with-current-buffer (get-buffer-create "*pincheck replay*")
       (let ((inhibit-read-only t))
         (erase-buffer)
         (insert (or (lsp-get result :text) "")))
       (goto-char (point-min))
       (special-mode)
       (setq truncate-lines t)
       (display-buffer (current-buffer))))
   :mode 'detached))

(lsp-register-client
 (make-lsp-client :new-connection (lsp-stdio-connection '("pincheck" "lsp"))
                  :activation-fn (lsp-activate-on "c")
                  :add-on? t
                  :priority -2
                  :server-id 'pincheck
                  :action-handlers (ht ("pincheck.replay" #'pincheck-replay))))

;;; lsp-mode.el ends here
