"""Runs everything that the demo consists of as one: `python -m peersupport.supervisor`, or `make demo`."""
