"""The pages of the offline lane."""
