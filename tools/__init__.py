"""Set-up, run, test and measure: one small script per Makefile target.

Everything here uses the standard library only, because it runs before
anything has been installed.
"""
