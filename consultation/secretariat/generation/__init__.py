"""Data to measure with: as many organisations, comments and positions as asked for, repeatable by seed."""

from consultation.secretariat.generation.world import Sizes, generate

__all__ = ["Sizes", "generate"]
