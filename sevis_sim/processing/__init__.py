"""The night: claims a due batch, applies its events record by record, builds the result.

``night`` takes one batch from its document to its zip and stores all outcomes and the zip in one transaction, or
nothing; ``world`` shows rules what SEVIS knows, with the effect of earlier records of the same batch. Import the
modules by name: a simulator starts without the rules.
"""
