"""Byline: a static site generator for published episode archives."""

__version__ = "0.1.0"
