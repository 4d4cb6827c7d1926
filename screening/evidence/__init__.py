"""Evidence: literature findings, and labels derived from them under a named policy."""
