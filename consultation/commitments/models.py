"""Commitments: to come."""
