"""A bundle's tables in the formats of other programs, each made from the CSV file that was just written.

The libraries for it are large: only what makes bundles imports this, never a web worker.
"""
