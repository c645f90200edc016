"""The search has no tables of its own: its indexes stand beside the texts (`engines`)."""
