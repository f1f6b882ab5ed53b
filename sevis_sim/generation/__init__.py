"""Batches that somebody could have sent, made up: people, places, programs, and what happens to their records.

Everything is invented and follows from a seed and a day: the same two give the same bytes. Nothing here judges; that
what is made keeps the rules is proved by the tests, with the schemas and `events.process`.
"""
