;; SPDX-License-Identifier: GPL-2.0-only  -*- lexical-binding: t -*-
;;; eglot.el --- the session through eglot

;;; Code:

(defun session-diagnostics ()
  "What flymake has of eglot."
  (mapcar
   (lambda (item)
     (let ((lsp (alist-get 'eglot-lsp-diag (flymake-diagnostic-data item))))
       `((line . ,(1- (line-number-at-pos (flymake-diagnostic-beg item))))
         (source . ,(plist-get lsp :source))
         (code . ,(plist-get lsp :code))
         (text . ,(flymake-diagnostic-text item))
         (related . nil))))
   (flymake-diagnostics)))

(defun session-hover ()
  "The server's answer; eglot shows it through ElDoc, which waits for idleness."
  (format "%S" (jsonrpc-request (eglot-current-server) :textDocument/hover
                                (eglot--TextDocumentPositionParams))))

(defun session-act ()
  "The menu of code actions."
  (eglot-code-actions (point) nil nil t))

(defun session-log ()
  "All messages."
  (with-current-buffer (jsonrpc-events-buffer (eglot-current-server))
    (buffer-string)))

(with-current-buffer session-source
  (setq eglot-sync-connect t)
  (apply #'eglot (eglot--guess-contact))
  (flymake-start)
  (session-run)
  (eglot-shutdown (eglot-current-server)))

;;; eglot.el ends here
