;; SPDX-License-Identifier: GPL-2.0-only  -*- lexical-binding: t -*-
;;; lsp-mode.el --- the session through lsp-mode

;;; Code:

(defun session-diagnostics ()
  "What the servers published for the buffer."
  (mapcar
   (lambda (item)
     `((line . ,(lsp-get (lsp-get (lsp-get item :range) :start) :line))
       (source . ,(lsp-get item :source))
       (code . ,(lsp-get item :code))
       (text . ,(lsp-get item :message))
       (related . ,(vconcat (mapcar #'session-related
                                    (lsp-get item :relatedInformation))))))
   (gethash buffer-file-name (lsp-diagnostics))))

(defun session-related (step)
  "A place of STEP with what happens there."
  (let ((location (lsp-get step :location)))
    `((uri . ,(lsp-get location :uri))
      (line . ,(lsp-get (lsp-get (lsp-get location :range) :start) :line))
      (text . ,(lsp-get step :message)))))

(defun session-hover ()
  "What the servers say about point."
  (format "%S" (lsp-request "textDocument/hover"
                            (lsp--text-document-position-params))))

(defun session-steps ()
  "The list of what both CPUs do, as `next-error' reads it."
  (pincheck-steps)
  (with-current-buffer "*pincheck steps*"
    (mapcar (lambda (line)
              (string-match "^\\(.*?\\):\\([0-9]+\\):[0-9]+: \\(.*\\)$" line)
              `((uri . ,(match-string 1 line))
                (line . ,(1- (string-to-number (match-string 2 line))))
                (text . ,(match-string 3 line))))
            (split-string (buffer-string) "\n" t))))

(defun session-act ()
  "The menu of code actions."
  (call-interactively #'lsp-execute-code-action))

(defun session-log ()
  "What lsp-mode and the servers said."
  (mapconcat (lambda (buffer) (with-current-buffer buffer (buffer-string)))
             (seq-filter (lambda (buffer)
                           (string-match-p "\\*lsp-log\\|stderr"
                                           (buffer-name buffer)))
                         (buffer-list))
             "\n"))

;; Nobody can be asked for the folder of the project, or for a choice of one.
(setq lsp-auto-guess-root t
      lsp-auto-execute-action nil
      lsp-enable-file-watchers nil
      lsp-enable-snippet nil)
(with-current-buffer session-source
  (lsp-workspace-folders-add default-directory)
  (lsp)
  (session-run)
  (mapc #'lsp-workspace-shutdown (lsp-workspaces)))

;;; lsp-mode.el ends here
