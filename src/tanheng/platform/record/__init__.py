"""Records: who acts, what was logged, versions that are never overwritten, files, and the audit trail."""
