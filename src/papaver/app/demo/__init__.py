"""The demo workspace: real Connecticut counts, and a SIMULATED European market in which something happens."""
