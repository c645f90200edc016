"""The pages of a delegation: one position, several, all of them; what waits."""
