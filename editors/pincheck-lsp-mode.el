;; SPDX-License-Identifier: GPL-2.0-only  -*- lexical-binding: t -*-
;;; pincheck-lsp-mode.el --- pincheck in Emacs, through lsp-mode

;; A second server for C, beside the clangd that lsp-mode starts by itself. Load
;; this file in init.el; then `M-x lsp' in a C buffer.
;;
;; With `pincheck-in-front' set before it is one server: clangd with pincheck
;; in front of it.
;;
;; `M-x pincheck-steps' lists what both CPUs do in the findings of the line.

;;; Code:

(require 'lsp-mode)
(require 'lsp-clangd)

(defvar pincheck-in-front nil
  "Whether clangd is started by pincheck, not beside it.")

(if pincheck-in-front
    (setq lsp-clients-clangd-executable "pincheck-clangd")
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection '("pincheck" "lsp"))
                    :activation-fn (lsp-activate-on "c")
                    :add-on? t
                    :priority -2
                    :server-id 'pincheck)))

(defun pincheck-opens-files ()
  "Whether the server has a file with the table opened by itself."
  (let ((window (alist-get 'window (lsp--client-capabilities))))
    (alist-get 'support (alist-get 'showDocument window))))

(defun pincheck-show-replay (result)
  "Show the table of RESULT, the answer to `pincheck.replay', in a window."
  (with-current-buffer (get-buffer-create "*pincheck replay*")
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert (or (lsp-get result :text) "")))
    (goto-char (point-min))
    (special-mode)
    (setq truncate-lines t)
    (display-buffer (current-buffer))))

;; lsp-mode asks all servers of a buffer, and drops the answer. The other one
;; would not know the command. Emacs does not wait, since it may take a while.
(cl-defmethod lsp-execute-command
  (_server (_command (eql pincheck.replay)) arguments)
  "Ask pincheck for a replay and show it; ARGUMENTS say of which finding."
  (with-lsp-workspace
      (lsp-find-workspace (if pincheck-in-front 'clangd 'pincheck)
                          (buffer-file-name))
    (lsp-request-async "workspace/executeCommand"
                       (list :command "pincheck.replay" :arguments arguments)
                       (if (pincheck-opens-files)
                           #'ignore
                         #'pincheck-show-replay)
                       :mode 'detached)))

(defun pincheck-step (step)
  "STEP of a finding as a line that `compilation-mode' makes a link of."
  (let* ((location (lsp-get step :location))
         (start (lsp-get (lsp-get location :range) :start)))
    (format "%s:%d:%d: %s\n"
            (lsp--uri-to-path (lsp-get location :uri))
            (1+ (lsp-get start :line))
            (1+ (lsp-get start :character))
            (lsp-get step :message))))

(defun pincheck-steps ()
  "List what happens in the findings of the line, which lsp-mode does not show."
  (interactive)
  (let* ((places (lambda (item)
                   (append (lsp-get item :relatedInformation) nil)))
         (steps (seq-mapcat places (append (lsp-cur-line-diagnostics) nil))))
    (with-current-buffer (get-buffer-create "*pincheck steps*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (mapc (lambda (step) (insert (pincheck-step step))) steps))
      (compilation-mode)
      (goto-char (point-min))
      (display-buffer (current-buffer)))))

;;; pincheck-lsp-mode.el ends here
