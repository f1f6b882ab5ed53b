"""Simulator of a University Directory that receives UDIRSTUD files."""
