"""Stages of the nightly sweep."""
