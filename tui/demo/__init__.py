"""Simulated nodes that speak real SSH on loopback: for `brickyard demo` and the tests."""
