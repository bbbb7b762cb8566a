"""Prove a finished file: its bytes in, what it really says out, compared with what the article says."""
