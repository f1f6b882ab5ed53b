"""Simulator of the SEVIS batch interface."""
