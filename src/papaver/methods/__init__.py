"""Numerics over arrays, named as in the literature; they know nothing of drugs and nothing else of Papaver."""
