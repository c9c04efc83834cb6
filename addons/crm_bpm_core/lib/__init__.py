"""Arithmetic of the nightly watch that needs no database."""
