"""Where queries of strangers run: worker processes with limits, killed when they pass them, forked from a keeper."""
